// SPDX-License-Identifier: MIT

/// Transformations of a space of arrays, with weights: all that a measurement needs of what happens
/// to its inputs.
///
/// A finite group that acts is one (``GroupAction``), a sample of an infinite group is another
/// (``SampledImageAction``), and so are transformations that cannot be undone
/// (``ImageTransformations``), for which only invariance has a meaning.
public protocol TransformationFamily: Sendable {
  /// The transformations; the first one changes nothing.
  var transformations: Transformations { get }

  /// The maps of arrays of `shape`, in the order of ``transformations``.
  ///
  /// - Parameter shape: The shape of one example, without a batch axis.
  /// - Throws: ``ActionError`` if they have no meaning on such arrays.
  func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator]
}

extension TransformationFamily {
  /// Fixes the shape of the arrays to act on.
  ///
  /// - Throws: ``ActionError`` if the transformations have no meaning on such arrays.
  public func prepared(for shape: [Int]) throws(ActionError) -> PreparedAction {
    PreparedAction(transformations, shape: shape, operators: try operators(on: shape))
  }
}
