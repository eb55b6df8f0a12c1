// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

/// `geed measure`.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the equivariance deviations of a model on data.",
    discussion: """
      Each example is moved by every element of the group and sent through the model; one forward \
      pass serves all probes. Larger values always mean less equivariant or invariant.

        --channelwise  -1 is equivariant, 0 unrelated
        --latent       0 is invariant, about 1 is as far as different examples are apart
        --softmax      0 is invariant, at most log |G| and log of the number of classes (nats)

      Values come with 95 % confidence intervals over examples. With Ctrl-C the tool stops and \
      prints what it has measured so far. With '--precision 5%' it stops by itself when all \
      intervals are that narrow; '--plan 5%' says beforehand how many examples that will take.

      Example:

        geed measure resnet.onnx --data pictures/ --preset imagenet --group C8 \\
          --channelwise '/layer*/Relu*' --latent features --softmax logits
      """)

  @OptionGroup(title: "Model") var model: ModelOptions

  @Option(
    help: """
      What to measure on: a .npy file [N, C, H, W], a folder in MNIST's layout, a folder of \
      pictures, or 'glyphs', the embedded data set.
      """)
  var data: String

  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Group") var group: GroupOptions
  @OptionGroup(title: "Probes") var probes: ProbeOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Controls") var controls: ControlOptions

  @Flag(help: "Print JSON, with the values of every element and example.")
  var json = false

  @Flag(help: "Also print the values of every element of the group.")
  var elements = false

  @Flag(help: "Repeat the bare forward passes and print the time of both.")
  var timing = false

  func run() throws {
    let graph = try OnnxGraph(contentsOf: model.model)
    let probes = try probes.probes(of: graph, under: group.action)
    let dataset = try dataOptions.open(data)
    let tensors = Array(Set(probes.map(\.tensor))).sorted()
    let engine = try OnnxModel(graph: graph, probing: tensors, options: model.onnxOptions)
    var measurement = DeviationMeasurement(
      of: engine, on: dataset, under: group.action, probes: probes)
    try sampling.apply(to: &measurement, dataOptions)
    measurement = try controls.masked(measurement)

    let (result, seconds) = try measure(measurement)
    if let precision = sampling.plan {
      let plan = PlanDocument(
        result, measurement: measurement, precision: precision.fraction, seconds: seconds)
      return json ? try printJSON(plan) : plan.lines.forEach { print($0) }
    }
    let timing = timing ? try time(measurement, engine: engine, measuring: seconds) : nil
    let findings = try Controls(controls, of: measurement, result: result) {
      try OnnxModel(
        untrainedTwinOf: graph, probing: tensors, options: model.onnxOptions,
        seed: controls.controlSeed)
    }
    let document = try MeasurementDocument(
      findings, model: engine, data: data, dataset: dataset,
      preprocessing: dataOptions.preprocessing, timing: timing)
    if json {
      try printJSON(document)
    } else {
      MeasurementText(document, showsElements: elements).lines.forEach { print($0) }
    }
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
