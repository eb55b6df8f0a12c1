// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct OnnxModelTests {
  // MARK: Batches

  @Test(
    "Row i of the output depends on row i of the input alone, whatever the batch size",
    arguments: ["dynamic-batch", "fixed-batch-1", "fixed-batch-3"], 1...5)
  func batchSizes(name: String, count: Int) throws {
    let model = try Fixtures.model(name, ["logits", "relu"])
    let batch = try Fixtures.pictures()
    let whole = try Fixtures.model("dynamic-batch", ["logits", "relu"]).outputs(for: batch)
    let part = try model.outputs(for: batch.rows(0..<count))
    for (tensor, value) in part {
      let expected = try #require(whole[tensor]).rows(0..<count)
      // Kernels may block a batch differently; sums here have 27 terms of about 1.
      #expect(value.largestDifference(from: expected) < 1e-5, "\(tensor)")
    }
  }

  @Test("A batch limit changes nothing but the number of runs", arguments: [1, 2, 5, 9])
  func batchLimit(limit: Int) throws {
    let batch = try Fixtures.pictures()
    let free = try Fixtures.model("dynamic-batch").outputs(for: batch)
    let limited = try Fixtures.model("dynamic-batch") { $0.batchLimit = limit }
    let logits = try #require(limited.outputs(for: batch)["logits"])
    #expect(logits.largestDifference(from: try #require(free["logits"])) < 1e-5)
  }

  @Test("Runs at a time have the digits of runs one after the other", arguments: [1, 2, 5])
  func concurrentRuns(threadCount: Int) throws {
    let batch = try Fixtures.pictures()
    let single = try Fixtures.model("dynamic-batch") { $0.threadCount = threadCount }
    let model = try Fixtures.model("dynamic-batch") {
      ($0.threadCount, $0.concurrentRuns) = (threadCount, 2)
    }
    let expected = try single.outputs(for: batch)
    let pending = try (0..<4).map { _ in try model.pendingOutputs(for: batch) }
    for outputs in pending { #expect(try outputs() == expected) }
  }

  @Test("An output whose first axis does not count the examples is an error that names it")
  func unbatched() throws {
    let model = try Fixtures.model("unbatched", ["total"])
    let batch = try Fixtures.pictures()
    let error = #expect(throws: OnnxModelError.self) { try model.outputs(for: batch) }
    #expect(
      error
        == .notBatched(
          path: model.graph.path, tensor: "total", shape: [], exampleCount: 5))
  }

  // MARK: Shapes

  @Test("The input that takes the examples is known if it is the only one without a value")
  func exampleInput() throws {
    var options = OnnxOptions()
    #expect(try Fixtures.graph("dynamic-batch").exampleInput(options: options)?.shape?.count == 4)
    #expect(try Fixtures.graph("flat").exampleInput(options: options)?.shape?.count == 2)
    let several = try Fixtures.graph("three-inputs")
    #expect(several.exampleInput(options: options) == nil)
    options.constants = ["temperature": 1, "shift": 0]
    #expect(several.exampleInput(options: options)?.name == "image")
  }

  @Test("The layout is read off the declared shape and can be set")
  func layouts() throws {
    let channelsLast = try Fixtures.model("nhwc")
    #expect(channelsLast.layout == .nhwc)
    #expect(channelsLast.inputShape == [3, 8, 8])
    #expect(channelsLast.layoutNote.contains("NHWC"))
    let channelsFirst = try Fixtures.model("fixed-batch-3")
    #expect(channelsFirst.layout == .nchw)
    #expect(channelsFirst.fixedBatchSize == 3)
    let forced = try Fixtures.model("nhwc") { $0.layout = .nchw }
    #expect(forced.inputShape == [8, 8, 3])
  }

  @Test(
    "Examples of another shape are refused before the model runs",
    arguments: ["dynamic-batch", "nhwc", "flat"], [[2, 1, 8, 8], [2, 3, 9, 8], [2, 3, 8]])
  func wrongShape(name: String, shape: [Int]) throws {
    let model = try Fixtures.model(name)
    let error = #expect(throws: OnnxModelError.self) {
      try model.outputs(for: Tensor(repeating: 0, shape: shape))
    }
    let text = try #require(error).description
    #expect(text.contains("\(Array(shape.dropFirst()))") && text.contains("'image'"))
    #expect(text.contains(name == "flat" ? "[batch, 192]" : "8"))
    #expect(model.secondsInRuntime == 0)
  }

  // MARK: Inputs

  @Test("Several inputs without constants are an error that names them")
  func severalInputs() throws {
    let error = #expect(throws: OnnxModelError.self) { try Fixtures.model("three-inputs") }
    let path = Fixtures.path("three-inputs.onnx")
    #expect(error == .severalInputs(path: path, inputs: ["image", "temperature", "shift"]))
    let all = #expect(throws: OnnxModelError.self) {
      try Fixtures.model("three-inputs") {
        $0.constants = ["image": 0, "temperature": 1, "shift": 0]
      }
    }
    #expect(all == .noInput(path: path))
  }

  @Test("A constant for something that is no input is an error")
  func unknownConstant() throws {
    let error = #expect(throws: OnnxModelError.self) {
      try Fixtures.model("dynamic-batch") { $0.constants = ["temperature": 1] }
    }
    let path = Fixtures.path("dynamic-batch.onnx")
    #expect(error == .unknownInput(path: path, name: "temperature", inputs: ["image"]))
  }

  // MARK: Tensors

  @Test(
    "A misspelt tensor is an error with near names",
    arguments: [
      ("logit", ["logits"]), ("Features", ["features"]), ("cvon", ["conv"]), ("xyzzy", []),
    ])
  func unknownTensor(name: String, near: [String]) throws {
    let error = #expect(throws: OnnxModelError.self) {
      try Fixtures.model("dynamic-batch", [name])
    }
    let path = Fixtures.path("dynamic-batch.onnx")
    #expect(error == .unknownTensor(path: path, name: name, near: near))
  }

  @Test("Weights and inputs cannot be probed", arguments: ["kernel", "image"])
  func noActivation(name: String) {
    #expect(throws: OnnxModelError.self) { try Fixtures.model("dynamic-batch", [name]) }
  }

  @Test("Without names, the outputs of the model are returned")
  func declaredOutputs() throws {
    let model = try Fixtures.model("several-outputs")
    #expect(model.tensors == ["features", "logits", "probabilities"])
  }

  @Test("A tensor that is asked for twice is returned once")
  func repeatedNames() throws {
    let model = try Fixtures.model("dynamic-batch", ["relu", "logits", "relu"])
    #expect(model.tensors == ["relu", "logits"])
    #expect(try model.outputs(for: Fixtures.pictures()).count == 2)
  }

  @Test("A model whose outputs are constants cannot be measured")
  func noTensors() throws {
    let error = #expect(throws: OnnxModelError.self) { try Fixtures.model("no-tensors") }
    #expect(error == .noTensors(path: Fixtures.path("no-tensors.onnx")))
  }

  // MARK: The runtime

  @Test("A provider that the library lacks is an error that lists those it has")
  func missingProvider() throws {
    let available = try OnnxRuntimeLibrary.shared().availableProviders
    try #require(available.contains("CPUExecutionProvider"))
    for provider in OnnxProvider.allCases where !available.contains(provider.runtimeName) {
      let error = #expect(throws: OnnxModelError.self) {
        try Fixtures.model("dynamic-batch") { $0.provider = provider }
      }
      #expect(try #require(error).description.contains("'cpu'"))
    }
  }

  @Test("Time in the runtime is counted")
  func time() throws {
    let model = try Fixtures.model("dynamic-batch")
    #expect(model.secondsInRuntime == 0)
    _ = try model.outputs(for: Fixtures.pictures())
    let once = model.secondsInRuntime
    #expect(once > 0)
    _ = try model.outputs(for: Fixtures.pictures())
    #expect(model.secondsInRuntime > once)
  }

  @Test("One model runs on many threads at once")
  func concurrency() async throws {
    let model = try Fixtures.model("fixed-batch-3", ["logits", "relu"])
    let batch = try Fixtures.pictures()
    let expected = try model.outputs(for: batch)
    let results = try await withThrowingTaskGroup(of: [String: Tensor].self) { group in
      for _ in 0..<16 { group.addTask { try model.outputs(for: batch) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0 == expected })
  }

  @Test("A model that lost its weights is an error that names both files")
  func missingWeights() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appending(path: "lost.onnx").path
    try FileManager.default.copyItem(atPath: Fixtures.path("external-data.onnx"), toPath: copy)
    let error = #expect(throws: OnnxGraphError.self) { try OnnxModel(contentsOf: copy) }
    let text = try #require(error).description
    #expect(text.contains("lost.onnx") && text.contains("'external-data.bin' is missing"))
  }
}
