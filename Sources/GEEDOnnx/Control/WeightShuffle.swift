// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Shuffles the values of each weight tensor of a model among themselves.
struct WeightShuffle {
  /// The number of tensors shuffled so far.
  private(set) var tensorCount = 0

  private let path: String
  private let seed: UInt64
  /// The names of tensors that configure an operator.
  private var settings: Set<String> = []
  /// The names of tensors that are the weights of a quantized operator.
  private var quantized: Set<String> = []

  init(_ graph: ProtoWeightGraph, path: String, seed: UInt64) {
    self.path = path
    self.seed = seed
    collectUses(in: graph)
  }

  /// Shuffles the weights of a graph and of the graphs nested in it.
  mutating func apply(to graph: inout ProtoWeightGraph) throws(OnnxControlError) {
    for index in graph.initializer.indices {
      try shuffle(&graph.initializer[index], named: graph.initializer[index].name)
    }
    for index in graph.sparseInitializer.indices {
      let name = graph.sparseInitializer[index].values.name
      try shuffle(&graph.sparseInitializer[index].values, named: name)
    }
    for node in graph.node.indices {
      let name = graph.node[node].output.first ?? ""
      let isConstant = graph.node[node].opType == "Constant"
      for attribute in graph.node[node].attribute.indices {
        if graph.node[node].attribute[attribute].hasG {
          try apply(to: &graph.node[node].attribute[attribute].g)
        }
        guard isConstant, !settings.contains(name) else { continue }
        if graph.node[node].attribute[attribute].hasT {
          try shuffle(&graph.node[node].attribute[attribute].t, named: name)
        } else {
          shuffle(&graph.node[node].attribute[attribute].floats, named: name)
        }
      }
    }
  }

  /// The positions of inputs that configure an operator and are not weights, by operator.
  private static let settingInputs: [String: Set<Int>] = [
    "Resize": [1, 2], "Upsample": [1], "OneHot": [2], "Pad": [2], "Clip": [1, 2],
  ]

  /// The positions of inputs that are weights although they are integers, by operator.
  private static let quantizedInputs: [String: Set<Int>] = [
    "DequantizeLinear": [0], "QLinearConv": [3], "QLinearMatMul": [3], "ConvInteger": [1],
    "MatMulInteger": [1],
  ]

  private mutating func collectUses(in graph: ProtoWeightGraph) {
    for node in graph.node {
      for (position, name) in node.input.enumerated() {
        if Self.settingInputs[node.opType]?.contains(position) == true { settings.insert(name) }
        if Self.quantizedInputs[node.opType]?.contains(position) == true { quantized.insert(name) }
      }
      for attribute in node.attribute where attribute.hasG { collectUses(in: attribute.g) }
    }
  }
}

// MARK: - One tensor

extension WeightShuffle {
  private mutating func shuffle(
    _ weights: inout ProtoWeights, named name: String
  ) throws(OnnxControlError) {
    guard !settings.contains(name), let type = OnnxElementType(rawValue: weights.dataType),
      type.isFloatingPoint || (type.isByte && quantized.contains(name)),
      let width = type.byteCount
    else { return }
    if weights.dataLocation == 1 { try embed(&weights, width: width) }
    var generator = SplitMix64(seed: seed, for: .weights(name: name))
    if weights.hasRawData {
      guard weights.rawData.count > width, !type.hasNonFinite(weights.rawData) else { return }
      weights.rawData.withUnsafeMutableBytes { shuffle($0, width: width, using: &generator) }
    } else {
      guard weights.floatData.allSatisfy(\.isFinite), weights.doubleData.allSatisfy(\.isFinite),
        max(weights.floatData.count, weights.doubleData.count, weights.int32Data.count) > 1
      else { return }
      shuffle(&weights.floatData, using: &generator)
      shuffle(&weights.doubleData, using: &generator)
      shuffle(&weights.int32Data, using: &generator)
    }
    tensorCount += 1
  }

  private mutating func shuffle(_ values: inout [Float], named name: String) {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return }
    var generator = SplitMix64(seed: seed, for: .weights(name: name))
    shuffle(&values, using: &generator)
    tensorCount += 1
  }

  /// Reads values that are stored in another file into the tensor.
  private func embed(_ weights: inout ProtoWeights, width: Int) throws(OnnxControlError) {
    let values = ExternalValues(weights.externalData, ofModelAt: path)
    guard let count = try? Tensor.checkedCount(of: weights.dims.map(Int.init)) else {
      throw .unreadable(
        path: path, reason: "the weights '\(weights.name)' have a shape that is not possible")
    }
    do {
      weights.rawData = try values.bytes(count * width)
    } catch {
      throw .unreadable(path: path, reason: "of the weights '\(weights.name)' \(error.reason)")
    }
    weights.externalData = []
    weights.clearDataLocation()
  }

  private func shuffle<Value>(_ values: inout [Value], using generator: inout SplitMix64) {
    for position in values.indices.dropLast() {
      values.swapAt(position, position + generator.next(below: values.count - position))
    }
  }

  /// Shuffles numbers of `width` bytes.
  private func shuffle(
    _ bytes: UnsafeMutableRawBufferPointer, width: Int, using generator: inout SplitMix64
  ) {
    let count = bytes.count / width
    for position in 0..<max(count - 1, 0) {
      let other = position + generator.next(below: count - position)
      for byte in 0..<width { bytes.swapAt(position * width + byte, other * width + byte) }
    }
  }
}

extension OnnxElementType {
  /// Whether the elements are numbers with fractions.
  var isFloatingPoint: Bool { exponentMask != nil }

  fileprivate var isByte: Bool { self == .int8 || self == .uint8 }

  /// The bits of the exponent within the two highest bytes, for floating-point types.
  private var exponentMask: UInt16? {
    switch self {
    case .float32, .bfloat16: 0x7F80
    case .float16: 0x7C00
    case .float64: 0x7FF0
    default: nil
    }
  }

  /// Whether some element of little-endian data is NaN or infinite: all bits of its exponent are 1.
  fileprivate func hasNonFinite(_ data: Data) -> Bool {
    guard let exponentMask, let width = byteCount else { return false }
    return data.withUnsafeBytes { bytes in
      stride(from: width - 2, to: bytes.count - 1, by: width).contains { offset in
        let high = UInt16(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
        return high & exponentMask == exponentMask
      }
    }
  }
}
