// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization
import Testing
import _GEEDTestSupport

@Suite struct MeasurementRunTests {
  @Test("A run that is stopped has measured the first examples, and says so")
  func interruption() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 10
    measurement.batchSize = 6
    var run = try measurement.start()
    #expect(run.progress.completedInputs == 0 && run.progress.totalInputs == 70)
    for _ in 0..<3 { #expect(try run.advance()) }
    // 18 inputs are 4 orbits of 4, and 2 inputs of the fifth.
    #expect(run.progress.completedInputs == 18)
    let stopped = run.result.results
    var shorter = measurement
    shorter.exampleCount = 4
    let expected = try shorter.run().results
    #expect(stopped[0].value == expected[0].value)
    #expect(stopped[3].value == expected[3].value)
    #expect(stopped[3].confidenceInterval == expected[3].confidenceInterval)
    #expect(
      stopped[0].notes.texts == ["Stopped after 18 of 70 inputs: 4 of 10 examples."])
    // It can be gone on with, and then is what it would have been.
    while try run.advance() {}
    #expect(run.result == (try measurement.run()))
    #expect(run.result.results[0].notes.texts.isEmpty)
    #expect(try !run.advance())
  }

  @Test("A run that has not begun has no values")
  func noAdvance() throws {
    let run = try sampleMeasurement(under: ImageAction.rotations(4)).start()
    for result in run.result.results {
      #expect(result.value == nil)
      #expect(result.exampleCount == 0)
      #expect(result.notes.texts.first == "No example was measured.")
    }
  }

  @Test("Runs that are given up leave nothing behind")
  func abandoned() throws {
    let measurement = sampleMeasurement(under: ImageAction.rotations(4))
    for batches in 0..<4 {
      var run = try measurement.start()
      for _ in 0..<batches { _ = try run.advance() }
    }
  }

  @Test(
    "NaN and infinity name tensor, example and element",
    arguments: [Float.nan, .infinity, -.infinity], [1, 5, 16])
  func notFinite(value: Float, batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    let examples = randomExamples(50 - 10, of: 40, seed: 0)
    measurement.batchSize = batchSize
    // Input 14 is element 2 of the fourth example.
    measurement.model = breaking(measurement.model, tensor: "maps", at: 14) { maps, row in
      maps.scalars[maps.scalarRange(ofRow: row).lowerBound + 17] = value
    }
    let error = #expect(throws: MeasurementError.self) {
      try measurement.run(checksIndependence: false)
    }
    guard case .notFinite(let tensor, let found, let example, let dataset, let element) = error
    else {
      Issue.record("Expected notFinite, but got \(String(describing: error)).")
      return
    }
    #expect(tensor == "maps" && dataset == "pictures" && element == "r2")
    #expect(example == examples[3])
    #expect(found.isNaN == value.isNaN && (found.isNaN || found == value))
    let name = value.isNaN ? "NaN" : "\(value)"
    #expect(
      error?.description
        == "Tensor 'maps' holds \(name) for example \(examples[3]) of pictures under element r2.")
  }

  @Test("NaN among the examples of M names their data set", arguments: [true, false])
  func notFiniteScale(hasOwnDataset: Bool) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 2
    if hasOwnDataset {
      measurement.scaleDataset = ArrayDataset(
        try (0..<9).map { try measurement.dataset.example(at: $0) }, name: "others")
    }
    // Inputs 0 to 7 are two orbits, 8 is the first example of M of its own.
    measurement.model = breaking(measurement.model, tensor: "features", at: 8) { features, row in
      features.scalars[features.scalarRange(ofRow: row).lowerBound] = .nan
    }
    let error = #expect(throws: MeasurementError.self) {
      try measurement.run(checksIndependence: false)
    }
    let expected =
      hasOwnDataset
      ? "example \(randomExamples(1, of: 9, seed: 0)[0]) of others"
      : "example \(randomExamples(3, of: 40, seed: 0)[2]) of pictures"
    #expect(error?.description == "Tensor 'features' holds NaN for \(expected) under element r0.")
  }

  @Test("A tensor that the model lacks is named, with those that it has")
  func missingTensor() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.probes = [.latent("logits")]
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(error?.description == "The model has no output 'logits', only features, maps.")
  }

  @Test("Outputs without a row for each input are refused", arguments: [[], [5, 4], [64]])
  func rowCount(shape: [Int]) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.model = ClosureModel { _ in ["features": Tensor(repeating: 1, shape: shape)] }
    measurement.probes = [.latent("features")]
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(error == .rowCount(tensor: "features", shape: shape, expected: 16))
    #expect(
      error?.description
        == "Tensor 'features' has shape \(shape) for 16 inputs; its first axis must be the batch.")
  }

  @Test(
    "An output that changes its shape is refused, wherever in an orbit or in M",
    arguments: [1, 2, 3, 4, 7, 16, 41])
  func shapeChange(callCount: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 10
    measurement.batchSize = 1
    let calls = Mutex(0)
    measurement.model = ClosureModel(output: "features") { batch in
      let isLater = calls.withLock { calls in
        calls += 1
        return calls > callCount
      }
      return Tensor(repeating: 1, shape: [batch.rowCount, isLater ? 5 : 4])
    }
    measurement.probes = [.latent("features")]
    let error = #expect(throws: MeasurementError.self) {
      try measurement.run(checksIndependence: false)
    }
    #expect(error == .shapeChanged(tensor: "features", from: [4], to: [5]))
    #expect(
      error?.description == "Tensor 'features' changed its rows from shape [4] to [5].")
  }

  @Test("A data set that throws ends the run with its error", arguments: [1, 16])
  func throwingDataset(batchSize: Int) throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    let broken = randomExamples(9, of: 40, seed: 0)[8]
    measurement.dataset = BrokenDataset(base: measurement.dataset, brokenIndex: broken)
    measurement.batchSize = batchSize
    var run = try measurement.start()
    #expect(throws: BrokenDataset.Unreadable(index: broken)) { while try run.advance() {} }
    #expect(run.progress.completedInputs == 32)
    #expect(run.result.results[0].exampleCount == 8)
    // A failed run does not wait for data that will not come.
    #expect(throws: BrokenDataset.Unreadable(index: broken)) { try run.advance() }
  }

  @Test("A model that throws ends the run, which does not go on with the wrong examples")
  func throwingModel() throws {
    struct OutOfMemory: Error {}
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    let model = measurement.model
    let calls = Mutex(0)
    measurement.batchSize = 4
    measurement.model = ClosureModel { batch in
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      if call == 3 { throw OutOfMemory() }
      return try model.outputs(for: batch)
    }
    var run = try measurement.start()
    #expect(throws: OutOfMemory.self) { while try run.advance() {} }
    #expect(throws: OutOfMemory.self) { try run.advance() }
    #expect(run.progress.completedInputs == 8)
  }

  @Test("Examples of another shape than promised are refused")
  func exampleShape() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.scaleDataset = ArrayDataset([.counting([3, 5, 5])], name: "small")
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(
      error?.description == "Example 0 of small has shape [3, 5, 5], but expected [3, 6, 6].")
  }

  @Test("Inputs and outputs that the group cannot act on are refused")
  func actionErrors() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.probes = [.channelwise("features")]
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(
      error?.description
        == "Tensor 'features' cannot be measured: C4 acts on arrays of shape [..., H, W], but got "
        + "shape [4].")
    measurement.dataset = ArrayDataset([.counting([3, 6, 7])])
    #expect(throws: ActionError.notSquare(group: "C4", shape: [3, 6, 7])) {
      _ = try measurement.start()
    }
  }

  @Test("Softmax of maps is refused")
  func notDistribution() throws {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.probes = [.softmax("maps")]
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(
      error?.description
        == "Softmax needs one score for each class, [N, K], but tensor 'maps' has rows of shape "
        + "[3, 6, 6]; if these are scores of every pixel, [N, K, H, W], give the kind of scores "
        + "together with the name of the tensor: '--scores maps=logits' if 'maps' holds logits, or "
        + "'--scores maps=bernoulli-logit' and the like (logits, probabilities, log-probabilities, "
        + "bernoulli-logit or bernoulli).")
  }

  /// Changes one row of one output of `model`: that of input `position`, counted from 0.
  private func breaking(
    _ model: any MeasurableModel, tensor: String, at position: Int,
    _ change: @escaping @Sendable (inout Tensor, Int) -> Void
  ) -> ClosureModel {
    let count = Counter()
    return ClosureModel { batch in
      var outputs = try model.outputs(for: batch)
      let first = count.value.withLock { value in
        defer { value += batch.rowCount }
        return value
      }
      if (first..<first + batch.rowCount).contains(position), var output = outputs[tensor] {
        change(&output, position - first)
        outputs[tensor] = output
      }
      return outputs
    }
  }
}

private final class Counter: Sendable {
  let value = Mutex(0)
}

/// A data set in which one example cannot be read.
private struct BrokenDataset: Dataset {
  struct Unreadable: Error, Equatable {
    let index: Int
  }

  let base: any Dataset
  let brokenIndex: Int

  var name: String { base.name }
  var count: Int { base.count }
  var exampleShape: [Int] { base.exampleShape }

  func example(at index: Int) throws -> Tensor {
    if index == brokenIndex { throw Unreadable(index: index) }
    return try base.example(at: index)
  }
}
