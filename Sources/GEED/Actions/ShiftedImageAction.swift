// SPDX-License-Identifier: MIT

/// Rotations and reflections of images together with circular shifts, such as D4 with T4x4: the
/// symmetries of a square grid on a torus.
///
/// Element `g * shiftCount + t` shifts by *t* first and then acts by *g*. Rotations map shifts to shifts
/// only if they are quarter turns, and then rows and columns have to be shifted alike; so the group is a
/// semidirect product of one of C1, C2, C4, D1, D2, D4 and T*a*x*b*, with *a* = *b* for C4 and D4.
///
/// - Shape: `[..., H, W]`, square for quarter turns.
/// - Error: Exact if *a* divides H and *b* divides W; other shifts interpolate (``ImageAction``).
package struct ShiftedImageAction: GroupAction, OperatorAction {
  package let group: FiniteGroup
  private let planar: ImageAction
  private let shifts: ImageAction

  /// Whether rotations map shifts to shifts, and there are at most ``FiniteGroup/maximumOrder`` elements.
  static func isGroup(
    rotationCount: Int, hasReflections: Bool, rows: Int, columns: Int
  ) -> Bool {
    guard [1, 2, 4].contains(rotationCount), rotationCount < 4 || rows == columns else {
      return false
    }
    let order = rotationCount * (hasReflections ? 2 : 1)
    return rows * columns <= FiniteGroup.maximumOrder / order
  }

  /// Creates the action.
  ///
  /// - Precondition: The elements are a group (``isGroup(rotationCount:hasReflections:rows:columns:)``).
  package init(
    rotationCount: Int, hasReflections: Bool, rows: Int, columns: Int,
    interpolation: Interpolation = .bilinear
  ) {
    precondition(
      Self.isGroup(
        rotationCount: rotationCount, hasReflections: hasReflections, rows: rows, columns: columns),
      "Expected quarter turns that map \(rows) x \(columns) shifts to each other.")
    let planar =
      hasReflections
      ? ImageAction.rotationsAndReflections(rotationCount, interpolation: interpolation)
      : ImageAction.rotations(rotationCount, interpolation: interpolation)
    let shifts = ImageAction.translations(
      rows: rows, columns: columns, interpolation: interpolation)
    let (turns, steps) = (planar.group, shifts.group)
    let count = steps.order

    /// Returns g⁻¹·t·g, which is a shift.
    func conjugated(_ t: Int, by g: FiniteGroup.Element) -> Int {
      var (down, right) = (t / columns, t % columns)
      let inverse = turns.inverse(of: g)
      // Elements from `rotationCount` on reflect first.
      if inverse >= rotationCount { right = -right }
      // Turns are counter-clockwise: what moved right moves up.
      for _ in 0..<inverse % rotationCount * (4 / rotationCount) {
        (down, right) = (-right, down)
      }
      let (row, column) = ((down + rows) % rows, (right + columns) % columns)
      return row * columns + column
    }
    group = FiniteGroup(
      name: "\(hasReflections && rotationCount == 1 ? "flip" : turns.name)x\(steps.name)",
      elementNames: turns.elementNames.flatMap { g in
        steps.elementNames.map { "\(g)·\($0)" }
      },
      knownProduct: { a, b in
        let (g, h) = (a / count, b / count)
        let shift = steps.product(conjugated(a % count, by: h), b % count)
        return turns.product(g, h) * count + shift
      })
    self.planar = planar
    self.shifts = shifts
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let shifted = try shifts.operators(on: shape)
    return try planar.operators(on: shape).flatMap { turn in
      shifted.map { shift in
        if turn.isIdentity { return shift }
        if shift.isIdentity { return turn }
        return ArrayOperator(Composition(shift.map, then: turn.map), count: turn.count)
      }
    }
  }
}

/// One map of arrays after another.
private struct Composition: ArrayMap {
  private let first: any ArrayMap
  private let second: any ArrayMap

  init(_ first: any ArrayMap, then second: any ArrayMap) {
    self.first = first
    self.second = second
  }

  var count: Int { first.count }

  /// A shift and a turn that change something do not cancel each other.
  var isIdentity: Bool { false }

  var hasNegativeWeights: Bool { first.hasNegativeWeights || second.hasNegativeWeights }

  func followed(byParts permutation: Permutation) -> any ArrayMap {
    Composition(first, then: second.followed(byParts: permutation))
  }

  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { moved in
      first.apply(source, to: moved)
      second.apply(UnsafeBufferPointer(moved), to: result)
    }
  }

  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { moved in
      first.apply(source, to: moved)
      second.apply(UnsafeBufferPointer(moved), to: result)
    }
  }
}
