// SPDX-License-Identifier: MIT

/// An input or an output of an ONNX graph, as its file declares it.
public struct OnnxValueInfo: Sendable, Hashable {
  /// Its name, by which it is given or asked for.
  public let name: String

  /// What its scalars are, or `nil` where the file does not say or it is no tensor of numbers
  /// that is known here.
  public let elementType: OnnxElementType?

  /// Its axes, or `nil` where not even their number is declared.
  public let shape: [OnnxAxis]?

  /// False for a sequence, a map and whatever else is no tensor.
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
  /// Reads an axis; a length that is not positive means the same as none.
  init(_ axis: ProtoShape.Axis) {
    switch axis.value {
    case .dimValue(let length) where length > 0: self = .fixed(Int(length))
    case .dimParam(let name) where !name.isEmpty: self = .symbol(name)
    default: self = .unknown
    }
  }
}
