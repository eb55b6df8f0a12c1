// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// An ONNX model in the making: operators, constants, inputs and outputs, added one after another.
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
/// Names of tensors, constant or not, are distinct, and operators follow those that they read from;
/// anything else is a mistake of the caller. Whether an operator exists and takes such tensors is not
/// looked into: ONNX Runtime does that when the file is loaded.
public struct OnnxGraphBuilder: Sendable {
  /// The version of ONNX's operators that nodes are understood by.
  public static let opsetVersion = 17
  /// The version of the file format; the first one that knows ``opsetVersion``.
  public static let irVersion = 8

  /// What readers of the file are told about the model.
  public var documentation = ""
  /// Further facts about the model, by name.
  public var metadata: [String: String] = [:]

  private(set) var graph = ProtoWrittenGraph()
  private(set) var constantByteCount = 0
  private var names: Set<String> = []

  /// Starts an empty graph.
  ///
  /// - Precondition: `name` is not empty; ONNX demands one.
  public init(name: String) {
    precondition(!name.isEmpty, "Expected a name for the graph.")
    graph.name = name
  }

  /// Whether there is a tensor, constant or not, of this name.
  public func contains(_ name: String) -> Bool { names.contains(name) }

  /// Declares what the model takes.
  ///
  /// - Precondition: The name is new.
  public mutating func addInput(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    reserve(name)
    graph.input.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Adds an operator of ONNX itself.
  ///
  /// - Parameters:
  ///   - operation: Its type, such as `Conv`.
  ///   - inputs: The tensors that it reads, where an empty name stands for one that is left out.
  ///   - outputs: The tensors that it makes, likewise.
  ///   - attributes: Its settings; what is not given has ONNX's default.
  ///   - name: The node's own name, which error messages of ONNX Runtime and viewers show; that of
  ///     the first output if `nil`.
  /// - Precondition: All inputs are there, and the outputs are new.
  public mutating func addNode(
    _ operation: String, inputs: [String], outputs: [String],
    attributes: KeyValuePairs<String, OnnxAttribute> = [:], name: String? = nil
  ) {
    for input in inputs where !input.isEmpty {
      precondition(contains(input), "\(operation) reads '\(input)', but there is no such tensor.")
    }
    for output in outputs where !output.isEmpty { reserve(output) }
    var node = ProtoWrittenNode()
    node.opType = operation
    node.name = name ?? outputs.first ?? ""
    node.input = inputs
    node.output = outputs
    node.attribute = attributes.map { ProtoWrittenAttribute(name: $0.key, $0.value) }
    graph.node.append(node)
  }

  /// Says what shape a tensor has that is neither input nor output. Readers can do without, but
  /// viewers show it.
  ///
  /// - Precondition: The tensor is there.
  public mutating func describe(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    precondition(contains(name), "Expected a tensor that is there, but got '\(name)'.")
    graph.valueInfo.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Declares a tensor that was added to be returned by the model.
  ///
  /// - Precondition: The tensor is there.
  public mutating func addOutput(
    _ name: String, shape: [OnnxAxis], elementType: OnnxElementType = .float32
  ) {
    precondition(contains(name), "Expected a tensor that is there, but got '\(name)'.")
    graph.output.append(ProtoValueInfo(name, shape: shape, elementType: elementType))
  }

  /// Adds a constant of row-major numbers.
  ///
  /// - Parameters:
  ///   - name: By which operators read it.
  ///   - shape: Its axes; empty for a single number.
  ///   - scalars: The numbers.
  /// - Precondition: The name is new, and there are as many numbers as `shape` says.
  public mutating func addConstant(_ name: String, shape: [Int], _ scalars: [Float]) {
    addConstant(name, shape: shape, type: .float32, scalars)
  }

  /// Adds a constant of row-major whole numbers, such as the shape that a `Reshape` reads.
  ///
  /// - Precondition: The name is new, and there are as many numbers as `shape` says.
  public mutating func addConstant(_ name: String, shape: [Int], _ scalars: [Int64]) {
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
    // The format wants little-endian numbers, which those of all hosts of Swift are.
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
