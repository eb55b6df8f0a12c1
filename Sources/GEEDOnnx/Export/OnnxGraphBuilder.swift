// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A builder for an ONNX model, to which operators, constants, inputs and outputs are added in
/// order.
///
///     var builder = OnnxGraphBuilder(name: "classifier")
///     let batch = OnnxAxis.symbol("batch")
///     builder.addInput("features", shape: [batch, .fixed(64)])
///     builder.addConstant("fc.weight", shape: [10, 64], weights)
///     builder.addNode(
///       "Gemm", inputs: ["features", "fc.weight"], outputs: ["logits"],
///       attributes: ["transB": .integer(1)])
///     builder.addOutput("logits", shape: [batch, .fixed(10)])
///     try builder.write(to: "classifier.onnx")
///
/// The names of tensors, constant or not, must be distinct, and operators must follow those that
/// they read from; everything else is a programming error. The builder does not check whether an
/// operator exists and accepts such tensors: ONNX Runtime does that when it loads the file.
package struct OnnxGraphBuilder: Sendable {
  /// The version of ONNX's operator set that the nodes use.
  package static let opsetVersion = 17
  /// The version of the file format: the first one that supports ``opsetVersion``.
  package static let irVersion = 8

  /// The description of the model that is stored in the file.
  package var documentation = ""
  /// Further metadata of the model, by name.
  package var metadata: [String: String] = [:]

  private(set) var graph = ProtoWrittenGraph()
  private(set) var constantByteCount = 0
  private var names: Set<String> = []

  /// Creates an empty graph. ONNX requires a name.
  package init(name: String) {
    precondition(!name.isEmpty, "Expected a name for the graph.")
    graph.name = name
  }

  /// Returns whether there is a tensor, constant or not, with this name.
  package func contains(_ name: String) -> Bool { names.contains(name) }

  /// Declares an input of the model.
  package mutating func addInput(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    reserve(name)
    graph.input.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Adds an operator of ONNX's own operator set, such as `Conv`, by default under the name of its
  /// first output. Empty names stand for omitted inputs and outputs.
  package mutating func addNode(
    _ operation: String, inputs: [String], outputs: [String],
    attributes: KeyValuePairs<String, OnnxAttribute> = [:], name: String? = nil
  ) {
    for input in inputs where !input.isEmpty {
      precondition(contains(input), "\(operation) reads '\(input)', but there is no such tensor.")
    }
    for output in outputs where !output.isEmpty { reserve(output) }
    graph.node.append(
      .with {
        $0.opType = operation
        $0.name = name ?? outputs.first ?? ""
        $0.input = inputs
        $0.output = outputs
        $0.attribute = attributes.map { ProtoWrittenAttribute(name: $0.key, $0.value) }
      })
  }

  /// Declares the shape of a tensor that is neither input nor output, for viewers.
  package mutating func describe(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    precondition(contains(name), "Expected a tensor that is there, but got '\(name)'.")
    graph.valueInfo.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Declares an existing tensor as an output of the model.
  package mutating func addOutput(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    precondition(contains(name), "Expected a tensor that is there, but got '\(name)'.")
    graph.output.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Adds a constant of numbers in row-major order.
  package mutating func addConstant(_ name: String, shape: [Int], _ scalars: [Float]) {
    addConstant(name, shape: shape, type: .float32, scalars)
  }

  /// Adds a constant of integers in row-major order, such as the shape that a `Reshape` reads.
  package mutating func addConstant(_ name: String, shape: [Int], _ scalars: [Int64]) {
    addConstant(name, shape: shape, type: .int64, scalars)
  }

  private mutating func addConstant<Scalar: BitwiseCopyable>(
    _ name: String, shape: [Int], type: OnnxElementType, _ scalars: [Scalar]
  ) {
    precondition(
      scalars.count == Tensor.count(of: shape),
      "Expected \(Tensor.count(of: shape)) numbers for shape \(shape), but got \(scalars.count).")
    reserve(name)
    var weights = ProtoWeights()
    weights.name = name
    weights.dims = shape.map(Int64.init)
    weights.dataType = type.rawValue
    // The format requires little-endian numbers; all hosts that Swift supports are little-endian.
    weights.rawData = scalars.withUnsafeBytes { Data($0) }
    constantByteCount += weights.rawData.count
    graph.initializer.append(weights)
  }

  private mutating func reserve(_ name: String) {
    precondition(!name.isEmpty, "Expected a name for a tensor.")
    precondition(names.insert(name).inserted, "There are two tensors named '\(name)'.")
  }
}

extension ProtoValueInfo {
  fileprivate init(_ name: String, shape: [OnnxAxis], elementType: OnnxElementType) {
    self.init()
    self.name = name
    type.tensorType.elemType = elementType.rawValue
    type.tensorType.shape.dim = shape.map { axis in
      var written = ProtoShape.Axis()
      switch axis {
      case .fixed(let length): written.dimValue = Int64(length)
      case .symbol(let name): written.dimParam = name
      case .unknown: break
      }
      return written
    }
  }
}

/// An attribute of an operator, such as the strides of a `Conv`.
package enum OnnxAttribute: Sendable, Hashable {
  case integer(Int)
  case integers([Int])
  case float(Float)
  case floats([Float])
  case text(String)
}

extension ProtoWrittenAttribute {
  init(name: String, _ value: OnnxAttribute) {
    self.init()
    self.name = name
    switch value {
    case .float(let value): (f, type) = (value, 1)
    case .integer(let value): (i, type) = (Int64(value), 2)
    case .text(let value): (s, type) = (Data(value.utf8), 3)
    case .floats(let values): (floats, type) = (values, 6)
    case .integers(let values): (ints, type) = (values.map(Int64.init), 7)
    }
  }
}

/// A failure to write an ONNX file. An existing file at its path is left unchanged.
package enum OnnxWriteError: Error, Hashable, CustomStringConvertible {
  /// The model is larger than the format allows for one file.
  case tooLarge(path: String, byteCount: Int, limit: Int)
  /// The system cannot write the file.
  case unwritable(path: String, reason: String)

  package var description: String {
    switch self {
    case .tooLarge(let path, let byteCount, let limit):
      "Cannot write the model \(path): it has \(byteCount) bytes, but an ONNX file holds at most "
        + "\(limit)."
    case .unwritable(let path, let reason):
      "Cannot write the model \(path): \(reason)."
    }
  }
}
