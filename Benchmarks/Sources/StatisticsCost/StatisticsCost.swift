// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDOnnx
import GEEDStore

/// Reports the processor time of the parts of a measurement relative to that of the forward passes:
/// ResNet-20 on 600 pictures under C8, with five probes.
///
///     GEED_DATA=/path/to/data swift run -c release StatisticsCost
///
/// Processor time on one thread is hardly affected by other programs. The processing of outputs is
/// timed on the outputs of one batch, which are reused without running the model.
@main
struct StatisticsCost {
  static func main() throws {
    let folder = ProcessInfo.processInfo.environment["GEED_DATA"] ?? "."
    let measurement = try resNet20(in: folder)
    var outputs: [String: Tensor] = [:]
    let inputs = try processorSeconds { try measurement.forEachBatch { _ in } }
    let forward =
      try processorSeconds {
        try measurement.forEachBatch { outputs = try measurement.model.outputs(for: $0) }
      } - inputs
    var replayed = measurement
    replayed.model = ClosureModel { [outputs] _ in outputs }
    let whole = try processorSeconds { _ = try replayed.run() } - inputs
    let deviations = try processorSeconds { try addDeviations(of: replayed, outputs: outputs) }
    let stored = try processorSeconds { try keep(replayed) } - inputs - whole
    replayed.measuresSubgroups = true
    let subgroups = try processorSeconds { _ = try replayed.run() } - inputs - whole
    let parts = [
      ("forward passes", forward), ("reading and turning pictures", inputs),
      ("deviations m(f(gx), g f̂(x))", deviations), ("statistics", whole - deviations),
      ("statistics of all subgroups", subgroups), ("keeping the run in a store", stored),
    ]
    print("| processor time | seconds | of the forward passes |\n|---|---|---|")
    for (name, seconds) in parts {
      print(
        "| \(name) | \(String(format: "%.3f", seconds)) "
          + "| \(String(format: "%.1f %%", 100 * seconds / forward)) |")
    }
  }

  private static func resNet20(in folder: String) throws -> DeviationMeasurement {
    var preprocessing = Preprocessing()
    preprocessing.mean = [0.485, 0.456, 0.406]
    preprocessing.standardDeviation = [0.229, 0.224, 0.225]
    let layers = (1...3).map { "/m/layer\($0)/layer\($0).2/Relu_1_output_0" }
    let features = "/m/ReduceMean_output_0"
    var options = OnnxOptions()
    options.threadCount = 1
    let model = try OnnxModel(
      contentsOf: folder + "/models/cifar10-resnet20.onnx",
      probing: layers + [features, "logits"], options: options)
    var measurement = DeviationMeasurement(
      of: model,
      on: try DatasetLocation.open(folder + "/cifar10-test", preprocessing: preprocessing),
      under: ImageAction.rotations(8),
      probes: layers.map { .channelwise($0) } + [.latent(features), .softmax("logits")])
    measurement.exampleCount = nil
    return measurement
  }

  /// Computes E of every probe and nothing else.
  private static func addDeviations(
    of measurement: DeviationMeasurement, outputs: [String: Tensor]
  ) throws {
    let order = measurement.inputAction.transformations.count
    for probe in measurement.probes {
      guard let output = outputs[probe.tensor] else { continue }
      let action =
        probe.metric == .channelwise
        ? try measurement.inputAction.prepared(for: output.rowShape)
        : PreparedAction(
          trivial: measurement.inputAction.transformations, shape: output.rowShape)
      var estimator = DeviationEstimator(
        outputAction: action, distance: probe.distance, scores: probe.scores)
      let orbits = output.rowCount / order
      for example in 0..<measurement.dataset.count {
        estimator.add(orbitOutputs: output, firstRow: example % orbits * order)
      }
    }
  }

  /// Runs the measurement and keeps every batch in a new store.
  private static func keep(_ measurement: DeviationMeasurement) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let description = try RunDescription(
      settings: ["seed": 0], model: "resnet20", data: "cifar10-test", group: "C8", seed: 0)
    let recording = try RunStore(creating: folder.appending(path: "geed.sqlite").path)
      .beginMeasurement(description, of: measurement)
    var run = try measurement.start()
    var isDone = false
    while !isDone {
      var records: [MeasurementRecord] = []
      isDone = try !run.advance(addingRecordsTo: &records)
      try recording.append(records)
    }
    try recording.finish(run.result)
  }

  /// Returns the processor time of `body` on all threads, as the median of five runs.
  private static func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
    try (0..<5).map { _ in
      let start = clock()
      try body()
      return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }.sorted()[2]
  }
}
