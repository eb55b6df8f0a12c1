// SPDX-License-Identifier: MIT

/// A tensor that a model computes from its input, and that can therefore be measured.
public struct OnnxTensor: Sendable, Hashable {
  /// Its name, by which it is asked for.
  public let name: String

  /// The operator that computes it, such as `Conv`.
  public let operation: String

  /// The largest number of operators on a way from the inputs to this tensor, itself included.
  public let depth: Int

  /// Whether it is an output of the model.
  public let isOutput: Bool

  /// What its scalars are, or `nil` where the file does not say.
  public internal(set) var elementType: OnnxElementType?

  /// Its axes, or `nil` where the file does not say.
  public internal(set) var shape: [OnnxAxis]?

  /// The order of its axes, or `nil` where it was not looked for.
  public internal(set) var layout: OnnxTensorLayout?

  /// The axes as people write them, `[N, 64, 56, 56]`, or `nil` where they are not known.
  public var shapeDescription: String? { shape.map(describe) }

  /// The scores that it holds, or `nil` where the graph does not tell.
  ///
  /// Read off the graph: a softmax or sigmoid makes them, or an operator that passes their values on.
  public let scores: OnnxScores?

  /// The operator that made its values, such as `Gemm`, or `nil` where it is not known.
  ///
  /// Operators that only give values another shape or type are passed over.
  public let origin: String?
}
