// SPDX-License-Identifier: MIT

extension OnnxGraph {
  /// Lists the tensors of `graph` that depend on `inputs`, in the order of the file.
  static func tensors(of graph: ProtoGraph, inputs: [String]) -> [OnnxTensor] {
    let declared = Dictionary(
      (graph.valueInfo + graph.output).map { ($0.name, OnnxValueInfo($0)) },
      uniquingKeysWith: { $0.shape == nil ? $1 : $0 })
    let outputs = Set(graph.output.map(\.name))
    var depths = Dictionary(inputs.map { ($0, 0) }, uniquingKeysWith: max)
    var softmax: [String: OnnxTensor.SoftmaxOutput] = [:]
    var quantized: [String: OnnxTensor.SoftmaxOutput] = [:]
    var tensors: [OnnxTensor] = []
    for node in graph.node {
      guard let before = node.dependencies.compactMap({ depths[$0] }).max() else { continue }
      let source = node.input.first ?? ""
      for name in node.output where !name.isEmpty { depths[name] = before + 1 }
      if let first = node.output.first {
        switch node.opType {
        case "Softmax": softmax[first] = .probabilities
        case "LogSoftmax": softmax[first] = .logProbabilities
        case "QLinearSoftmax": quantized[first] = .probabilities
        case "QuantizeLinear": quantized[first] = softmax[source]
        case "DequantizeLinear": softmax[first] = quantized[source]
        case let operation where keepingValues.contains(operation): softmax[first] = softmax[source]
        default: break
        }
      }
      guard !makingNoTensor.contains(node.opType) else { continue }
      for name in node.output where !name.isEmpty {
        let info = declared[name]
        guard info?.isTensor ?? true, info?.elementType?.isReal ?? true else { continue }
        tensors.append(
          OnnxTensor(
            name: name, operation: node.opType, depth: before + 1,
            isOutput: outputs.contains(name), elementType: info?.elementType, shape: info?.shape,
            softmaxOutput: softmax[name]))
      }
    }
    return tensors
  }

  /// Operators that pass the values of their first input on, possibly under another shape.
  private static let keepingValues: Set = [
    "Cast", "Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze",
  ]

  /// Operators that return sequences, maps, optional values or strings.
  private static let makingNoTensor: Set = [
    "Optional", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert",
    "SequenceMap", "SplitToSequence", "StringConcat", "StringNormalizer", "StringSplit", "ZipMap",
  ]
}

extension ProtoNode {
  /// The names of all tensors that the operator reads, those in its branches and loops included.
  var dependencies: [String] {
    let inside = attribute.lazy.filter(\.hasG).flatMap(\.g.node).flatMap(\.dependencies)
    return input.filter { !$0.isEmpty } + inside
  }

  /// The numbers of an attribute, or `nil` where it is not given.
  func integers(_ name: String) -> [Int]? {
    attribute.first { $0.name == name }.map { $0.ints.map(Int.init) }
  }
}
