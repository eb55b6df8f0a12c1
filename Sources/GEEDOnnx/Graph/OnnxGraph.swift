// SPDX-License-Identifier: MIT

/// The graph of an ONNX model: its inputs, its outputs and every tensor in between.
///
/// Reading a graph does not require ONNX Runtime.
///
///     let graph = try OnnxGraph(contentsOf: "resnet50.onnx")
///     for tensor in graph.tensors { print(tensor.depth, tensor.operation, tensor.name) }
public struct OnnxGraph: Sendable {
  /// The path of the file.
  public let path: String

  /// The version of the file format.
  public let irVersion: Int

  /// The version of ONNX's own operator set, or `nil` if the file does not declare it.
  public let opsetVersion: Int?

  /// The program that wrote the file, with its version; may be empty.
  public let producer: String

  /// The paths of the files that hold weights outside of this one, keyed by the names that the
  /// model gives them; empty for most models.
  public let weightFiles: [String: String]

  /// The inputs that are needed to run the model: the declared inputs without those that have a
  /// value in the file.
  public let inputs: [OnnxValueInfo]

  /// The outputs of the model.
  public let outputs: [OnnxValueInfo]

  /// Every tensor that depends on the inputs, in topological order.
  ///
  /// Excluded are constants, tensors inside the branches and loops of the graph, and values that
  /// are known not to be tensors of numbers.
  public let tensors: [OnnxTensor]

  /// The index of each tensor in ``tensors``, by name.
  private let places: [String: Int]

  /// The operators, in the order of the file.
  let nodes: [ProtoNode]

  /// The constants whose values are in other files, including those inside branches and loops.
  let externalTensors: [StoredTensor]

  /// The number of bytes of all constants, wherever they are stored.
  let constantByteCount: Int

  /// Returns the tensor with this name, or `nil`.
  public func tensor(named name: String) -> OnnxTensor? {
    places[name].map { tensors[$0] }
  }

  /// Returns the names of up to three tensors with similar spelling, nearest first.
  public func names(near name: String) -> [String] {
    nearest(3, to: name, among: tensors.map(\.name))
  }

  init(
    path: String, model: ProtoModel, constants: (external: [StoredTensor], byteCount: Int)
  ) {
    let graph = model.graph
    self.path = path
    irVersion = Int(model.irVersion)
    opsetVersion = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
      .map { Int($0.version) }
    producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }
      .joined(separator: " ")
    let given = Set(graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name))
    inputs = graph.input.filter { !given.contains($0.name) }.map { OnnxValueInfo($0) }
    outputs = graph.output.map { OnnxValueInfo($0) }
    nodes = graph.node
    externalTensors = constants.external
    constantByteCount = constants.byteCount
    weightFiles = Dictionary(
      constants.external.map { ExternalValues($0.external, ofModelAt: path) }
        .map { ($0.location, $0.path) }
    ) { $1 }
    tensors = Self.tensors(of: graph, inputs: inputs.map(\.name), opset: opsetVersion)
    places = Dictionary(zip(tensors.map(\.name), tensors.indices)) { first, _ in first }
  }
}

/// A failure to read an ONNX graph from a file.
public enum OnnxGraphError: Error, Hashable, CustomStringConvertible {
  /// The file does not exist or cannot be read.
  case unreadable(path: String, reason: String)
  /// The file is not an ONNX model, or only part of one.
  case malformed(path: String, found: String)
  /// The values of a constant contradict its shape, or are missing from the declared location.
  case weights(path: String, tensor: String, reason: String, _ isMissing: Bool)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "Cannot read the model \(path): \(reason)."
    case .malformed(let path, let found):
      "Cannot read the model \(path): expected a whole ONNX file, but found \(found)."
    case .weights(let path, let tensor, let reason, _):
      "Cannot read the weights '\(tensor)' of the model \(path): \(reason)."
    }
  }
}
