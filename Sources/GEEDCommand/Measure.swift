// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

/// `geed measure`.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure the equivariance deviations of a model on data.",
    discussion: """
      Each example is moved by every element of the group and sent through the model; one forward \
      pass serves all probes. Larger values always mean less equivariant or invariant.

        --channelwise    -1 is equivariant, 0 unrelated
        --latent         0 is invariant, 1 as far apart as different examples
        --latent-cosine  -1/M is invariant, -1 as unlike as different examples
        --softmax        0 is invariant; in nats, at most log |G| and log K for
                         K classes

      M is the mean distance, or cosine similarity, of different examples. Values come with \
      confidence intervals over examples. With '--precision 5%' the tool stops by itself when all \
      of them are that narrow; '--plan 5%' says beforehand how many examples that will take.

      The first Ctrl-C stops the measurement and prints what it has found so far, with a note; \
      the exit code is 0, or 130 where not one example was complete. A second one ends the tool \
      at once.

      Example:

        geed measure resnet.onnx --data pictures/ --preset imagenet --group C8 \\
          --channelwise '/layer*/Relu*' --latent features --softmax logits
      """)

  @OptionGroup(title: "Model") var model: ModelOptions

  @OptionGroup(title: "Data") var source: DataSource
  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Group") var group: GroupOptions
  @OptionGroup(title: "Probes") var probes: ProbeOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Controls") var controls: ControlOptions
  @OptionGroup(title: "Output") var details: DetailOptions

  func run() throws {
    let graph = try OnnxGraph(contentsOf: model.model)
    let dataset = try dataOptions.open(source.data)
    let transformations = try group.transformations(on: dataset.exampleShape, seed: sampling.seed)
    try details.requireSubgroups(of: transformations.transformations)
    let probes = try probes.probes(of: graph, under: transformations)
    let tensors = Array(Set(probes.map(\.tensor))).sorted()
    let engine = try OnnxModel(graph: graph, probing: tensors, options: model.onnxOptions)
    var measurement = DeviationMeasurement(
      of: engine, on: dataset, under: transformations, probes: probes)
    try sampling.apply(to: &measurement, dataOptions)
    try requirePixels(of: measurement, for: engine)
    measurement = try controls.masked(measurement)
    measurement.measuresSubgroups = details.subgroups

    let (result, seconds) = try measure(measurement)
    let isComplete = !Interruption.wasRequested
    guard isComplete || result.results.contains(where: { $0.exampleCount > 0 }) else {
      throw Interruption.NothingMeasured()
    }
    if let precision = sampling.plan {
      let plan = PlanDocument(
        result, measurement: measurement, precision: precision.fraction, seconds: seconds)
      return details.json ? try printJSON(plan) : plan.lines.forEach { print($0) }
    }
    let timing =
      details.timing && isComplete ? try time(measurement, engine: engine, measuring: seconds) : nil
    let findings = try Controls(controls, of: measurement, result: result) {
      try OnnxModel(
        untrainedTwinOf: graph, probing: tensors, options: model.onnxOptions,
        seed: controls.controlSeed)
    }
    let document = try MeasurementDocument(
      findings, model: engine, data: source.data, dataset: dataset,
      options: dataOptions, timing: timing)
    let caption = try details.drawWorst(
      of: document.results, measurement: measurement, preprocessing: dataOptions.preprocessing)
    if details.json {
      try printJSON(document)
    } else {
      MeasurementText(document, details, sheet: caption).lines.forEach { print($0) }
    }
  }

  /// Throws if the model takes whole numbers, and the examples hold fractions of a white pixel,
  /// which would all become 0 or 1.
  private func requirePixels(of measurement: DeviationMeasurement, for engine: OnnxModel) throws {
    let wholeNumbers: Set<OnnxElementType> = [
      .uint8, .int8, .uint16, .int16, .int32, .int64, .uint32, .uint64,
    ]
    guard wholeNumbers.contains(engine.inputElementType) else { return }
    let dataset = measurement.dataset
    for index in 0..<min(20, dataset.count) {
      if try dataset.example(at: index).scalars.contains(where: { $0.magnitude > 1 }) { return }
    }
    throw UsageError(
      "The model \(engine.graph.path) takes whole numbers (\(engine.inputElementType)), but the "
        + "examples range up to 1; pixels up to 255 come with --pixel-max 255.")
  }

  /// Measures until the end, until it is precise enough, or until Ctrl-C.
  private func measure(_ measurement: DeviationMeasurement) throws -> (MeasurementResult, Double) {
    Interruption.watch()
    var progress = ProgressLine()
    defer { progress.clear() }
    let start = ContinuousClock.now
    var run = try measurement.start()
    var rule = sampling.precision.map { PrecisionRule(relativeHalfWidth: $0.fraction) }
    while try !Interruption.wasRequested && run.advance() {
      progress.show(run.progress)
      if rule?.isMet(by: run) == true { break }
    }
    let result = rule?.result(of: run) ?? run.result
    return (result, (ContinuousClock.now - start) / .seconds(1))
  }

  /// Sends the same batches through the model again, and nothing else.
  private func time(
    _ measurement: DeviationMeasurement, engine: OnnxModel, measuring: Double
  ) throws -> Timing {
    let before = engine.secondsInRuntime
    try measurement.forEachBatch { _ = try engine.outputs(for: $0) }
    return Timing(measureSeconds: measuring, forwardSeconds: engine.secondsInRuntime - before)
  }
}
