// SPDX-License-Identifier: MIT

/// A tensor that a model computes from its input and that can therefore be measured.
public struct OnnxTensor: Sendable, Hashable {
  /// The name of the tensor.
  public let name: String

  /// The operator that computes it, such as `Conv`.
  public let operation: String

  /// The maximum number of operators on a path from the inputs to this tensor, its own included.
  public let depth: Int

  /// Whether it is an output of the model.
  public let isOutput: Bool

  /// The element type, or `nil` if the file does not declare it.
  public internal(set) var elementType: OnnxElementType?

  /// The axes, or `nil` if the file does not declare them.
  public internal(set) var shape: [OnnxAxis]?

  /// The order of the axes, or `nil` if it was not determined.
  public internal(set) var layout: OnnxTensorLayout?

  /// The axes as text, such as `[N, 64, 56, 56]`, or `nil` if they are unknown.
  public var shapeDescription: String? { shape.map(describe) }

  /// The scores that the tensor holds, or `nil` if the graph does not determine them.
  ///
  /// Derived from the graph: a softmax or sigmoid produces scores, and some operators pass them on.
  public let scores: OnnxScores?

  /// The operator that computed the values, such as `Gemm`, or `nil` if it is unknown.
  ///
  /// Operators that only change the shape or type of values are skipped.
  public let origin: String?
}
