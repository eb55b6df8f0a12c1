// SPDX-License-Identifier: MIT

/// Turns pictures by random angles, all equally likely, with the resampler that measures.
///
/// For augmentation and for data sets of turned pictures. Were it another resampler, a network would
/// be measured on pictures unlike those that it was trained on.
public struct RandomRotation: Sendable, Hashable {
  /// Into how many steps a full turn is divided; angles are whole numbers of them.
  public static let stepCount = 360 * 256

  /// How values between pixels are made.
  public let interpolation: Interpolation

  public init(interpolation: Interpolation = .bilinear) {
    self.interpolation = interpolation
  }

  /// Turns one picture.
  ///
  /// - Parameters:
  ///   - image: A square picture `[..., H, H]`; all leading axes turn alike.
  ///   - generator: Where the angle is drawn from; one draw for each picture.
  /// - Precondition: The last two axes have the same length, which is not 0.
  /// - Complexity: O(H²) for each leading place, and as much for the map.
  public func callAsFunction(_ image: Tensor, using generator: inout SplitMix64) -> Tensor {
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
