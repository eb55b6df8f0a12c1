// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The weights of a model with their names, wherever they are in the file.
private func weights(_ bytes: Data) throws -> [(name: String, values: ProtoWeights)] {
  let graph = try ProtoWeightModel(serializedBytes: bytes).graph
  let constants = graph.node.flatMap { node in
    node.attribute.filter(\.hasT).map { (node.output.first ?? "", $0.t) }
  }
  return graph.initializer.map { ($0.name, $0) } + constants
}

/// The elements of raw data, as bytes, in ascending order.
private func multiset(_ data: Data, width: Int) -> [[UInt8]] {
  stride(from: 0, to: data.count, by: width)
    .map { Array(data.dropFirst($0).prefix(width)) }
    .sorted { $0.lexicographicallyPrecedes($1) }
}

@Suite struct WeightShuffleTests {
  private func bytes(_ name: String) throws -> Data {
    try OnnxGraph.bytes(ofFile: Fixtures.path("\(name).onnx"))
  }

  private func shuffled(_ name: String, seed: UInt64 = 0) throws -> Data {
    try shuffledWeights(of: bytes(name), path: Fixtures.path("\(name).onnx"), seed: seed)
  }

  @Test(
    "Every tensor keeps its values, and some change their order",
    arguments: ["dynamic-batch", "nhwc", "flat", "half", "quantized-qdq", "softmax"])
  func multisets(name: String) throws {
    let before = try weights(bytes(name))
    let after = try weights(shuffled(name))
    #expect(before.map(\.name) == after.map(\.name))
    var moved = 0
    for (old, new) in zip(before, after) {
      let width = OnnxElementType(rawValue: old.values.dataType)?.byteCount ?? 1
      #expect(
        multiset(old.values.rawData, width: width) == multiset(new.values.rawData, width: width))
      #expect(old.values.floatData.sorted() == new.values.floatData.sorted())
      #expect(old.values.dims == new.values.dims && old.values.dataType == new.values.dataType)
      if old.values != new.values { moved += 1 }
    }
    #expect(moved > 0)
  }

  @Test("A seed means an order, another seed another one")
  func seeds() throws {
    let first = try shuffled("dynamic-batch", seed: 7)
    #expect(try shuffled("dynamic-batch", seed: 7) == first)
    #expect(try shuffled("dynamic-batch", seed: 8) != first)
  }

  @Test("Tensors of equal values are shuffled each in its own way")
  func names() throws {
    let values = (1...20).map(Float.init)
    var graph = graph(operation: "Conv", position: 1, values)
    graph.initializer.append(graph.initializer[0])
    graph.initializer[1].name = "others"
    var shuffle = WeightShuffle(graph, path: "model.onnx", seed: 0)
    try shuffle.apply(to: &graph)
    #expect(graph.initializer[0].floatData != graph.initializer[1].floatData)
  }

  @Test("What is no weight stays: the graph, whole numbers, the wiring")
  func rest() throws {
    let before = try OnnxGraph(path: "a", bytes: bytes("dynamic-batch"))
    let after = try OnnxGraph(path: "a", bytes: shuffled("dynamic-batch"))
    #expect(before.nodes == after.nodes && before.inputs == after.inputs)
    #expect(before.tensors == after.tensors && before.irVersion == after.irVersion)
    for (old, new) in zip(
      try weights(bytes("quantized-qdq")), try weights(shuffled("quantized-qdq")))
    where [6, 7].contains(old.values.dataType) {
      #expect(old.values == new.values, "\(old.name)")
    }
  }

  @Test("Weights in other files are taken in, and the files stay as they are")
  func external() throws {
    let data = URL(fileURLWithPath: Fixtures.path("external-data.bin"))
    let file = URL(fileURLWithPath: Fixtures.path("external-data.onnx"))
    let before = (try Data(contentsOf: data), try Data(contentsOf: file))
    let outside = try weights(bytes("external-data")).filter { $0.values.dataLocation == 1 }
    #expect(!outside.isEmpty)
    let after = try weights(shuffled("external-data"))
    for (name, values) in outside {
      let twin = try #require(after.first { $0.name == name }?.values)
      #expect(twin.externalData.isEmpty && !twin.hasDataLocation)
      let entries = Dictionary(values.externalData.map { ($0.key, $0.value) }) { $1 }
      let start = entries["offset"].flatMap(Int.init) ?? 0
      let original = before.0.dropFirst(start).prefix(twin.rawData.count)
      #expect(multiset(Data(original), width: 4) == multiset(twin.rawData, width: 4))
      #expect(Data(original) != twin.rawData)
    }
    #expect(try Data(contentsOf: data) == before.0)
    #expect(try Data(contentsOf: file) == before.1)
  }

  /// A graph of one operator with two inputs: a weight and `values`.
  private func graph(operation: String, position: Int, _ values: [Float]) -> ProtoWeightGraph {
    var graph = ProtoWeightGraph()
    var tensor = ProtoWeights()
    tensor.name = "values"
    tensor.dataType = 1
    tensor.floatData = values
    graph.initializer = [tensor]
    var node = ProtoWeightNode()
    node.opType = operation
    node.input = (0...position).map { $0 == position ? "values" : "x\($0)" }
    graph.node = [node]
    return graph
  }

  private func afterShuffling(_ graph: ProtoWeightGraph) throws -> [Float] {
    var result = graph
    var shuffle = WeightShuffle(graph, path: "model.onnx", seed: 0)
    try shuffle.apply(to: &result)
    return result.initializer[0].floatData
  }

  @Test("Weights move; settings of operators, single numbers and masks do not")
  func kinds() throws {
    let values = (1...20).map(Float.init)
    let conv = try afterShuffling(graph(operation: "Conv", position: 1, values))
    #expect(conv != values && conv.sorted() == values)
    #expect(try afterShuffling(graph(operation: "Resize", position: 2, values)) == values)
    #expect(try afterShuffling(graph(operation: "Mul", position: 1, [3])) == [3])
    let mask = [-Float.infinity] + values
    #expect(try afterShuffling(graph(operation: "Add", position: 1, mask)) == mask)
  }

  @Test("Whole numbers stay, unless they are the weights of a quantised operator")
  func wholeNumbers() throws {
    func afterShuffling(_ operation: String, position: Int, type: Int32) throws -> [Int32] {
      var result = graph(operation: operation, position: position, [])
      result.initializer[0].dataType = type
      result.initializer[0].int32Data = Array(1...20)
      var shuffle = WeightShuffle(result, path: "model.onnx", seed: 0)
      try shuffle.apply(to: &result)
      return result.initializer[0].int32Data
    }
    #expect(try afterShuffling("Gather", position: 1, type: 6) == Array(1...20))
    #expect(try afterShuffling("DequantizeLinear", position: 2, type: 3) == Array(1...20))
    #expect(try afterShuffling("DequantizeLinear", position: 0, type: 3) != Array(1...20))
  }

  @Test("Constants and the branches of a graph are shuffled as well")
  func nested() throws {
    let values = (1...20).map(Float.init)
    var constant = ProtoWeightNode()
    constant.opType = "Constant"
    constant.output = ["c"]
    var attribute = ProtoWeightAttribute()
    attribute.name = "value_floats"
    attribute.floats = values
    constant.attribute = [attribute]
    var branch = ProtoWeightAttribute()
    branch.g.node = [constant]
    var condition = ProtoWeightNode()
    condition.opType = "If"
    condition.attribute = [branch]
    var graph = ProtoWeightGraph()
    graph.node = [condition]
    var shuffle = WeightShuffle(graph, path: "model.onnx", seed: 0)
    try shuffle.apply(to: &graph)
    let after = graph.node[0].attribute[0].g.node[0].attribute[0].floats
    #expect(after != values && after.sorted() == values && shuffle.tensorCount == 1)
  }

  @Test("A model without weights has no twin")
  func noWeights() throws {
    var model = ProtoWeightModel()
    model.graph.node = [ProtoWeightNode()]
    let bytes = try model.serializedData() as Data
    #expect(throws: OnnxControlError.noWeights(path: "m.onnx")) {
      try shuffledWeights(of: bytes, path: "m.onnx", seed: 0)
    }
  }
}

@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct UntrainedTwinTests {
  private func twin(_ name: String, seed: UInt64 = 0) throws -> OnnxModel {
    let graph = try Fixtures.graph(name)
    var options = OnnxOptions()
    options.threadCount = 1
    return try OnnxModel(
      untrainedTwinOf: graph, probing: graph.outputs.map(\.name), options: options, seed: seed)
  }

  @Test(
    "Twins run, and answer otherwise than the model",
    arguments: ["dynamic-batch", "fixed-batch-3", "nhwc", "external-data", "quantized-qdq", "half"])
  func runs(name: String) throws {
    let pictures = try Fixtures.pictures()
    let model = try Fixtures.model(name).outputs(for: pictures)
    let twin = try twin(name).outputs(for: pictures)
    for (tensor, output) in model {
      let other = try #require(twin[tensor])
      #expect(other.shape == output.shape)
      #expect(other.scalars.allSatisfy { $0.isFinite })
      #expect(other.largestDifference(from: output) > 0)
    }
  }

  @Test("One seed is one twin")
  func seeds() throws {
    let pictures = try Fixtures.pictures()
    let first = try twin("dynamic-batch").outputs(for: pictures)
    #expect(try twin("dynamic-batch").outputs(for: pictures) == first)
    #expect(try twin("dynamic-batch", seed: 1).outputs(for: pictures) != first)
  }

  @Test(
    "Trained models have twins that run",
    .enabled(if: Available.data != nil, Available.noData),
    arguments: [
      ("cifar10-resnet20.onnx", [3, 32, 32]), ("imagenet-squeezenet1.1.onnx", [3, 224, 224]),
      ("mnist-8.onnx", [1, 28, 28]),
    ])
  func realModels(name: String, shape: [Int]) throws {
    let graph = try OnnxGraph(contentsOf: Available.realModel(name))
    let twin = try OnnxModel(
      untrainedTwinOf: graph, probing: graph.outputs.map(\.name), seed: 0)
    var generator = SplitMix64(seed: 1)
    let x = Tensor(
      shape: [2] + shape,
      scalars: (0..<2 * Tensor.count(of: shape)).map { _ in Float(generator.nextUnit()) })
    let output = try #require(try twin.outputs(for: x).first?.value)
    #expect(output.scalars.allSatisfy { $0.isFinite })
  }
}
