// SPDX-License-Identifier: MIT

/// Random elements of a group that acts on pictures: SO(2), O(2), or all circular shifts.
///
/// The elements are drawn once, independently and uniformly (from the Haar measure), and are used
/// for all arrays: the same *g* moves an input and its output. Their names state their angles or
/// shifts, so a result can be reproduced without the seed.
///
/// - Shape: `[..., H, W]`, square for rotations; all leading axes are transformed alike.
/// - Error: That of ``ImageAction``. A shift by whole pixels of the input moves a feature map by
///   the same fraction of its height and width, which may lie between pixels of a coarser grid.
package struct SampledImageAction: OperatorAction {
  package let transformations: TransformationSet

  /// The movement of the grid by each element; the first is the identity.
  package let transforms: [GridTransform]

  /// The interpolation of values between pixels.
  package let interpolation: Interpolation

  private let hasRotations: Bool

  private init(
    _ name: String, _ drawn: [(name: String, transform: GridTransform)], hasRotations: Bool,
    summary: String, interpolation: Interpolation
  ) {
    self.transformations = TransformationSet(
      sample: name, elementNames: drawn.map(\.name), summary: summary)
    self.transforms = [.identity] + drawn.map(\.transform)
    self.interpolation = interpolation
    self.hasRotations = hasRotations
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try transforms.operators(
      on: shape, interpolation: interpolation, named: transformations.name,
      needsSquare: hasRotations)
  }
}

extension SampledImageAction {
  /// The number of steps in a full turn: steps of 0.0001°, which a name can state exactly.
  private static let turnCount = 3_600_000

  /// Returns `count` uniformly random rotations of SO(2), named in degrees.
  ///
  /// - Precondition: `count` is 2 or more.
  package static func rotations(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    var generator = SplitMix64(seed: seed, for: .elements)
    return SampledImageAction(
      "SO2:\(count):haar", (0..<count).map { _ in turn(reflecting: false, using: &generator) },
      hasRotations: true,
      summary: "\(count) rotations, drawn uniformly from all angles with seed \(seed)",
      interpolation: interpolation)
  }

  /// Returns `count` uniformly random elements of O(2): a rotation, with probability ½ after a
  /// reflection, named as in `12.5° s`.
  ///
  /// - Precondition: `count` is 2 or more.
  package static func rotationsAndReflections(
    _ count: Int, seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    var generator = SplitMix64(seed: seed, for: .elements)
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

  /// Returns `count` uniformly random circular shifts by whole pixels of a grid, named by the
  /// numbers of pixels down and right.
  ///
  /// - Parameters:
  ///   - count: The number of shifts to draw.
  ///   - shape: The shape of the inputs, `[..., H, W]`, in whose pixels shifts are counted.
  ///   - seed: The seed of the random draws.
  ///   - interpolation: The interpolation of values between pixels; shifts by whole pixels need
  ///     none.
  /// - Precondition: `count` is 2 or more, and `shape` has two axes or more, none of length 0.
  package static func translations(
    _ count: Int, on shape: [Int], seed: UInt64, interpolation: Interpolation = .bilinear
  ) -> SampledImageAction {
    precondition(
      shape.count >= 2 && shape.allSatisfy { $0 > 0 }, "Expected pictures, but got \(shape).")
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    var generator = SplitMix64(seed: seed, for: .elements)
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

/// A random rotation of pictures, with uniformly distributed angles and the resampler of the
/// measurements.
///
/// It is intended for augmentation and for data sets of rotated pictures. With another resampler, a
/// network would be measured on pictures unlike those on which it was trained.
package struct RandomRotation: Sendable, Hashable {
  /// The number of steps in a full turn; angles are whole numbers of steps.
  package static let stepCount = 360 * 256

  /// The interpolation of values between pixels.
  package let interpolation: Interpolation

  package init(interpolation: Interpolation = .bilinear) {
    self.interpolation = interpolation
  }

  /// Rotates one picture.
  ///
  /// - Parameters:
  ///   - image: A square picture `[..., H, H]`; all leading axes are rotated alike.
  ///   - generator: The generator of the angle; one draw for each picture.
  /// - Precondition: The last two axes have the same length, which is not 0.
  /// - Complexity: O(H²) for each leading index, and the same for computing the map.
  package func callAsFunction(_ image: Tensor, using generator: inout SplitMix64) -> Tensor {
    let size = image.shape.suffix(2)
    precondition(
      size.count == 2 && size.first == size.last && size.first != 0,
      "Expected square pictures [..., H, H], but got shape \(image.shape).")
    let side = image.shape[image.shape.count - 1]
    let turn = GridTransform.turn(generator.next(below: Self.stepCount), of: Self.stepCount)
    let map = GridMap(turn, height: side, width: side, interpolation: interpolation)
    let rotation = ArrayOperator(count: image.scalars.count, blockSize: side * side, map: map)
    return rotation(image)
  }
}
