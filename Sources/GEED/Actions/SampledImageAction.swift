// SPDX-License-Identifier: MIT

/// Random elements of a group that moves pictures: SO(2), O(2), or all circular shifts.
///
/// The elements are drawn once, independently and uniformly (from the Haar measure), and act
/// everywhere: the same *g* moves an input and the output that belongs to it. They are named by what
/// they are, so that a result can be had again without the seed.
///
/// - Shape: `[..., H, W]`, square for rotations; all leading axes are moved alike.
/// - Error: That of ``ImageAction``. On a feature map a shift by whole pixels of the input is one by
///   the same part of its height and width, between pixels where the grid is coarser.
public struct SampledImageAction: TransformationFamily {
  public let transformations: Transformations

  /// What each element does to the grid; the first does nothing.
  public let transforms: [GridTransform]

  /// How values between pixels are made.
  public let interpolation: Interpolation

  private let hasRotations: Bool

  private init(
    _ name: String, _ drawn: [(name: String, transform: GridTransform)], hasRotations: Bool,
    summary: String, interpolation: Interpolation
  ) {
    self.transformations = Transformations(
      sample: name, elementNames: drawn.map(\.name), summary: summary)
    self.transforms = [.identity] + drawn.map(\.transform)
    self.interpolation = interpolation
    self.hasRotations = hasRotations
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try transforms.operators(
      on: shape, interpolation: interpolation, named: transformations.name,
      needsSquare: hasRotations)
  }
}

extension SampledImageAction {
  /// How many steps the full turn has: ten-thousandths of a degree, which a name can hold.
  private static let turnCount = 3_600_000

  /// `count` angles of SO(2), each equally likely, named in degrees.
  ///
  /// - Precondition: `count` is 2 or more.
  public static func rotations(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    var generator = drawingGenerator(seed: seed)
    return SampledImageAction(
      "SO2:\(count):haar", (0..<count).map { _ in turn(reflecting: false, using: &generator) },
      hasRotations: true,
      summary: "\(count) rotations, drawn uniformly from all angles with seed \(seed)",
      interpolation: interpolation)
  }

  /// `count` elements of O(2), each equally likely: an angle, and in half of all cases a reflection
  /// before it, named as in `12.5° s`.
  ///
  /// - Precondition: `count` is 2 or more.
  public static func rotationsAndReflections(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    var generator = drawingGenerator(seed: seed)
    return SampledImageAction(
      "O2:\(count):haar",
      (0..<count).map { _ in
        turn(reflecting: generator.next(below: 2) == 1, using: &generator)
      }, hasRotations: true,
      summary:
        "\(count) rotations, drawn uniformly from all angles with seed \(seed), each after a "
        + "reflection or not with equal chances",
      interpolation: interpolation)
  }

  /// `count` circular shifts by whole pixels of a grid, each equally likely, named by how many
  /// pixels they go down and right.
  ///
  /// - Parameters:
  ///   - count: How many shifts are drawn.
  ///   - shape: The shape of the inputs, `[..., H, W]`, whose pixels are meant.
  ///   - seed: Where the drawing starts.
  ///   - interpolation: How values between pixels are made; shifts by whole pixels need none.
  /// - Precondition: `count` is 2 or more, and `shape` has two axes or more, none of them empty.
  public static func translations(
    _ count: Int, on shape: [Int], seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    precondition(
      shape.count >= 2 && shape.allSatisfy { $0 > 0 }, "Expected pictures, but got \(shape).")
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    var generator = drawingGenerator(seed: seed)
    return SampledImageAction(
      "T:\(count):haar",
      (0..<count).map { _ in
        let (down, right) = (generator.next(below: height), generator.next(below: width))
        let shift = GridTransform.shift(
          rows: Double(down) / Double(height), columns: Double(right) / Double(width))
        return ("(\(down),\(right))", down == 0 && right == 0 ? .identity : shift)
      }, hasRotations: false,
      summary:
        "\(count) circular shifts, drawn uniformly from all \(height * width) by whole pixels "
        + "with seed \(seed)",
      interpolation: interpolation)
  }

  private static func turn(
    reflecting: Bool, using generator: inout SplitMix64
  ) -> (name: String, transform: GridTransform) {
    let turn = generator.next(below: turnCount)
    let degrees = Double(turn) / Double(turnCount / 360)
    return (
      reflecting ? "\(degrees)° s" : "\(degrees)°",
      .turn(turn, of: turnCount, reflecting: reflecting)
    )
  }
}

/// The generator of a sample of transformations: its seed is the first number that `seed` gives, so
/// that it does not run along with the choice of examples.
func drawingGenerator(seed: UInt64) -> SplitMix64 {
  var generator = SplitMix64(seed: seed)
  return SplitMix64(seed: generator.next())
}
