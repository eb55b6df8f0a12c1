// SPDX-License-Identifier: MIT

import GEED

/// A tensor that a model computes from its input and that can therefore be measured.
public struct OnnxTensor: Sendable, Hashable {
  /// The name of the tensor.
  public let name: String

  /// The operator that computes it, such as `Conv`.
  public let operation: String

  /// The maximum number of operators on a path from the inputs to this tensor, its own included.
  package let depth: Int

  /// Whether it is an output of the model.
  public let isOutput: Bool

  /// The element type, or `nil` if the file does not declare it.
  public internal(set) var elementType: OnnxElementType?

  /// The axes, or `nil` if the file does not declare them.
  public internal(set) var shape: [OnnxAxis]?

  /// The order of the axes, or `nil` if it was not determined.
  package internal(set) var layout: OnnxTensorLayout?

  /// The scores that the tensor holds, or `nil` if the graph does not determine them.
  ///
  /// Derived from the graph: a softmax or sigmoid produces scores, and some operators pass them on.
  public let scores: OnnxScores?

  /// The operator that computed the values, without those that only change shape or type.
  package let origin: String?
}

extension OnnxTensor {
  /// Creates an output of a model whose operators are not known.
  ///
  /// - Parameters:
  ///   - rowShape: The shape of its row for one example.
  ///   - elementType: The type of its numbers if it matters, as of labels.
  package init(
    output name: String, rowShape: [Int], elementType: OnnxElementType? = nil,
    scores: OnnxScores?, layout: OnnxTensorLayout
  ) {
    self.init(
      name: name, operation: "", depth: 0, isOutput: true, elementType: elementType,
      shape: [.symbol("N")] + rowShape.map(OnnxAxis.fixed), layout: layout, scores: scores,
      origin: nil)
  }
}

extension OnnxTensor {
  /// The operator that computed the values if they are numbers of classes, or `nil`.
  package var classNumbering: String? {
    if case .classNumbers(let operation)? = scores { operation } else { nil }
  }

  /// Whether the values are labels, which can be equal or different, but have no distance: numbers of
  /// classes, or decisions.
  package var holdsLabels: Bool {
    switch scores {
    case .classNumbers?, .decisions?: true
    default: false
    }
  }

  /// The reason that differences of the values mean nothing, completing "it …"; `nil` if they may be
  /// quantities.
  ///
  /// - Parameter shape: The axes, if they are known.
  package func reasonAgainstQuantities(_ shape: [OnnxAxis]?) -> String? {
    switch scores {
    case .classNumbers(let operation)?:
      let others = (shape ?? self.shape)?.dropFirst().filter { $0.length != 1 }.count ?? 0
      let action = others > 1 ? "spatial" : "trivial"
      return "holds class numbers (\(operation)), whose differences mean nothing; "
        + "'--equivariance \(name)=\(action) --distance mismatch' compares them"
        + (others == 1 ? " (\(name)=spatial for a map of labels)" : "")
    case .joinedClassNumbers(let operation)?:
      return
        "holds class numbers (\(operation)) beside other values; measure one of the tensors that "
        + "are joined"
    default: return nil
    }
  }
}

/// An input or an output of an ONNX graph, as its file declares it.
package struct OnnxValueInfo: Sendable, Hashable {
  package let name: String

  /// The element type, or `nil` for values that are not tensors and types that are not known.
  package var elementType: OnnxElementType?

  /// The axes, or `nil` if not even their number is declared.
  package var shape: [OnnxAxis]?

  /// Whether the value is a tensor; false for sequences, maps and other types.
  package var isTensor = true
}

extension OnnxValueInfo {
  init(_ info: ProtoValueInfo) {
    self.init(name: info.name)
    switch info.type.value {
    case .tensorType(let type):
      elementType = OnnxElementType(rawValue: type.elemType)
      shape = type.hasShape ? type.shape.dim.map(OnnxAxis.init) : nil
    case nil: break
    case .sequenceType, .mapType, .sparseTensorType, .optionalType: isTensor = false
    }
  }
}

/// One axis of a tensor as an ONNX file declares it.
public enum OnnxAxis: Sendable, Hashable, CustomStringConvertible {
  /// An axis of this fixed length.
  case fixed(Int)
  /// An axis whose length is variable and has a name, such as `batch`.
  case symbol(String)
  /// An axis of unknown length.
  case unknown

  /// Converts an axis of the file; a length that is not positive counts as unknown.
  init(_ axis: ProtoShape.Axis) {
    switch axis.value {
    case .dimValue(let length) where length > 0: self = .fixed(Int(length))
    case .dimParam(let name) where !name.isEmpty: self = .symbol(name)
    default: self = .unknown
    }
  }

  /// The length if it is fixed; otherwise `nil`.
  public var length: Int? { if case .fixed(let length) = self { length } else { nil } }

  /// The length, the name, or `?`.
  public var description: String {
    switch self {
    case .fixed(let length): "\(length)"
    case .symbol(let name): name
    case .unknown: "?"
    }
  }
}

/// Returns the text of a declared shape: `[batch, 3, 224, 224]`.
package func describe(_ shape: [OnnxAxis]) -> String {
  "[" + shape.map(\.description).joined(separator: ", ") + "]"
}

/// The scores that a tensor holds according to the graph.
public enum OnnxScores: Sendable, Hashable {
  /// Scores of this kind.
  case kind(ScoreKind)
  /// Numbers of classes, by the operator that computed them, such as `ArgMax`.
  case classNumbers(operation: String)
  /// Numbers of classes that are joined with other values, by the operator that computed them.
  case joinedClassNumbers(operation: String)
  /// Whether conditions hold, by the operator that computed them, such as `Greater`.
  case decisions(operation: String)
  /// No class scores, or none that can be identified; the text describes the contents, such as
  /// `class numbers`.
  case refused(String)
  /// Quantized integers whose scale is not part of the tensor, with the operator that computed
  /// them.
  case quantized(operation: String)

  /// The kind of scores, or `nil` if the graph shows that the tensor holds none.
  public var kind: ScoreKind? { if case .kind(let kind) = self { kind } else { nil } }

  /// A description of what the tensor holds instead of scores, or `nil`.
  public var reasonAgainst: String? {
    switch self {
    case .kind: nil
    case .classNumbers(let operation): "class numbers (\(operation))"
    case .joinedClassNumbers(let operation): "class numbers (\(operation)) beside other values"
    case .decisions(let operation): "decisions, yes or no (\(operation))"
    case .refused(let reason): reason
    case .quantized(let operation):
      "quantized integers (\(operation)); probe the tensor behind DequantizeLinear"
    }
  }
}
