// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The shapes that are inferred without a run.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct InferredShapesTests {
  private static let models = [
    "bfloat16-output", "double", "dynamic-batch", "external-data", "fixed-batch-1", "fixed-batch-3",
    "flat", "half", "initializers-as-inputs", "int64-output", "linear-symmetric", "linear-shortcut",
    "nhwc", "quantized-qdq", "quantized-qlinear", "scores", "several-outputs", "uint8",
  ]

  private struct Trials {
    let graph: OnnxGraph
    let inferred: OnnxTrial?
    let run: Result<OnnxTrial, any Error>

    init(path: String) throws {
      let graph = try OnnxGraph(contentsOf: path)
      self.graph = graph
      let plan = try OnnxInputPlan(graph: graph, options: OnnxOptions())
      let count = plan.fixedBatchSize ?? OnnxTrial.usualBatchCount
      let shape = try #require(plan.exampleShape).map { $0 ?? 8 }
      let inputs = try plan.inputs(
        from: Tensor(repeating: 0, shape: [count] + shape), rows: 0..<count, paddedTo: count)
      inferred = try OnnxTrial(
        inferredFrom: graph, inputs: inputs, batchCount: count, readsTypes: true)
      run = Result {
        try OnnxTrial(
          running: graph, inputs: inputs, batchCount: count, options: OnnxOptions(),
          readsTypes: true)
      }
    }
  }

  @Test("They are those of a run, and so are the types", arguments: models)
  func sameAsRun(model: String) throws {
    let trials = try Trials(path: Fixtures.path("\(model).onnx"))
    let inferred = try #require(trials.inferred)
    let run = try trials.run.get()
    for tensor in trials.graph.tensors.map(\.name) {
      #expect(inferred.shapes[tensor] == run.shapes[tensor], "\(tensor)")
      #expect(run.shapes[tensor] != nil, "\(tensor)")
      #expect(inferred.types[tensor] == run.types[tensor], "\(tensor)")
    }
    for node in trials.graph.nodes {
      guard let kernel = node.kernel else { continue }
      #expect(inferred.shapes[kernel] == run.shapes[kernel], "\(kernel)")
    }
    #expect(inferred.integers == run.integers)
  }

  /// Returns the trials of a model of images of 8 x 8 pixels to which an operator is added.
  private static func trials(
    adding node: ProtoWrittenNode, _ constants: [ProtoWeights] = []
  ) throws -> Trials {
    var addition = ProtoWrittenModel()
    addition.graph.node = [node]
    addition.graph.initializer = constants
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    let bytes = try OnnxGraph.bytes(ofFile: Fixtures.path("dynamic-batch.onnx"))
    try (bytes + addition.serializedData()).write(to: file)
    return try Trials(path: file.path)
  }

  @Test("The number of examples may be fixed inside the graph, which only a run finds")
  func hiddenBatch() throws {
    let trials = try Self.trials(
      adding: .with {
        ($0.opType, $0.input, $0.output) = ("Reshape", ["image", "hidden"], ["reshaped"])
      },
      [.with { ($0.name, $0.dims, $0.dataType, $0.int64Data) = ("hidden", [2], 7, [1, 192]) }])
    #expect(trials.inferred == nil)
    #expect(throws: OnnxError.self) { try trials.run.get() }
  }

  /// A window of one pixel at every third has the places 0, 3 and 6. ONNX before its version 22 infers
  /// one at 9 as well, behind the end.
  @Test("Windows behind the end are inferred, but not computed")
  func roundedUp() throws {
    func integers(_ name: String, _ numbers: [Int64]) -> ProtoWrittenAttribute {
      .with { ($0.name, $0.ints, $0.type) = (name, numbers, 7) }
    }
    for isRoundedUp in [false, true] {
      let trials = try Self.trials(
        adding: .with {
          ($0.opType, $0.input, $0.output) = ("MaxPool", ["image"], ["windows"])
          $0.attribute = [integers("kernel_shape", [1, 1]), integers("strides", [3, 3])]
          if isRoundedUp {
            $0.attribute.append(.with { ($0.name, $0.i, $0.type) = ("ceil_mode", 1, 2) })
          }
        })
      #expect(try trials.run.get().shapes["windows"] == [7, 3, 3, 3])
      #expect((trials.inferred == nil) == isRoundedUp)
    }
  }

  /// 8 x 1.375 is 11 in any arithmetic; 8 x 1.3 is rounded.
  @Test("Scales that are rounded are left to a run", arguments: [2, 1.375, 1.3] as [Float])
  func scales(scale: Float) throws {
    let trials = try Self.trials(
      adding: .with {
        ($0.opType, $0.input, $0.output) = ("Resize", ["image", "", "scales"], ["resized"])
      },
      [
        .with {
          ($0.name, $0.dims, $0.dataType) = ("scales", [4], 1)
          $0.floatData = [1, 1, scale, scale]
        }
      ])
    let run = try trials.run.get()
    #expect(trials.inferred?.shapes["resized"] == (scale == 1.3 ? nil : run.shapes["resized"]))
  }

  @Test("Weights are left out of the model whose shapes are inferred")
  func outline() throws {
    let path = Fixtures.path("dynamic-batch.onnx")
    let bytes = try OnnxGraph.bytes(ofFile: path)
    let outline = try OnnxOutline(of: bytes)
    let kept = try OnnxGraph(
      path: path,
      bytes: outline.bytes(
        inputs: [ProtoValueInfo(name: "image", type: .float32, shape: [7, 3, 8, 8])])
        + ProtoModel.with { $0.graph.output = [.with { $0.name = "logits" }] }.serializedData())
    // The kernel has 4 x 3 x 3 x 3 numbers, the matrix 4 x 5.
    #expect(kept.inputs.map(\.name) == ["image", "kernel"])
    #expect(kept.inputs[0].shape == [7, 3, 8, 8].map { .fixed($0) })
    #expect(outline.constantShapes["kernel"] == [4, 3, 3, 3])
    let constants = try OnnxConstants(bytes: outline.constants, path: path)
    #expect(constants.shape(of: "kernel") == nil && constants.shape(of: "matrix") == [4, 5])
    #expect(try kept.constantByteCount == OnnxGraph(contentsOf: path).constantByteCount - 4 * 108)
  }
}
