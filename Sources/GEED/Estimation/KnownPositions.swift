// SPDX-License-Identifier: MIT

/// The positions of a grid at which the moved output *g f(x)* has values of *f(x)*, for each element.
///
/// A rotation by 45° moves the corners of its result in from outside the grid, where the output is
/// unknown; the zeros there are no values to compare with. A position is known if interpolation has
/// not mixed zeros into it: if an array of ones stays 1.
struct KnownPositions: Sendable, Hashable {
  /// Whether each position of the grid is known; `nil` for elements for which all are.
  private let masks: [[Bool]?]

  /// The number that outputs have at the other positions when they are compared.
  private let filler: Double

  /// Finds the positions; `nil` if all are known for all elements.
  ///
  /// - Parameters:
  ///   - action: The action on the grid of every channel.
  ///   - grid: The rows and columns.
  ///   - filler: The number that outputs get at the other positions: 0, which adds nothing to
  ///     differences and products, or NaN for distances that leave it out.
  init?(
    under action: any TransformationAction, grid: (rows: Int, columns: Int), filler: Double = 0
  ) throws(ActionError) {
    self.filler = filler
    let ones = [Double](repeating: 1, count: grid.rows * grid.columns)
    masks = try action.operators(on: [1, grid.rows, grid.columns]).map { map in
      let known = map(ones).map { abs($0 - 1) <= Self.tolerance }
      return known.allSatisfy(\.self) ? nil : known
    }
    if masks.allSatisfy({ $0 == nil }) { return nil }
  }

  /// Interpolation weights are in single precision.
  private static let tolerance = 1e-5

  /// The mean over elements of the share of positions that are left out.
  var unknownShare: Double {
    masks.reduce(0) { total, mask in
      guard let mask else { return total }
      return total + Double(mask.count { !$0 }) / Double(mask.count)
    } / Double(masks.count)
  }

  /// Whether no position is known for some element.
  var hasUnknownGrid: Bool { masks.contains { $0.map { !$0.contains(true) } ?? false } }

  /// Returns the positions for the elements of a subgroup.
  func restricted(to elements: [FiniteGroup.Element]) -> KnownPositions {
    KnownPositions(masks: elements.map { masks[$0] }, filler: filler)
  }

  private init(masks: [[Bool]?], filler: Double) {
    self.masks = masks
    self.filler = filler
  }

  /// Fills the unknown positions of every channel in both outputs.
  func fillOthers(
    of element: Int, in value: UnsafeMutableBufferPointer<Double>,
    and moved: UnsafeMutableBufferPointer<Double>
  ) {
    guard let mask = masks[element] else { return }
    for i in value.indices where !mask[i % mask.count] {
      value[i] = filler
      moved[i] = filler
    }
  }
}
