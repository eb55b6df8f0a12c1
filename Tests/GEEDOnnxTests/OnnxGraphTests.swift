// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// Reading graphs needs no ONNX Runtime.
@Suite struct OnnxGraphTests {
  @Test("Names, operators, depths and declared shapes are those of the file")
  func tensors() throws {
    let graph = try Fixtures.graph("dynamic-batch")
    #expect(graph.irVersion == 8)
    #expect(graph.opsetVersion == 17)
    #expect(graph.producer == "geed-fixtures 1")
    #expect(
      graph.inputs == [
        OnnxValueInfo(
          name: "image", elementType: .float32,
          shape: [.symbol("batch"), .fixed(3), .fixed(8), .fixed(8)])
      ])
    #expect(graph.tensors.map(\.name) == ["conv", "relu", "pooled", "features", "logits"])
    #expect(
      graph.tensors.map(\.operation) == ["Conv", "Relu", "GlobalAveragePool", "Flatten", "Gemm"])
    #expect(graph.tensors.map(\.depth) == [1, 2, 3, 4, 5])
    #expect(graph.tensors.map(\.isOutput) == [false, false, false, false, true])
    #expect(graph.tensor(named: "logits")?.shape == [.symbol("batch"), .fixed(5)])
    #expect(graph.tensor(named: "kernel") == nil)
  }

  @Test("Initialisers that are listed as inputs are none")
  func initializersAsInputs() throws {
    let graph = try Fixtures.graph("initializers-as-inputs")
    #expect(graph.irVersion == 3)
    #expect(graph.inputs.map(\.name) == ["image"])
  }

  @Test("Depth is the longest way from the input")
  func depth() throws {
    let graph = try Fixtures.graph("three-inputs")
    // conv, relu, pooled, features, unscaled, scaled, logits
    #expect(graph.tensor(named: "logits")?.depth == 7)
    #expect(graph.relativeDepth(of: "logits") == 1)
    #expect(graph.relativeDepth(of: "pooled") == 3.0 / 7)
    #expect(graph.inputs.map { graph.relativeDepth(of: $0.name) } == [0, 0, 0])
    #expect(graph.relativeDepth(of: "nothing") == nil)
  }

  @Test(
    "A softmax is recognised, also behind operators that pass its values on",
    arguments: [
      ("softmax", "probabilities", ScoreKind.probabilities as _?),
      ("softmax", "logits", nil),
      ("softmax-identity", "softmax", .probabilities),
      ("softmax-identity", "probabilities", .probabilities),
      ("log-softmax", "probabilities", .logProbabilities),
      ("dynamic-batch", "logits", nil),
    ])
  func softmax(model: String, tensor: String, expected: ScoreKind?) throws {
    let graph = try Fixtures.graph(model)
    #expect(try #require(graph.tensor(named: tensor)).scores?.kind == expected)
  }

  @Test(
    "Operators may stand in any order", arguments: ["dynamic-batch", "quantized-qdq", "scores"])
  func order(model: String) throws {
    let bytes = try OnnxGraph.bytes(ofFile: Fixtures.path("\(model).onnx"))
    let nodes = try ProtoModel(serializedBytes: bytes).graph.node
    #expect(nodes.inOrderOfComputation == nodes)
    let sorted = Array(nodes.reversed()).inOrderOfComputation
    #expect(Set(sorted.flatMap(\.output)) == Set(nodes.flatMap(\.output)))
    #expect(sorted.count == nodes.count)
    for (index, node) in sorted.enumerated() {
      let later = Set(sorted[index...].flatMap(\.output))
      #expect(node.dependencies.allSatisfy { !later.contains($0) }, "\(node.output)")
    }
    // A cycle stays as it is.
    let cycle: [ProtoNode] = [("a", "b"), ("b", "a")].map { input, output in
      .with { ($0.opType, $0.input, $0.output) = ("Relu", [input], [output]) }
    }
    #expect(cycle.inOrderOfComputation.count == 2)
  }

  @Test("What does not depend on the input cannot be probed")
  func noTensors() throws {
    #expect(try Fixtures.graph("no-tensors").tensors.isEmpty)
  }

  @Test("Channels-last tensors are followed through transpositions")
  func axisOrder() throws {
    let layouts = try Fixtures.graph("nhwc").layouts().layouts
    #expect(
      layouts.mapValues { $0.known?.description } == [
        "image_nchw": "nchw", "conv": "nchw", "relu": "nchw", "relu_nhwc": "nhwc",
        "features": "vector", "logits": "vector",
      ])
  }

  // MARK: Files that are no models

  @Test("A truncated file is one sentence")
  func truncated() throws {
    let error = #expect(throws: OnnxGraphError.self) { try Fixtures.graph("truncated") }
    let path = Fixtures.path("truncated.onnx")
    #expect(
      error == .malformed(path: path, found: "544 bytes that are cut short or something else"))
  }

  @Test(
    "Something else than a model is an error",
    arguments: ["", "not a model", "\u{08}\u{08}", "{\"a\": 1}\n"])
  func somethingElse(text: String) {
    #expect(throws: OnnxGraphError.self) {
      try OnnxGraph(path: "text.onnx", bytes: Data(text.utf8))
    }
  }

  @Test("No prefix of a model is taken for a whole one")
  func prefixes() throws {
    let bytes = try OnnxGraph.bytes(ofFile: Fixtures.path("dynamic-batch.onnx"))
    // The opset, written last, may be missing without the rest being harmed.
    for count in 0..<bytes.count - 8 {
      #expect(throws: OnnxGraphError.self, "\(count)") {
        try OnnxGraph(path: "prefix.onnx", bytes: Data(bytes.prefix(count)))
      }
    }
  }

  @Test("A missing file and a folder are errors that say so")
  func unreadable() {
    let missing = #expect(throws: OnnxGraphError.self) { try OnnxGraph(contentsOf: "/no/such") }
    #expect(missing == .unreadable(path: "/no/such", reason: "there is no such file"))
    let folder = #expect(throws: OnnxGraphError.self) { try OnnxGraph(contentsOf: "/") }
    #expect(folder == .unreadable(path: "/", reason: "it is a folder"))
  }
}

@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct OnnxGraphShapeTests {
  @Test("Running on zeros finds all shapes")
  func shapes() throws {
    let (tensors, note) = try Fixtures.graph("dynamic-batch").tensorsWithShapes()
    #expect(note == nil)
    let shapes = tensors.map { $0.shape.map(describe) }
    #expect(shapes == ["[N, 4, 8, 8]", "[N, 4, 8, 8]", "[N, 4, 1, 1]", "[N, 4]", "[N, 5]"])
    #expect(tensors.allSatisfy { $0.elementType == .float32 })
  }

  @Test("Element types and fixed batch sizes are found")
  func types() throws {
    let quantized = try Fixtures.graph("quantized-qlinear").tensorsWithShapes().tensors
    #expect(quantized.first { $0.name == "relu_quantized" }?.elementType == .uint8)
    let fixed = try Fixtures.graph("fixed-batch-3").tensorsWithShapes().tensors
    #expect(fixed.first { $0.name == "logits" }?.shape == [.symbol("N"), .fixed(5)])
  }

  @Test("A model that cannot run keeps its declared shapes, with a note")
  func fallback() throws {
    let graph = try Fixtures.graph("three-inputs")
    let (tensors, note) = try graph.tensorsWithShapes()
    #expect(tensors == graph.tensors)
    #expect(try #require(note).contains("'temperature'"))
  }

  @Test("A model without tensors has an empty list")
  func empty() throws {
    #expect(try Fixtures.graph("no-tensors").tensorsWithShapes().tensors.isEmpty)
  }
}
