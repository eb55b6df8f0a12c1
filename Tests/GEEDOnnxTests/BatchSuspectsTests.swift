// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The operators that are named for a model that mixes the examples of a batch.
@Suite struct BatchSuspectsTests {
  @Test("Operators on shapes are not suspected, whichever axis they have")
  func shapes() throws {
    // x.view(x.size(0), -1) as exporters write it, and the mean over the batch.
    let mixing = try withGraph([
      ("Shape", ["x"], "shape"), ("Gather", ["shape", "zero"], "n"),
      ("Concat", ["n", "rest"], "sizes"), ("Reshape", ["x", "sizes"], "flat"),
      ("ReduceMean", ["flat"], "mean"), ("Concat", ["flat", "mean"], "y"),
    ]) { $0.mixingOperators(before: ["y"]) }
    #expect(mixing == ["ReduceMean 'mean' (over axis 0)", "Concat 'y' (over axis 0)"])
  }

  @Test("Random numbers of the shape of the input are random")
  func random() throws {
    let error = #expect(throws: OnnxModelError.self) {
      try withGraph([
        ("Shape", ["x"], "shape"), ("ConstantOfShape", ["shape"], "zeros"),
        ("RandomUniformLike", ["zeros"], "noise"), ("Add", ["x", "noise"], "y"),
      ]) { try $0.requireDeterminism(of: ["y"]) }
    }
    #expect(error?.description.contains("RandomUniformLike 'noise'") == true)
  }

  /// Calls `body` with the graph of operators with their types, inputs and output.
  private func withGraph<Result>(
    _ nodes: [(String, [String], String)], _ body: (OnnxGraph) throws -> Result
  ) throws -> Result {
    var model = ProtoWrittenModel()
    model.irVersion = 8
    model.opsetImport = [.with { $0.version = 13 }]
    model.graph.node = nodes.map { operation, inputs, output in
      .with {
        ($0.opType, $0.input, $0.output) = (operation, inputs, [output])
        guard operation == "ReduceMean" else { return }
        $0.attribute = [.with { ($0.name, $0.ints, $0.type) = ("axes", [0], 7) }]
      }
    }
    model.graph.initializer = [("zero", 0), ("rest", -1)].map { name, value in
      .with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = (name, [1], 7, [value]) }
    }
    model.graph.input = [ProtoValueInfo(name: "x", type: .float32, shape: [7, 3, 8, 8])]
    model.graph.output = [.with { $0.name = "y" }]
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    try model.serializedData().write(to: file)
    return try body(OnnxGraph(contentsOf: file.path))
  }
}
