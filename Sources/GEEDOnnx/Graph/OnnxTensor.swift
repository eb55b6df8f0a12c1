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

  /// The axes as people write them, `[N, 64, 56, 56]`, or `nil` where they are not known.
  public var shapeDescription: String? { shape.map(describe) }

  /// Whether its rows are probabilities or their logarithms, or `nil` where they are neither.
  ///
  /// Read off the graph: the operator is a softmax, or passes on the values of one.
  public let softmaxOutput: SoftmaxOutput?

  /// What a softmax computes.
  public enum SoftmaxOutput: Sendable, Hashable {
    /// The output of `Softmax`: not negative, and summing to 1.
    case probabilities
    /// The output of `LogSoftmax`: natural logarithms of probabilities.
    case logProbabilities
  }
}
