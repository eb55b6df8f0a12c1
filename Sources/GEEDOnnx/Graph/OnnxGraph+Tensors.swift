// SPDX-License-Identifier: MIT

extension OnnxGraph {
  /// Lists the tensors of `graph` that depend on `inputs`, in the order of the file.
  ///
  /// - Parameter opset: The version of ONNX's own operator set, if known.
  static func tensors(of graph: ProtoGraph, inputs: [String], opset: Int?) -> [OnnxTensor] {
    let declared = Dictionary(
      (graph.valueInfo + graph.output).map { ($0.name, OnnxValueInfo($0)) },
      uniquingKeysWith: { $0.shape == nil ? $1 : $0 })
    let outputs = Set(graph.output.map(\.name))
    var depths = Dictionary(inputs.map { ($0, 0) }, uniquingKeysWith: max)
    var scores = ScoreTracker(opset: opset, inputs: inputs) { declared[$0]?.shape?.count }
    var tensors: [OnnxTensor] = []
    for node in graph.node {
      guard let before = node.dependencies.compactMap({ depths[$0] }).max() else { continue }
      for name in node.output where !name.isEmpty { depths[name] = before + 1 }
      scores.follow(node)
      guard !makingNoTensor.contains(node.opType) else { continue }
      for name in node.output where !name.isEmpty {
        let info = declared[name]
        guard info?.isTensor ?? true, info?.elementType?.isReal ?? true else { continue }
        tensors.append(
          OnnxTensor(
            name: name, operation: node.opType, depth: before + 1,
            isOutput: outputs.contains(name), elementType: info?.elementType, shape: info?.shape,
            scores: scores.scores(of: name), origin: scores.origin(of: name)))
      }
    }
    return tensors
  }

  /// Operators that return sequences, maps, optional values or strings.
  private static let makingNoTensor: Set = [
    "Optional", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert",
    "SequenceMap", "SplitToSequence", "StringConcat", "StringNormalizer", "StringSplit", "ZipMap",
  ]
}

extension ProtoNode {
  /// The names of all tensors that the operator reads, including those in its branches and loops.
  var dependencies: [String] {
    let inside = attribute.lazy.filter(\.hasG).flatMap(\.g.node).flatMap(\.dependencies)
    return input.filter { !$0.isEmpty } + inside
  }
}
