// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// Models that others have trained, from the folder that GEED_DATA names.
@Suite(
  .enabled(if: Available.runtime, Available.noRuntime),
  .enabled(if: Available.data != nil, Available.noData))
struct RealModelTests {
  @Test(
    "Models load, list their tensors with shapes, and run",
    arguments: [
      ("cifar10-resnet20.onnx", [3, 32, 32], 10),
      ("imagenet-squeezenet1.1.onnx", [3, 224, 224], 1000),
      ("mnist-8.onnx", [1, 28, 28], 10),
    ])
  func models(name: String, shape: [Int], classCount: Int) throws {
    let graph = try OnnxGraph(contentsOf: Available.realModel(name))
    let (tensors, note) = try graph.tensorsWithShapes()
    #expect(note == nil)
    #expect(tensors.count == graph.tensors.count)
    let model = try OnnxModel(graph: graph, probing: graph.outputs.map(\.name))
    #expect(model.inputShape == shape)
    let outputs = try model.outputs(for: Tensor(repeating: 0.5, shape: [2] + shape))
    #expect(try #require(outputs.first).value.shape == [2, classCount])
  }

  /// The first test images are a 7, a 2, a 1, a 0 and a 4.
  @Test("The MNIST network of the model zoo, bound to batches of one, reads the first digits")
  func mnist() throws {
    let file = "\(Available.data ?? "")/mnist/t10k-images-idx3-ubyte.gz"
    let bytes = try unpacked(file).dropFirst(16).prefix(5 * 784)
    try #require(bytes.count == 5 * 784, "Expected images in \(file).")
    let model = try OnnxModel(contentsOf: Available.realModel("mnist-8.onnx"))
    #expect(model.fixedBatchSize == 1)
    let batch = Tensor(shape: [5, 1, 28, 28], scalars: bytes.map(Float.init))
    let logits = try #require(model.outputs(for: batch).first?.value)
    let digits = (0..<5).map { row in
      let scores = logits.row(row).scalars
      return scores.indices.max { scores[$0] < scores[$1] }
    }
    #expect(digits == [7, 2, 1, 0, 4])
  }

  private func unpacked(_ file: String) throws -> Data {
    let gzip = Process()
    let pipe = Pipe()
    gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    gzip.arguments = ["gzip", "-dc", file]
    gzip.standardOutput = pipe
    try gzip.run()
    defer { gzip.waitUntilExit() }
    return try pipe.fileHandleForReading.readToEnd() ?? Data()
  }
}
