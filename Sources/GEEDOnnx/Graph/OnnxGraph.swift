// SPDX-License-Identifier: MIT

/// The graph of an ONNX model: its inputs, its outputs and every tensor in between.
///
/// Reading a graph does not require ONNX Runtime.
///
///     let graph = try OnnxGraph(contentsOf: "resnet50.onnx")
///     for tensor in graph.tensors { print(tensor.operation, tensor.name) }
public struct OnnxGraph: Sendable {
  /// The path of the file.
  public let path: String

  /// The version of the file format.
  package let irVersion: Int

  /// The version of ONNX's own operator set, or `nil` if the file does not declare it.
  package let opsetVersion: Int?

  /// The program that wrote the file, with its version; may be empty.
  package let producer: String

  /// The metadata of the model, by name.
  package let metadata: [String: String]

  /// The paths of the files that hold weights, by the names that the model gives them.
  package let weightFiles: [String: String]

  /// The declared inputs without those that have a value in the file.
  package let inputs: [OnnxValueInfo]

  /// The outputs of the model.
  package let outputs: [OnnxValueInfo]

  /// Every tensor that depends on the inputs, in topological order.
  ///
  /// Excluded are constants, tensors inside the branches and loops of the graph, and values that
  /// are known not to be tensors of numbers.
  public let tensors: [OnnxTensor]

  /// The index of each tensor in ``tensors``, by name.
  private let places: [String: Int]

  /// The operators, in the order of the file, or in one in which they can be computed.
  let nodes: [ProtoNode]

  /// The constants whose values are in other files, including those inside branches and loops.
  let externalTensors: [StoredTensor]

  /// The number of bytes of all constants, wherever they are stored.
  let constantByteCount: Int

  /// The model without its weights; `nil` if its operators are not known.
  let outline: OnnxOutline?

  /// Returns the tensor with this name, or `nil`.
  public func tensor(named name: String) -> OnnxTensor? { places[name].map { tensors[$0] } }

  /// Returns the place of a tensor between the inputs, 0, and the deepest operator, 1; `nil` for
  /// other names.
  ///
  /// It is the largest number of operators on a path from the inputs to the tensor, as a share of
  /// that of the deepest one, so it does not depend on the order of the file.
  package func relativeDepth(of name: String) -> Double? {
    if inputs.contains(where: { $0.name == name }) { return 0 }
    guard let tensor = tensor(named: name), let deepest = tensors.map(\.depth).max(), deepest > 0
    else { return nil }
    return Double(tensor.depth) / Double(deepest)
  }

  /// Returns the names of up to three tensors with similar spelling, nearest first.
  public func names(near name: String) -> [String] {
    nearest(3, to: name, among: tensors.map(\.name))
  }

  init(
    path: String, model: ProtoModel, constants: (external: [StoredTensor], byteCount: Int),
    outline: OnnxOutline
  ) {
    var graph = model.graph
    graph.node = graph.node.inOrderOfComputation
    self.path = path
    irVersion = Int(model.irVersion)
    opsetVersion = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
      .map { Int($0.version) }
    metadata = Dictionary(
      model.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }
      .joined(separator: " ")
    let given = Set(graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name))
    inputs = graph.input.filter { !given.contains($0.name) }.map { OnnxValueInfo($0) }
    outputs = graph.output.map { OnnxValueInfo($0) }
    nodes = graph.node
    externalTensors = constants.external
    constantByteCount = constants.byteCount
    self.outline = outline
    weightFiles = Dictionary(
      constants.external.map { ExternalValues($0.external, ofModelAt: path) }
        .map { ($0.location, $0.path) }
    ) { $1 }
    tensors = Self.tensors(of: graph, inputs: inputs.map(\.name), opset: opsetVersion, path: path)
    places = Dictionary(zip(tensors.map(\.name), tensors.indices)) { first, _ in first }
  }

  /// Creates the graph of a model whose operators are not known, only its outputs.
  package init(path: String, outputs: [OnnxTensor]) {
    self.path = path
    irVersion = 0
    opsetVersion = nil
    producer = ""
    metadata = [:]
    weightFiles = [:]
    inputs = []
    self.outputs = []
    tensors = outputs
    places = Dictionary(zip(outputs.map(\.name), outputs.indices)) { first, _ in first }
    nodes = []
    externalTensors = []
    constantByteCount = 0
    outline = nil
  }

  /// Whether nothing is known but the outputs.
  package var isWithoutOperators: Bool { nodes.isEmpty }

  /// Lists the tensors of `graph` that depend on `inputs`, in the order of the file.
  private static func tensors(
    of graph: ProtoGraph, inputs: [String], opset: Int?, path: String
  ) -> [OnnxTensor] {
    let declared = Dictionary(
      (graph.valueInfo + graph.output).map { ($0.name, OnnxValueInfo($0)) },
      uniquingKeysWith: { $0.shape == nil ? $1 : $0 })
    let outputs = Set(graph.output.map(\.name))
    var depths = Dictionary(inputs.map { ($0, 0) }, uniquingKeysWith: max)
    var scores = ScoreTracker(
      opset: opset, inputs: inputs,
      isNegative: { name in
        let constant = try? OnnxConstants(contentsOf: path).tensor(name)
        return constant?.scalars.contains { $0 < 0 } ?? false
      }
    ) { declared[$0]?.shape?.count }
    var tensors: [OnnxTensor] = []
    for node in graph.node {
      guard let before = node.dependencies.compactMap({ depths[$0] }).max() else { continue }
      scores.follow(node)
      for name in node.output where !name.isEmpty {
        depths[name] = before + 1
        let info = declared[name]
        guard !makingNoTensor.contains(node.opType), info?.isTensor ?? true,
          info?.elementType?.isReal ?? true
        else { continue }
        tensors.append(
          OnnxTensor(
            name: name, operation: node.opType, depth: before + 1,
            isOutput: outputs.contains(name), elementType: info?.elementType, shape: info?.shape,
            scores: scores.scores(of: name), origin: scores.origin(of: name)))
      }
    }
    return tensors
  }

  /// Returns the error for a name that is none of the tensors.
  package func errorWithoutTensor(_ name: String) -> OnnxModelError {
    guard let node = nodes.first(where: { $0.output.contains(name) }),
      node.dependencies.contains(where: { tensor(named: $0) != nil })
    else { return .unknownTensor(path: path, name: name, near: names(near: name)) }
    if holdsText(name) {
      return .text(
        path: path, name: name, operation: node.opType,
        inputs: node.input.filter { tensor(named: $0) != nil })
    }
    return .noTensor(
      path: path, name: name, operation: node.opType,
      inputs: node.input.filter { tensor(named: $0) != nil })
  }

  /// Whether a tensor holds text, such as the names of classes.
  func holdsText(_ name: String) -> Bool {
    guard let node = nodes.first(where: { $0.output.contains(name) }) else { return false }
    return outputs.contains { $0.name == name && $0.elementType == .string }
      || Self.makingText.contains(node.opType)
      || node.opType == "Cast" && node.integer("to") == Int(OnnxElementType.string.rawValue)
  }

  /// Operators that return text.
  private static let makingText: Set = ["StringConcat", "StringNormalizer", "StringSplit"]

  /// Operators that return sequences, maps, optional values or strings.
  private static let makingNoTensor: Set = [
    "Optional", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert",
    "SequenceMap", "SplitToSequence", "StringConcat", "StringNormalizer", "StringSplit", "ZipMap",
  ]
}

/// Returns up to `count` candidates that are similar to `name`, nearest first.
///
/// The measure is the edit distance, ignoring case. A candidate that differs in more than half of
/// its letters is excluded, unless one of the two names contains the other.
package func nearest(_ count: Int, to name: String, among candidates: [String]) -> [String] {
  let wanted = Array(name.lowercased().unicodeScalars)
  let scored: [(distance: Int, name: String)] = candidates.compactMap { candidate in
    let letters = Array(candidate.lowercased().unicodeScalars)
    let distance = editDistance(wanted, letters)
    let isNear = 2 * distance <= max(wanted.count, letters.count)
    let holds = !name.isEmpty && (candidate.contains(name) || name.contains(candidate))
    return isNear || holds ? (distance, candidate) : nil
  }
  return scored.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
    .prefix(count).map(\.name)
}

/// The minimum number of insertions, deletions and replacements that turn `a` into `b`.
func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let replaced = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
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
    case .unreadable(let path, let reason): "Cannot read the model \(path): \(reason)."
    case .malformed(let path, let found):
      "Cannot read the model \(path): expected a whole ONNX file, but found \(found)."
    case .weights(let path, let tensor, let reason, _):
      "Cannot read the weights '\(tensor)' of the model \(path): \(reason)."
    }
  }
}
