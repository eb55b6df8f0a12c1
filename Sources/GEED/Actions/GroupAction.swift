// SPDX-License-Identifier: MIT

/// A group moving the points of a space of arrays: φ(g, x), written *gx* in the paper (§ 3).
///
/// An action says which linear map each element is on arrays of a given shape; the same action
/// serves pictures and feature maps of any size. `prepared(for:)` fixes a shape, finds the kernel
/// and gives something that can be applied:
///
///     let rotation = try ImageAction.rotations(8).prepared(for: [3, 32, 32])
///     let orbit = rotation.orbit(of: image)
///
/// For all g, h and x, φ(g, φ(h, x)) = φ(gh, x), exactly or up to the interpolation error that the
/// conforming type documents; ``PreparedAction/lawDefects(on:)`` measures how far off it is.
///
/// Operators stand in the order of the group's elements, all of which count alike.
public protocol GroupAction: TransformationFamily {
  /// The group that acts.
  var group: FiniteGroup { get }
}

extension GroupAction {
  /// All elements of the group.
  public var transformations: Transformations { Transformations(group) }
}

/// Why a group cannot act on arrays of some shape.
public enum ActionError: Error, Hashable, CustomStringConvertible {
  /// Quarter turns were asked of a grid that is not square.
  case notSquare(group: String, shape: [Int])
  /// The array has too few axes.
  case missingAxes(group: String, shape: [Int], expected: String)
  /// An axis has a length that the action does not fit.
  case wrongLength(group: String, shape: [Int], axis: Int, expected: String)

  /// One sentence that names group, shape and the way out.
  public var description: String {
    switch self {
    case .notSquare(let group, let shape):
      "\(group) holds a quarter turn, which needs square images, but got shape \(shape); "
        + "crop them square first (--crop)."
    case .missingAxes(let group, let shape, let expected):
      "\(group) acts on arrays of shape \(expected), but got shape \(shape)."
    case .wrongLength(let group, let shape, let axis, let expected):
      "\(group) cannot act on axis \(axis) of shape \(shape): expected \(expected)."
    }
  }
}
