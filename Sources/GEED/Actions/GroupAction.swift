// SPDX-License-Identifier: MIT

/// A group acting on a space of arrays: φ(g, x), written *gx* in the paper (§ 3).
///
/// An action states which linear map each element is on arrays of a given shape; the same action
/// serves pictures and feature maps of any size. `prepared(for:)` fixes a shape, computes the
/// kernel and returns an action that can be applied:
///
///     let rotation = try ImageAction.rotations(8).prepared(for: [3, 32, 32])
///     let orbit = rotation.orbit(of: image)
///
/// For all g, h and x, φ(g, φ(h, x)) = φ(gh, x), exactly or up to the interpolation error that the
/// conforming type documents; ``PreparedAction/lawDefects(on:)`` measures the error.
///
/// Operators are in the order of the group's elements, which all have the same weight.
public protocol GroupAction: TransformationAction {
  /// The group that acts.
  var group: FiniteGroup { get }
}

extension GroupAction {
  /// All elements of the group.
  public var transformations: TransformationSet { TransformationSet(group) }
}

/// A reason why a group cannot act on arrays of some shape.
public enum ActionError: Error, Hashable, CustomStringConvertible {
  /// The action has quarter turns, and the grid is not square.
  case notSquare(group: String, shape: [Int])
  /// The array has too few axes.
  case missingAxes(group: String, shape: [Int], expected: String)
  /// An axis has a length on which the action is not defined.
  case wrongLength(group: String, shape: [Int], axis: Int, expected: String)

  /// One sentence that names the group, the shape and a remedy.
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
