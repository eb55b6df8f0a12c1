// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The constants of an ONNX file: its initializers and the values of its `Constant` nodes.
struct OnnxConstants {
  private let path: String
  private var values: [String: ProtoWeights] = [:]

  /// Reads all constants of the file; values in other files are read on demand.
  init(contentsOf path: String) throws(OnnxGraphError) {
    try self.init(bytes: OnnxGraph.bytes(ofFile: path), path: path)
  }

  /// Reads the constants of a model at `path` from its bytes, or those of a part of it.
  init(bytes: Data, path: String) throws(OnnxGraphError) {
    let model: ProtoWeightModel = try OnnxGraph.decoded(bytes, path, or: "are cut short")
    self.path = path
    for weights in model.graph.initializer { values[weights.name] = weights }
    for node in model.graph.node {
      guard let output = node.output.first else { continue }
      switch node.opType {
      case "Constant": values[output] = node.attribute.lazy.compactMap(\.constant).first
      case "Identity": values[output] = node.input.first.flatMap { values[$0] }
      default: break
      }
    }
  }

  /// Returns whether the tensor is a constant whose values can be read.
  func contains(_ name: String) -> Bool { values[name] != nil }

  /// Returns the shape of a constant, or `nil` if there is none with this name.
  func shape(of name: String) -> [Int]? { values[name]?.dims.map(Int.init) }

  /// Returns the numbers of a constant as `Float`, or `nil` if there is none with this name.
  func tensor(_ name: String) throws(UnreadableConstant) -> Tensor? {
    guard let weights = values[name] else { return nil }
    let shape = weights.dims.map(Int.init)
    guard let count = try? Tensor.checkedCount(of: shape) else {
      throw UnreadableConstant(reason: "'\(name)' has the shape \(shape), which is not possible")
    }
    guard let type = OnnxElementType(rawValue: weights.dataType), let number = type.number else {
      throw UnreadableConstant(reason: "'\(name)' holds no real numbers")
    }
    var scalars = weights.typedScalars(type)
    if scalars.isEmpty {
      let bytes =
        weights.dataLocation == 1
        ? try ExternalValues(weights.externalData, ofModelAt: path).bytes(count * number.byteCount)
        : weights.rawData
      scalars = bytes.withUnsafeBytes { number.floats($0) }
    }
    guard scalars.count == count else {
      throw UnreadableConstant(
        reason: "'\(name)' of shape \(shape) has \(scalars.count) numbers in the file")
    }
    return Tensor(shape: shape, scalars: scalars)
  }

  /// Returns the integers of a constant, or `nil` if it does not exist or has other values.
  func integers(_ name: String) -> [Int]? {
    guard let tensor = try? tensor(name) else { return nil }
    let numbers = tensor.scalars.compactMap { Int(exactly: $0) }
    return numbers.count == tensor.scalars.count ? numbers : nil
  }
}

/// The reason that the values of a constant are unknown.
struct UnreadableConstant: Error {
  let reason: String
  /// Whether a file does not exist or cannot be read.
  var isMissing = false
}

extension ProtoWeightAttribute {
  /// The value of a `Constant` node.
  fileprivate var constant: ProtoWeights? {
    if hasT { return t }
    var weights = ProtoWeights()
    switch name {
    case "value_float": weights.floatData = [f]
    case "value_floats": weights.floatData = floats
    case "value_int": weights.int64Data = [i]
    case "value_ints": weights.int64Data = ints
    default: return nil
    }
    let isWhole = name.hasPrefix("value_int")
    weights.dataType = (isWhole ? OnnxElementType.int64 : .float32).rawValue
    if name.hasSuffix("s") { weights.dims = [Int64(isWhole ? ints.count : floats.count)] }
    return weights
  }
}

extension ProtoWeights {
  /// The numbers, if they are stored in a field for their type and not as raw bytes.
  fileprivate func typedScalars(_ type: OnnxElementType) -> [Float] {
    switch type {
    case .float32: floatData
    case .float64: doubleData.map { Float($0) }
    case .int64: int64Data.map { Float($0) }
    case .float16: int32Data.map { Float(halfBits: UInt16(truncatingIfNeeded: $0)) }
    case .bfloat16: int32Data.map { Float(brainBits: UInt16(truncatingIfNeeded: $0)) }
    case .int8, .uint8, .int16, .uint16, .int32, .bool: int32Data.map { Float($0) }
    default: []
    }
  }
}
