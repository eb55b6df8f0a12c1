// SPDX-License-Identifier: MIT

/// What an ONNX file says about a model: its inputs, its outputs and every tensor in between.
///
/// Reading a graph needs no ONNX Runtime.
///
///     let graph = try OnnxGraph(contentsOf: "resnet50.onnx")
///     for tensor in graph.tensors { print(tensor.depth, tensor.operation, tensor.name) }
public struct OnnxGraph: Sendable {
  /// The file it was read from.
  public let path: String

  /// The version of the file format.
  public let irVersion: Int

  /// The version of ONNX's own operators, or `nil` where the file does not say.
  public let opsetVersion: Int?

  /// The program that wrote the file, with its version; may be empty.
  public let producer: String

  /// The paths of the files that hold weights outside of this one, by the names that the model gives
  /// them; empty for most models.
  public let weightFiles: [String: String]

  /// What has to be given to run the model: the declared inputs without those that have a value
  /// in the file.
  public let inputs: [OnnxValueInfo]

  /// What the model returns.
  public let outputs: [OnnxValueInfo]

  /// Every tensor that depends on the inputs, in an order in which they can be computed.
  ///
  /// Left out are constants, tensors inside the branches and loops of the graph, and what is known
  /// to be no tensor of numbers.
  public let tensors: [OnnxTensor]

  /// Where each tensor stands in ``tensors``.
  private let places: [String: Int]

  /// The operators, in the order of the file.
  let nodes: [ProtoNode]

  /// The constants whose values are in other files, those inside branches and loops included.
  let externalTensors: [StoredTensor]

  /// The bytes of all constants, wherever they are.
  let constantByteCount: Int

  /// Returns the tensor of this name, or `nil`.
  public func tensor(named name: String) -> OnnxTensor? {
    places[name].map { tensors[$0] }
  }

  /// The names of up to three tensors that are spelled similarly, nearest first.
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
