// SPDX-License-Identifier: MIT

import GEED

/// The shapes of all tensors for one small batch, and the integers that determine which parts of
/// tensors are selected.
struct OnnxTrial {
  let shapes: [String: [Int]]
  let integers: [String: [Int]]
  let batchCount: Int
  /// The element types of the tensors whose values were computed.
  let types: [String: OnnxElementType]

  /// The number of examples for a model that takes any number: hardly any other axis of a network
  /// has that length.
  static let usualBatchCount = 7

  /// The maximum number of operators of a graph that is run with all of its tensors as outputs: the
  /// time that the runtime takes to load them grows with the square of their number.
  static let largestOperatorCount = 20_000

  /// Infers the shapes without a run where the model fixes the size of its examples and everything
  /// follows from it; otherwise runs the model on zeros.
  ///
  /// - Parameter readsTypes: Whether the element types are determined. A run then computes all tensors,
  ///   which have to fit in memory, and not only their shapes.
  init(
    of graph: OnnxGraph, plan: OnnxInputPlan, exampleShape: [Int]?, options: OnnxOptions,
    readsTypes: Bool = false
  ) throws {
    guard graph.nodes.count <= Self.largestOperatorCount else {
      throw TooManyOperators(count: graph.nodes.count)
    }
    let fixed = plan.exampleShape.flatMap { $0.contains(nil) ? nil : $0.compactMap(\.self) }
    guard let example = exampleShape ?? fixed else {
      throw OnnxModelError.shapeMismatch(
        path: graph.path, input: plan.input.info.name,
        expected: "\(describe(plan.input.info.shape ?? []))", found: "of no given size")
    }
    let batchCount = plan.fixedBatchSize ?? Self.usualBatchCount
    try plan.requireMemory([batchCount] + example, of: plan.input.info.name)
    let zeros = Tensor(repeating: 0, shape: [batchCount] + example)
    let inputs = try plan.inputs(from: zeros, rows: 0..<batchCount, paddedTo: batchCount)
    // Operators that would refuse examples of another size may pass the inference.
    if example == fixed,
      let inferred = try? OnnxTrial(
        inferredFrom: graph, inputs: inputs, batchCount: batchCount, readsTypes: readsTypes)
    {
      self = inferred
    } else {
      self = try OnnxTrial(
        running: graph, inputs: inputs, batchCount: batchCount, options: options,
        readsTypes: readsTypes)
    }
  }

  /// Runs the model on inputs of zeros.
  init(
    running graph: OnnxGraph, inputs: [OnnxSession.Input], batchCount: Int, options: OnnxOptions,
    readsTypes: Bool
  ) throws {
    let numbers = graph.partNumbers
    let computed = readsTypes ? Set(graph.tensors.map(\.name)) : []
    let names = Array(
      Set(graph.tensors.map(\.name) + graph.nodes.compactMap(\.kernel))
        .subtracting(numbers).subtracting(computed))
    let declared = Set(graph.outputs.map(\.name))
    // Shapes are the same on every provider, and the CPU has all operators.
    var options = options
    (options.provider, options.arithmetic) = (.cpu, .float32)
    options.concurrentRuns = 1
    let session = try OnnxSession(
      model: OnnxGraph.bytes(ofFile: graph.path), path: graph.path,
      exposing: Array(computed.subtracting(declared)), shapesOf: names, valuesOf: numbers,
      options: options, library: .shared())
    var shapes = Dictionary(inputs.map { ($0.name, $0.shape) }) { $1 }
    var integers: [String: [Int]] = [:]
    var types: [String: OnnxElementType] = [:]
    let tensors = Array(computed)
    try session.run(
      inputs,
      outputs: names.map(OnnxSession.shapeName) + numbers.map(OnnxSession.valueName) + tensors
    ) { index, output in
      guard let output else { return }
      if index >= names.count + numbers.count {
        let name = tensors[index - names.count - numbers.count]
        shapes[name] = output.shape
        types[name] = output.elementType
        return
      }
      var scalars: [Float] = []
      output.appendScalars(Tensor.count(of: output.shape), to: &scalars)
      if index < names.count {
        shapes[names[index]] = scalars.map { Int($0) }
      } else {
        let name = numbers[index - names.count]
        integers[name] = scalars.map { Int(clamping: Int64($0.clamped)) }
        shapes[name] = output.shape
      }
    }
    self.init(shapes: shapes, integers: integers, batchCount: batchCount, types: types)
  }

  init(
    shapes: [String: [Int]], integers: [String: [Int]], batchCount: Int,
    types: [String: OnnxElementType]
  ) {
    self.shapes = shapes
    self.integers = integers
    self.batchCount = batchCount
    self.types = types
  }

  /// Takes the shapes from the file, and integers from the constants that can be read.
  init(declaredBy graph: OnnxGraph, plan: OnnxInputPlan, exampleShape: [Int]?) {
    // A prime number, so that no other axis is a multiple of it.
    let batchCount = plan.fixedBatchSize ?? 10_007
    self.batchCount = batchCount
    let batch = plan.input.info.shape?.first
    func lengths(_ shape: [OnnxAxis]) -> [Int] {
      shape.enumerated().map { index, axis in
        axis.length ?? (axis == batch && (index == 0 || batch != .unknown) ? batchCount : -1)
      }
    }
    var shapes: [String: [Int]] = [:]
    for tensor in graph.tensors { shapes[tensor.name] = tensor.shape.map(lengths) }
    for input in graph.inputs { shapes[input.name] = input.shape.map(lengths) }
    for input in plan.examples {
      guard let row = exampleShape.flatMap({ try? input.modelShape(ofRows: $0) }) else { continue }
      shapes[input.info.name] = [batchCount] + row
    }
    self.shapes = shapes
    types = [:]
    let constants = try? OnnxConstants(contentsOf: graph.path)
    integers = graph.partNumbers.reduce(into: [:]) { $0[$1] = constants?.integers($1) }
  }
}

/// The error for a graph that is too large to run with all its tensors as outputs.
private struct TooManyOperators: Error, CustomStringConvertible {
  let count: Int

  var description: String {
    "The model has \(count) operators, too many to run it with all their outputs."
  }
}

extension OnnxGraph {
  /// The inputs that select parts of other tensors, by operator.
  private static let partInputs = ["Slice": [1, 2, 3, 4], "Pad": [1, 3], "Gather": [1]]

  /// The names of integer tensors that select parts of other tensors, without duplicates.
  var partNumbers: [String] {
    var seen: Set<String> = []
    return nodes.filter(\.isStandard).flatMap { node in
      (node.opType.hasPrefix("Reduce") ? [1] : Self.partInputs[node.opType] ?? [])
        .compactMap(node.input(at:))
    }.filter { seen.insert($0).inserted }
  }
}

extension ProtoNode {
  /// The weights of a convolution that does not declare the size of its window.
  var kernel: String? {
    guard opType.hasSuffix("Conv"), opType != "QLinearConv", integers("kernel_shape") == nil
    else { return nil }
    return input(at: 1)
  }
}

extension Float {
  /// The number clamped to the range of 64-bit integers, so that converting it does not trap.
  fileprivate var clamped: Float { isNaN ? 0 : Swift.min(Swift.max(self, -9e18), 9e18) }
}
