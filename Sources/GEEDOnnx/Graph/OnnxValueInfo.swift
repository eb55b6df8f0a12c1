// SPDX-License-Identifier: MIT

/// An input or an output of an ONNX graph, as its file declares it.
public struct OnnxValueInfo: Sendable, Hashable {
  /// The name of the input or output.
  public let name: String

  /// The element type, or `nil` if the file does not declare it, the value is not a tensor, or the
  /// type is unknown to ``OnnxElementType``.
  public let elementType: OnnxElementType?

  /// The axes, or `nil` if not even their number is declared.
  public let shape: [OnnxAxis]?

  /// Whether the value is a tensor; false for sequences, maps and other types.
  public let isTensor: Bool

  /// Creates a description of a tensor.
  public init(name: String, elementType: OnnxElementType?, shape: [OnnxAxis]?) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.isTensor = true
  }

  init(_ info: ProtoValueInfo) {
    name = info.name
    switch info.type.value {
    case .tensorType(let type):
      elementType = OnnxElementType(rawValue: type.elemType)
      shape = type.hasShape ? type.shape.dim.map(OnnxAxis.init) : nil
      isTensor = true
    case nil:
      elementType = nil
      shape = nil
      isTensor = true
    case .sequenceType, .mapType, .sparseTensorType, .optionalType:
      elementType = nil
      shape = nil
      isTensor = false
    }
  }
}

extension OnnxAxis {
  /// Converts an axis of the file; a length that is not positive counts as unknown.
  init(_ axis: ProtoShape.Axis) {
    switch axis.value {
    case .dimValue(let length) where length > 0: self = .fixed(Int(length))
    case .dimParam(let name) where !name.isEmpty: self = .symbol(name)
    default: self = .unknown
    }
  }
}
