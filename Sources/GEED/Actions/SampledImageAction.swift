// SPDX-License-Identifier: MIT

/// Random elements of a group that acts on images: SO(2), O(2), or all circular shifts.
///
/// The elements are drawn once, independently and uniformly (from the Haar measure), and are used
/// for all arrays. Their names state their angles or shifts.
///
/// - Shape: `[..., H, W]`, square for rotations; all leading axes are transformed alike.
/// - Error: That of ``ImageAction``. A shift by whole pixels of the input moves a feature map by
///   the same fraction of its height and width, which may lie between pixels of a coarser grid.
package struct SampledImageAction: OperatorAction {
  package let transformations: TransformationSet

  /// The movement of the grid by each element; the first is the identity.
  package let transforms: [GridTransform]
  package let interpolation: Interpolation
  private let hasRotations: Bool

  private init(
    _ group: String, _ count: Int, seed: UInt64, hasRotations: Bool = true, summary: String,
    interpolation: Interpolation,
    drawing draw: (inout SplitMix64) -> (name: String, transform: GridTransform)
  ) {
    var generator = SplitMix64(seed: seed, for: .elements)
    let drawn = (0..<count).map { _ in draw(&generator) }
    self.transformations = TransformationSet(
      sample: "\(group):\(count):haar", elementNames: drawn.map(\.name), summary: summary)
    self.transforms = [.identity] + drawn.map(\.transform)
    self.interpolation = interpolation
    self.hasRotations = hasRotations
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try transforms.operators(
      on: shape, interpolation: interpolation, named: transformations.name,
      needsSquare: hasRotations)
  }

  /// The number of steps in a full turn: steps of 0.0001°, which a name can state exactly.
  private static let turnCount = 3_600_000

  /// Returns `count` uniformly random rotations of SO(2), named in degrees.
  package static func rotations(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    SampledImageAction(
      "SO2", count, seed: seed,
      summary: "\(count) rotations, drawn uniformly from all angles with seed \(seed)",
      interpolation: interpolation
    ) { turn(reflecting: false, using: &$0) }
  }

  /// Returns random elements of O(2): a rotation, with probability ½ after a reflection.
  package static func rotationsAndReflections(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    SampledImageAction(
      "O2", count, seed: seed,
      summary:
        "\(count) rotations, drawn uniformly from all angles with seed \(seed), each after a "
        + "reflection or not with equal chances",
      interpolation: interpolation
    ) { turn(reflecting: $0.next(below: 2) == 1, using: &$0) }
  }

  /// Returns random circular shifts by whole pixels of a grid, named by the pixels down and right.
  package static func translations(
    _ count: Int, on shape: [Int], seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    precondition(
      shape.count >= 2 && shape.allSatisfy { $0 > 0 }, "Expected images, but got \(shape).")
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    return SampledImageAction(
      "T", count, seed: seed, hasRotations: false,
      summary:
        "\(count) circular shifts, drawn uniformly from all \(height * width) by whole pixels "
        + "with seed \(seed)",
      interpolation: interpolation
    ) { generator in
      let (down, right) = (generator.next(below: height), generator.next(below: width))
      let shift = GridTransform.shift(
        rows: Double(down) / Double(height), columns: Double(right) / Double(width))
      return ("(\(down),\(right))", down == 0 && right == 0 ? .identity : shift)
    }
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

/// A random rotation of images for augmentation, with uniformly distributed angles and the
/// resampler of the measurements.
package struct RandomRotation: Sendable, Hashable {
  /// The number of steps in a full turn; angles are whole numbers of steps.
  package static let stepCount = 360 * 256
  package let interpolation: Interpolation

  package init(interpolation: Interpolation = .bilinear) {
    self.interpolation = interpolation
  }

  package func callAsFunction(_ image: Tensor, using generator: inout SplitMix64) -> Tensor {
    let size = image.shape.suffix(2)
    precondition(
      size.count == 2 && size.first == size.last && size.first != 0,
      "Expected square images [..., H, H], but got shape \(image.shape).")
    let side = image.shape[image.shape.count - 1]
    let turn = GridTransform.turn(generator.next(below: Self.stepCount), of: Self.stepCount)
    let map = GridMap(turn, height: side, width: side, interpolation: interpolation)
    let rotation = ArrayOperator(count: image.scalars.count, blockSize: side * side, map: map)
    return rotation(image)
  }
}
