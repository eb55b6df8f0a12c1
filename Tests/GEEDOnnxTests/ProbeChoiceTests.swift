// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDOnnx
import Testing

/// The probes that are chosen for models of which no tensor is named.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ProbeChoiceTests {
  /// Returns the probes of a model, as `metric:tensor`.
  private func chosen(_ scope: ProbeScope, _ builder: OnnxGraphBuilder) throws -> [String] {
    try choice(scope, builder).probes.map { "\($0.metric.rawValue):\($0.tensor)" }
  }

  private func choice(_ scope: ProbeScope, _ builder: OnnxGraphBuilder) throws -> ChosenProbes {
    let path = FileManager.default.temporaryDirectory.appending(
      path: "\(UUID().uuidString).onnx"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try builder.write(to: path)
    let graph = try OnnxGraph(contentsOf: path)
    return graph.chosenProbes(scope, try graph.layouts())
  }

  private func convolution(
    _ name: String, of input: String, channels: (Int, Int), to output: String,
    padsFirst: Bool = false, _ builder: inout OnnxGraphBuilder
  ) {
    let count = channels.0 * channels.1 * 9
    builder.addConstant(
      "\(name)_w", shape: [channels.1, channels.0, 3, 3],
      (0..<count).map { Float($0 % 7) / 7 - 0.4 })
    var source = input
    if padsFirst {
      builder.addConstant("\(name)_pads", shape: [8], [0, 0, 1, 1, 0, 0, 1, 1] as [Int64])
      builder.addNode("Pad", inputs: [input, "\(name)_pads"], outputs: ["\(name)_padded"])
      source = "\(name)_padded"
    }
    builder.addNode(
      "Conv", inputs: [source, "\(name)_w"], outputs: [name],
      attributes: padsFirst ? [:] : ["pads": .integers([1, 1, 1, 1])])
    builder.addNode("Relu", inputs: [name], outputs: [output])
  }

  /// Two stages, the second one behind a pooling, and a classifier of their means.
  private func classifier(padsFirst: Bool = false) -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "classifier")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)])
    convolution("c1", of: "x", channels: (1, 4), to: "r1", padsFirst: padsFirst, &builder)
    convolution("c2", of: "r1", channels: (4, 4), to: "r2", padsFirst: padsFirst, &builder)
    builder.addNode(
      "MaxPool", inputs: ["r2"], outputs: ["p"],
      attributes: ["kernel_shape": .integers([2, 2]), "strides": .integers([2, 2])])
    convolution("c3", of: "p", channels: (4, 4), to: "r3", padsFirst: padsFirst, &builder)
    builder.addNode("GlobalAveragePool", inputs: ["r3"], outputs: ["means"])
    builder.addNode("Flatten", inputs: ["means"], outputs: ["features"])
    builder.addConstant("w", shape: [4, 3], (0..<12).map { Float($0 % 5) })
    builder.addNode("MatMul", inputs: ["features", "w"], outputs: ["products"])
    builder.addConstant("b", shape: [3], [1, 2, 3] as [Float])
    builder.addNode("Add", inputs: ["products", "b"], outputs: ["logits"])
    builder.addOutput("logits", shape: [.symbol("n"), .fixed(3)])
    return builder
  }

  @Test(
    "A classifier: its scores, the features before them, the ends of stages",
    arguments: [false, true])
  func classes(padsFirst: Bool) throws {
    #expect(
      try chosen(.auto, classifier(padsFirst: padsFirst)) == [
        "softmax:logits", "latent:features", "latent-cosine:features", "channelwise:r2",
        "channelwise:r3",
      ])
    #expect(
      try chosen(.stages, classifier(padsFirst: padsFirst)) == ["channelwise:r2", "channelwise:r3"])
    let all = try chosen(.all, classifier())
    #expect(all.contains("channelwise:c1") && all.contains("latent:means"))
    #expect(all.filter { $0.hasPrefix("channelwise") }.count == 7)
  }

  @Test("An output with a grid is compared as an image")
  func images() throws {
    var builder = OnnxGraphBuilder(name: "images")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)])
    convolution("c1", of: "x", channels: (1, 4), to: "r1", &builder)
    convolution("c2", of: "r1", channels: (4, 1), to: "y", &builder)
    builder.addOutput("y", shape: [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)])
    #expect(try chosen(.auto, builder).first == "equivariance:y")
  }

  @Test("Blocks of a model with one grid are told by their sums")
  func blocks() throws {
    var builder = OnnxGraphBuilder(name: "blocks")
    builder.addInput("x", shape: [.symbol("n"), .fixed(4), .fixed(8), .fixed(8)])
    // The first sum is not one of two feature maps, but of one and the input.
    var last = "x"
    for block in 1...8 {
      convolution("c\(block)", of: last, channels: (4, 4), to: "r\(block)", &builder)
      builder.addNode("Add", inputs: [last, "r\(block)"], outputs: ["s\(block)"])
      last = "s\(block)"
    }
    builder.addNode("GlobalAveragePool", inputs: [last], outputs: ["means"])
    builder.addOutput("means", shape: [.symbol("n"), .fixed(4), .fixed(1), .fixed(1)])
    #expect(
      try chosen(.stages, builder)
        == [2, 3, 4, 5, 6, 8].map { "channelwise:s\($0)" })
  }

  // MARK: Outputs

  /// A convolution and its mean over the grid, `means`, with one more operator to `y`.
  private func ending(
    _ operation: String, _ attributes: KeyValuePairs<String, OnnxAttribute> = [:],
    with constant: (name: String, shape: [Int])? = nil, of input: String = "means",
    name: String = "y", shape: [OnnxAxis]
  ) -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "ending")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)])
    convolution("c", of: "x", channels: (1, 4), to: "r", &builder)
    builder.addNode(
      "ReduceMean", inputs: ["r"], outputs: ["means"],
      attributes: ["axes": .integers([2, 3]), "keepdims": .integer(0)])
    if let constant {
      let count = constant.shape.reduce(1, *)
      builder.addConstant(
        constant.name, shape: constant.shape, (0..<count).map { Float($0 % 3) - 1 })
    }
    builder.addNode(
      operation, inputs: [input] + (constant.map { [$0.name] } ?? []), outputs: [name],
      attributes: attributes)
    builder.addOutput(name, shape: shape)
    return builder
  }

  @Test("Vectors are scores or features by their names and operators")
  func purposes() throws {
    let shape: [OnnxAxis] = [.symbol("n"), .fixed(4)]
    let matrix = (name: "w", shape: [4, 4])
    let scores = ["softmax:y", "latent:means", "latent-cosine:means", "channelwise:r"]
    #expect(try chosen(.auto, ending("MatMul", with: matrix, shape: shape)) == scores)
    #expect(
      try chosen(.auto, ending("MatMul", with: matrix, name: "image_embeds", shape: shape)) == [
        "latent:image_embeds", "latent-cosine:image_embeds", "channelwise:r",
      ])
    #expect(
      try chosen(.auto, ending("Tanh", shape: shape)) == [
        "latent:y", "latent-cosine:y", "channelwise:r",
      ])
    #expect(
      try chosen(.auto, ending("MatMul", with: matrix, name: "pred_boxes", shape: shape)) == [
        "latent:means", "latent-cosine:means", "channelwise:r",
      ])
    // The end of a backbone, or of a classifier without linear layers.
    #expect(
      try chosen(.auto, ending("Identity", shape: shape)) == [
        "softmax:y", "latent:y", "latent-cosine:y", "channelwise:r",
      ])
  }

  @Test("A single number has a distance, and no direction")
  func number() throws {
    let shape: [OnnxAxis] = [.symbol("n"), .fixed(1)]
    #expect(
      try chosen(.auto, ending("MatMul", with: ("w", [4, 1]), shape: shape)) == [
        "softmax:y", "latent:y", "latent:means", "latent-cosine:means", "channelwise:r",
      ])
    // A quantity by its name.
    #expect(
      try chosen(.auto, ending("MatMul", with: ("w", [4, 1]), name: "age", shape: shape)) == [
        "latent:age", "latent:means", "latent-cosine:means", "channelwise:r",
      ])
  }

  @Test("A vector that is divided by its length is no scores")
  func normalized() throws {
    var builder = ending("MatMul", with: ("w", [4, 4]), shape: [.symbol("n"), .fixed(4)])
    builder.addNode(
      "ReduceL2", inputs: ["y"], outputs: ["length"],
      attributes: ["axes": .integers([-1]), "keepdims": .integer(1)])
    builder.addNode("Div", inputs: ["y", "length"], outputs: ["direction"])
    builder.addOutput("direction", shape: [.symbol("n"), .fixed(4)])
    let probes = try chosen(.auto, builder)
    #expect(probes.contains("latent:direction") && !probes.contains("softmax:direction"))
    #expect(probes.contains("softmax:y"))
  }

  @Test("Grids without channels move as the image does: depths, and labels of pixels")
  func grids() throws {
    let shape: [OnnxAxis] = [.symbol("n"), .fixed(8), .fixed(8)]
    let depth = ending(
      "ReduceMax", ["axes": .integers([1]), "keepdims": .integer(0)], of: "r", shape: shape)
    #expect(try chosen(.auto, depth).first == "equivariance:y")
  }

  // MARK: Labels and other heads

  /// A linear layer `lg` of the means, and more operators: `a = ArgMax lg axis:1`.
  private func head(
    _ text: String, outputs: [(name: String, shape: [Int], type: OnnxElementType)],
    classes: Int = 4
  ) -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "head")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)])
    convolution("c", of: "x", channels: (1, 4), to: "r", &builder)
    builder.addNode(
      "ReduceMean", inputs: ["r"], outputs: ["means"],
      attributes: ["axes": .integers([2, 3]), "keepdims": .integer(0)])
    builder.addConstant("w", shape: [4, classes], (0..<4 * classes).map { Float($0 % 3) - 1 })
    builder.addNode("MatMul", inputs: ["means", "w"], outputs: ["lg"])
    builder.addConstant("one", shape: [], [1] as [Float])
    builder.addConstant("two", shape: [1], [2] as [Int64])
    builder.addConstant("axis", shape: [1], [1] as [Int64])
    builder.addConstant("square", shape: [3], [0, 2, 2] as [Int64])
    for line in text.split(separator: ";") {
      let words = line.split(separator: " ").map(String.init)
      let numbers = words.dropFirst(3).filter { $0.contains(":") }.map { word in
        (word.split(separator: ":")[0], Int(word.split(separator: ":")[1]) ?? 0)
      }
      let inputs = words.dropFirst(3).filter { !$0.contains(":") }
      let names = words[0].split(separator: ",").map(String.init)
      switch numbers.map({ (String($0.0), $0.1) }) {
      case let pairs where pairs.count == 2:
        builder.addNode(
          words[2], inputs: Array(inputs), outputs: names,
          attributes: [pairs[0].0: .integer(pairs[0].1), pairs[1].0: .integer(pairs[1].1)])
      case let pairs where pairs.count == 1:
        builder.addNode(
          words[2], inputs: Array(inputs), outputs: names,
          attributes: [pairs[0].0: .integer(pairs[0].1)])
      default: builder.addNode(words[2], inputs: Array(inputs), outputs: names)
      }
    }
    for output in outputs {
      builder.addOutput(
        output.name, shape: [.symbol("n")] + output.shape.map(OnnxAxis.fixed),
        elementType: output.type)
    }
    return builder
  }

  private static let features = ["latent:means", "latent-cosine:means", "channelwise:r"]

  @Test(
    "Labels of images are compared by mismatch, never as quantities",
    arguments: [
      ("y = ArgMax lg axis:1 keepdims:0", [], OnnxElementType.int64),
      ("y = ArgMax lg axis:1", [1], .int64),
      ("a = ArgMax lg axis:1 keepdims:0;y = Cast a to:1", [], .float32),
      ("a = ArgMax lg axis:1;y = Cast a to:2", [1], .uint8),
      ("y = Greater lg one", [4], .bool),
    ])
  func labels(text: String, shape: [Int], type: OnnxElementType) throws {
    let found = try choice(.auto, head(text, outputs: [("y", shape, type)]))
    let probe = try #require(found.probes.first)
    #expect(probe.tensor == "y" && probe.distance == .mismatch && probe.action == .trivial)
    #expect(
      found.probes.dropFirst().map { "\($0.metric.rawValue):\($0.tensor)" } == Self.features)
    #expect(found.leftOut.isEmpty)
    let all = try chosen(.all, head(text, outputs: [("y", shape, type)]))
    #expect(!all.contains { $0.hasPrefix("latent") && ($0.hasSuffix(":y") || $0.hasSuffix(":a")) })
  }

  @Test("Maps of labels move as the image does")
  func labelMaps() throws {
    for (text, shape, type) in [
      ("y = ArgMax r axis:1", [1, 8, 8], OnnxElementType.int64),
      ("y = ArgMax r axis:1 keepdims:0", [8, 8], .int64),
      ("a = ArgMax r axis:1;y = Cast a to:1", [1, 8, 8], .float32),
      ("a = ArgMax r axis:1 keepdims:0;y = Cast a to:1", [8, 8], .float32),
      ("y = Greater r one", [4, 8, 8], .bool),
    ] {
      let found = try choice(.all, head(text, outputs: [("y", shape, type)])).probes
        .filter { ["y", "a"].contains($0.tensor) }
      #expect(found.map(\.distance) == [.mismatch] && found.first?.action == .spatial, "\(text)")
    }
  }

  @Test("Of a head with the largest scores its classes are taken, and the scores left out")
  func largest() throws {
    let builder = head(
      "v,y = TopK lg two", outputs: [("v", [2], .float32), ("y", [2], .int64)])
    let found = try choice(.auto, builder)
    #expect(
      found.probes.map { "\($0.metric.rawValue):\($0.tensor)" } == ["equivariance:y"]
        + Self.features)
    #expect(found.leftOut.count == 1 && found.leftOut[0].hasPrefix("v, which holds the largest"))
  }

  @Test("A probability alone is that of a class")
  func probability() throws {
    for (text, shape) in [
      ("y = Sigmoid lg", [1]), ("s = Squeeze lg axis;y = Sigmoid s", []),
    ] {
      let found = try choice(.auto, head(text, outputs: [("y", shape, .float32)], classes: 1))
      #expect(found.probes.first?.scores == .bernoulli)
      #expect(
        found.probes.map { "\($0.metric.rawValue):\($0.tensor)" } == ["softmax:y"] + Self.features)
    }
  }

  @Test("What is known of no other head are the features before it")
  func otherHeads() throws {
    let scores = try choice(
      .auto, head("y = Reshape lg square", outputs: [("y", [2, 2], .float32)]))
    #expect(scores.probes.map { "\($0.metric.rawValue):\($0.tensor)" } == Self.features)
    #expect(scores.leftOut.count == 1 && scores.leftOut[0].contains("has the shape [N, 2, 2]"))
    let boxes = try choice(.auto, head("boxes = Sigmoid lg", outputs: [("boxes", [4], .float32)]))
    #expect(boxes.probes.map { "\($0.metric.rawValue):\($0.tensor)" } == Self.features)
    #expect(boxes.leftOut.count == 1 && boxes.leftOut[0].contains("holds coordinates"))
    let negative = try choice(
      .auto, head("l = LogSoftmax lg axis:1;y = Neg l", outputs: [("y", [4], .float32)]))
    #expect(negative.probes.map { "\($0.metric.rawValue):\($0.tensor)" } == Self.features)
    #expect(negative.leftOut == ["y, which holds negative logarithms of probabilities"])
  }
}
