// SPDX-License-Identifier: MIT

import GEED

/// The place of an element of a group of rotations on a polar chart.
struct ElementPlace: Hashable {
  enum Kind: String {
    case rotation, reflection
  }

  /// The angle of the rotation in degrees, counter-clockwise.
  let angle: Double
  /// `reflection` if the image is reflected before it is rotated.
  let kind: Kind

  /// Returns the places of a group's elements in order; `nil` for groups without rotations by
  /// equal angles, and for fewer than three angles.
  static func all(of group: String) -> [ElementPlace]? {
    let rotations: (count: Int, withReflections: Bool)? =
      switch GroupName(group)?.kind {
      case .planar(let count, let hasReflections): (count, hasReflections)
      case .equispaced(.rotations, let count): (count, false)
      case .equispaced(.rotationsAndReflections, let count): (count, true)
      default: nil
      }
    guard let (count, withReflections) = rotations, count >= 3 else { return nil }
    let angles = (0..<count).map { 360 * Double($0) / Double(count) }
    return angles.map { ElementPlace(angle: $0, kind: .rotation) }
      + (withReflections ? angles.map { ElementPlace(angle: $0, kind: .reflection) } : [])
  }
}
