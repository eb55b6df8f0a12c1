// SPDX-License-Identifier: MIT

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
