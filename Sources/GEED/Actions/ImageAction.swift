// SPDX-License-Identifier: MIT

/// Rotations, reflections and translations of images, which are the last two axes of an array.
///
/// - Shape: `[..., H, W]`, unchanged; all leading axes are transformed alike.
/// - Orientation: Rows grow downwards. Rotations are counter-clockwise as displayed, about the
///   center of the pixel grid ((H − 1)/2, (W − 1)/2); reflections swap left and right.
/// - Error: Quarter and half turns, reflections and shifts by whole pixels permute pixels and are
///   exact. Other rotations interpolate and read zeros outside the image, so the action law holds
///   only approximately; other shifts interpolate across the border, circularly.
public struct ImageAction: GroupAction, OperatorAction {
  public let group: FiniteGroup
  package let transforms: [GridTransform]

  /// The interpolation of values between pixels.
  package let interpolation: Interpolation

  package init(
    group: FiniteGroup, transforms: [GridTransform], interpolation: Interpolation = .bilinear
  ) {
    precondition(
      transforms.count == group.order,
      "Expected \(group.order) transforms, but got \(transforms.count).")
    self.group = group
    self.transforms = transforms
    self.interpolation = interpolation
  }

  /// Returns the same action with another interpolation.
  public func interpolated(by interpolation: Interpolation) -> ImageAction {
    ImageAction(group: group, transforms: transforms, interpolation: interpolation)
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try transforms.operators(
      on: shape, interpolation: interpolation, named: group.name,
      needsSquare: transforms.contains(where: \.swapsAxes))
  }
}

extension [GridTransform] {
  /// Returns the maps of arrays of `shape`, `[..., H, W]`, one for each transform.
  func operators(
    on shape: [Int], interpolation: Interpolation, named name: String, needsSquare: Bool
  ) throws(ActionError) -> [ArrayOperator] {
    guard shape.count >= 2, let width = shape.last, shape.allSatisfy({ $0 > 0 }) else {
      throw .missingAxes(group: name, shape: shape, expected: ActionError.imageShape)
    }
    let height = shape[shape.count - 2]
    guard height == width || !needsSquare else { throw .notSquare(group: name, shape: shape) }
    return map { transform in
      ArrayOperator(
        count: Tensor.count(of: shape), blockSize: height * width,
        map: GridMap(transform, height: height, width: width, interpolation: interpolation))
    }
  }
}

extension ImageAction {
  /// C*n*: rotations by multiples of 360°/`order`.
  public static func rotations(
    _ order: Int, interpolation: Interpolation = .bilinear
  ) -> ImageAction {
    ImageAction(
      group: .cyclic(order), transforms: (0..<order).map { .turn($0, of: order) },
      interpolation: interpolation)
  }

  /// D*n*: rotations by multiples of 360°/`rotationCount`, alone and after a reflection.
  public static func rotationsAndReflections(
    _ rotationCount: Int, interpolation: Interpolation = .bilinear
  ) -> ImageAction {
    let turns = 0..<rotationCount
    return ImageAction(
      group: .dihedral(rotationCount: rotationCount),
      transforms: turns.map { .turn($0, of: rotationCount) }
        + turns.map { .turn($0, of: rotationCount, reflecting: true) },
      interpolation: interpolation)
  }

  /// The group of order 2 that swaps left and right.
  public static let reflection = ImageAction(
    group: .reflection, transforms: [.identity, .turn(0, of: 1, reflecting: true)])

  /// T*a*x*b*: circular shifts by multiples of H/`rows` down and W/`columns` right.
  public static func translations(
    rows: Int, columns: Int, interpolation: Interpolation = .bilinear
  ) -> ImageAction {
    ImageAction(
      group: .translations(rows: rows, columns: columns),
      transforms: (0..<rows * columns).map {
        .shift(
          rows: Double($0 / columns) / Double(rows),
          columns: Double($0 % columns) / Double(columns))
      },
      interpolation: interpolation)
  }

  /// SO(2), approximated by *n* equally spaced angles: C*n* under the name `SO2:n`.
  ///
  /// The mean over them equals the mean over all angles for functions of the angle whose
  /// frequencies are below *n*.
  public static func equispacedRotations(_ count: Int) -> ImageAction {
    let action = rotations(count)
    return ImageAction(group: action.group.named("SO2:\(count)"), transforms: action.transforms)
  }

  /// O(2), approximated by *n* equally spaced angles: D*n* under the name `O2:n`.
  public static func equispacedRotationsAndReflections(_ count: Int) -> ImageAction {
    let action = rotationsAndReflections(count)
    return ImageAction(group: action.group.named("O2:\(count)"), transforms: action.transforms)
  }
}
