// SPDX-License-Identifier: MIT

/// TransformationSet of a space of arrays, with weights: all that a measurement needs to know about
/// the transformation of its inputs.
///
/// A finite group that acts is one (``GroupAction``), a sample of an infinite group is another
/// (``SampledImageAction``), and so are transformations without an inverse
/// (``ImageTransformations``), for which only invariance is defined.
public protocol TransformationAction: Sendable {
  /// The transformations; the first one changes nothing.
  var transformations: TransformationSet { get }

  /// Returns the maps of arrays of `shape`, in the order of ``transformations``.
  ///
  /// - Parameter shape: The shape of one example, without a batch axis.
  /// - Throws: ``ActionError`` if the transformations are not defined on such arrays.
  func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator]
}

extension TransformationAction {
  /// Returns the action on arrays of one shape.
  ///
  /// - Throws: ``ActionError`` if the transformations are not defined on such arrays.
  public func prepared(for shape: [Int]) throws(ActionError) -> PreparedAction {
    PreparedAction(transformations, shape: shape, operators: try operators(on: shape))
  }
}
