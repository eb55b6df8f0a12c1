// SPDX-License-Identifier: MIT

import Foundation
import GEED
import SwiftProtobuf

/// The constants of an ONNX file: its initializers and the values of its `Constant` nodes.
struct OnnxConstants {
  private let path: String
  private var values: [String: ProtoWeights] = [:]

  /// Reads all constants of the file; values in other files are read on demand.
  init(contentsOf path: String) throws(OnnxGraphError) {
    let bytes = try OnnxGraph.bytes(ofFile: path)
    var decoding = BinaryDecodingOptions()
    decoding.discardUnknownFields = true
    let model: ProtoWeightModel
    do {
      model = try ProtoWeightModel(serializedBytes: bytes, options: decoding)
    } catch {
      throw .malformed(path: path, found: "\(bytes.count) bytes that are cut short")
    }
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
  ///
  /// - Throws: ``UnreadableConstant`` for types that are not real numbers, and for missing files.
  func tensor(_ name: String) throws(UnreadableConstant) -> Tensor? {
    guard let weights = values[name] else { return nil }
    let shape = weights.dims.map(Int.init)
    guard let count = try? Tensor.checkedCount(of: shape) else {
      throw UnreadableConstant(reason: "'\(name)' has the shape \(shape), which is not possible")
    }
    guard let type = OnnxElementType(rawValue: weights.dataType), type.isReal else {
      throw UnreadableConstant(reason: "'\(name)' holds no real numbers")
    }
    var scalars = weights.typedScalars(type)
    if scalars.isEmpty, let width = type.byteCount {
      scalars =
        weights.dataLocation == 1
        ? try ExternalValues(weights.externalData, ofModelAt: path)
          .bytes(count * width).scalars(type)
        : weights.rawData.scalars(type)
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
    case "value_float":
      weights.dataType = OnnxElementType.float32.rawValue
      weights.floatData = [f]
    case "value_floats":
      weights.dataType = OnnxElementType.float32.rawValue
      weights.dims = [Int64(floats.count)]
      weights.floatData = floats
    case "value_int":
      weights.dataType = OnnxElementType.int64.rawValue
      weights.int64Data = [i]
    case "value_ints":
      weights.dataType = OnnxElementType.int64.rawValue
      weights.dims = [Int64(ints.count)]
      weights.int64Data = ints
    default: return nil
    }
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

extension Data {
  /// Little-endian numbers of a type, as `Float`.
  fileprivate func scalars(_ type: OnnxElementType) -> [Float] {
    switch type {
    case .float32: numbers(UInt32.self) { Float(bitPattern: $0) }
    case .float64: numbers(UInt64.self) { Float(Double(bitPattern: $0)) }
    case .float16: numbers(UInt16.self) { Float(halfBits: $0) }
    case .bfloat16: numbers(UInt16.self) { Float(brainBits: $0) }
    case .int8: numbers(UInt8.self) { Float(Int8(bitPattern: $0)) }
    case .uint8, .bool: numbers(UInt8.self) { Float($0) }
    case .int16: numbers(UInt16.self) { Float(Int16(bitPattern: $0)) }
    case .uint16: numbers(UInt16.self) { Float($0) }
    case .int32: numbers(UInt32.self) { Float(Int32(bitPattern: $0)) }
    case .uint32: numbers(UInt32.self) { Float($0) }
    case .int64: numbers(UInt64.self) { Float(Int64(bitPattern: $0)) }
    case .uint64: numbers(UInt64.self) { Float($0) }
    case .string, .complex64, .complex128: []
    }
  }

  private func numbers<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ type: Bits.Type, _ value: (Bits) -> Float
  ) -> [Float] {
    let width = MemoryLayout<Bits>.size
    return withUnsafeBytes { bytes in
      (0..<bytes.count / width).map {
        value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * width, as: type)))
      }
    }
  }
}
