// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx
import GEEDStore

/// `geed measure`.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure the equivariance deviations of a model on data.",
    discussion: """
      Each example is transformed by every element of the group and sent through the model; one \
      forward pass serves all probes. Larger values always mean less equivariant or invariant.

        --channelwise    -1 is equivariant, 0 unrelated
        --latent         0 is invariant, 1 as far apart as different examples
        --latent-cosine  -1/M is invariant, -1 as dissimilar as different examples
        --softmax        0 is invariant; in nats, at most log |G| and log K for
                         K classes

      M is the mean distance, or cosine similarity, of different examples. Values have confidence \
      intervals over examples. '--precision 5%' stops the measurement as soon as all intervals are \
      that narrow; '--plan 5%' estimates in advance how many examples that takes.

      The first Ctrl-C stops the measurement and prints the results so far, with a note; the exit \
      code is 0, or 130 if no example is complete. SIGTERM and SIGHUP do the same with 143 and \
      129. A second signal ends the tool at once. A batch that still runs five seconds after the \
      first signal, as in a model with an endless loop, is abandoned. If the store or the contact \
      sheet cannot be written, the results are printed nevertheless, and the exit code is 74.

      Before the measurement, two batches test whether the model is deterministic and computes \
      each example independently of the others in its batch. Models that fail the test are \
      refused.

      With '--store' every batch is saved as soon as it is measured. If the run is stopped or \
      killed, the same command with '--resume' continues it, and the results have the same digits \
      as those of an uninterrupted run. '--shard' divides a run among several machines; 'geed \
      merge' combines the shards.

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
  @OptionGroup(title: "Storing") var storing: StoreOptions
  @OptionGroup(title: "Output") var details: DetailOptions

  func validate() throws {
    if storing.store != nil, sampling.plan != nil {
      throw ValidationError(
        "'--plan' measures a pilot only, which is not kept; leave '--store' out.")
    }
    guard storing.shard != nil else { return }
    if sampling.precision != nil {
      throw ValidationError(
        "'--precision' looks at all examples, and a shard has not; leave '--shard' out.")
    }
    if !controls.control.isEmpty {
      throw ValidationError(
        "'--control' needs the whole measurement; leave it or '--shard' out.")
    }
  }

  func run() throws {
    let graph = try OnnxGraph(contentsOf: model.model)
    let dataset = try dataOptions.open(source.data)
    try dataOptions.requireRoom(
      for: dataset, batch: sampling.batch, within: model.memory.limit)
    let transformations = try group.transformations(on: dataset.exampleShape, seed: sampling.seed)
    try details.requireSubgroups(of: transformations.transformations)
    let choices = try probes.choices(
      in: ProbeContext(
        graph: graph, transformations: transformations,
        layouts: try probes.needLayouts(of: graph)
          ? try graph.layouts(exampleShape: dataset.exampleShape, options: model.onnxOptions)
          : nil))
    let recipe = recipe(probes: choices.probes)
    let tensors = Array(Set(recipe.probes.map(\.tensor))).sorted()
    let engine = try OnnxModel(graph: graph, probing: tensors, options: model.onnxOptions)
    var measurement = try recipe.measurement(
      of: engine, on: dataset,
      scaleDataset: try sampling.openScaleData(dataOptions, besides: source.data, dataset))
    measurement.memoryLimit = model.memory.limit
    try engine.requireWholeNumbers(in: measurement)
    let files = try ModelFingerprint(graph)
    let recording = try beginRecording(&measurement, recipe: recipe, engine: engine, files: files)

    // Results are printed even if something else cannot be written.
    var failures: [any Error] = []
    let (result, seconds) = try measure(measurement, recording, failures: &failures)
    let isComplete = !Interruption.wasRequested && failures.isEmpty
    guard isComplete || result.results.contains(where: { $0.exampleCount > 0 }) else {
      throw Interruption.NothingMeasured()
    }
    if let precision = sampling.plan {
      let plan = PlanDocument(
        result, measurement: measurement, precision: precision.fraction, seconds: seconds)
      if details.json { try printJSON(plan) } else { plan.lines.forEach { print($0) } }
      return try Interruption.end()
    }
    let timing =
      details.timing && isComplete ? try time(measurement, engine: engine, measuring: seconds) : nil
    let findings = try ControlResults(controls, of: measurement, result: result) {
      try OnnxModel(
        untrainedTwinOf: graph, probing: tensors, options: model.onnxOptions,
        seed: controls.controlSeed)
    }
    let document = try MeasurementDocument(
      findings, model: engine, files: files, data: source.data, dataset: dataset,
      options: dataOptions, interpolation: group.interpolation, leftOut: choices.leftOut,
      notes: notes(on: dataset, measurement: measurement) + choices.notes, timing: timing)
    let isWhole = isComplete && !Interruption.wasRequested
    var caption: String?
    do {
      if isWhole { try recording?.finish(findings.result, document: try jsonText(document)) }
      caption = try details.drawWorst(
        of: document.results, measurement: measurement, preprocessing: dataOptions.preprocessing)
    } catch {
      failures.append(error)
    }
    if details.json {
      try printJSON(document)
    } else {
      MeasurementText(document, details, sheet: caption).lines.forEach { print($0) }
    }
    if let failure = failures.first { throw failure }
    if !isWhole { try Interruption.end() }
  }

  /// Returns notes on the data: of the deviations, and of the scale.
  private func notes(on dataset: any Dataset, measurement: DeviationMeasurement) -> [String] {
    func drawn(_ count: Int?, of dataset: any Dataset) -> [Int] {
      randomExamples(
        min(count ?? dataset.count, dataset.count), of: dataset.count, seed: measurement.seed)
    }
    let needsScale = measurement.probes.contains { $0.metric.scaleMeasure != nil }
    let (count, scaleCount) = (measurement.exampleCount, measurement.scaleExampleCount)
    guard needsScale else { return dataset.notes(on: drawn(count, of: dataset)) }
    if let scale = measurement.scaleDataset {
      return dataset.notes(on: drawn(count, of: dataset))
        + scale.notes(on: drawn(scaleCount, of: scale)).map { "for M: \($0)" }
    }
    // Both use the same seeded order, so the larger number includes the smaller.
    let both = count.flatMap { count in scaleCount.map { max(count, $0) } }
    return dataset.notes(on: drawn(both, of: dataset))
  }

  /// Returns the recipe of the measurement.
  private func recipe(probes: [ProbeChoice]) -> MeasurementRecipe {
    MeasurementRecipe(
      group: group.group.text, interpolation: group.interpolation, probes: probes,
      exampleCount: sampling.exampleCount, scaleExampleCount: sampling.scaleSamples.count,
      seed: sampling.seed, batch: sampling.batch, confidenceLevel: sampling.intervals.level,
      intervalMethod: sampling.intervals.interval.method, mask: controls.mask,
      measuresSubgroups: details.subgroups, precision: sampling.precision?.fraction)
  }

  /// Opens the store, if one is given, and sets the requested shard.
  private func beginRecording(
    _ measurement: inout DeviationMeasurement, recipe: MeasurementRecipe, engine: OnnxModel,
    files: ModelFingerprint
  ) throws -> MeasurementRecording? {
    guard let path = storing.store else { return nil }
    let settings = try RunSettings(
      recipe, of: engine, files: files, options: model, measurement: measurement, controls: controls
    )
    measurement.shard = try storing.resolvedShard()
    let description = try RunDescription(
      settings: settings, model: model.model, modelSHA256: files.sha256,
      data: source.data, group: measurement.inputAction.transformations.name, seed: recipe.seed,
      versions: ["geed": Geed.version, "onnxruntime": engine.libraryVersion],
      shard: measurement.shard)
    let store = try RunStore(creating: path)
    if storing.resume {
      try sayWhatIsResumed(description, settings: settings, of: measurement, in: store)
    }
    return try store.beginMeasurement(description, of: measurement, resuming: storing.resume)
  }

  /// Reports on standard error whether there is a run to resume.
  ///
  /// - Throws: An error that names an example, if there is a run on data that have changed since.
  private func sayWhatIsResumed(
    _ description: RunDescription, settings: RunSettings, of measurement: DeviationMeasurement,
    in store: RunStore
  ) throws {
    if let run = try store.latestRun(of: .measure, like: description) {
      return StoreOptions.say("Going on with run \(run.id) of \(store.path), begun \(run.created).")
    }
    let others = try store.runs(kind: .measure).filter { $0.shard == description.shard }
    for run in others.reversed() {
      try settings.requireSameExamples(as: run, in: store, measurement: measurement)
    }
    let isOld = others.contains { $0.status != .finished && !$0.hasChecksums }
    StoreOptions.say(
      "\(store.path) has no run of these settings; beginning one."
        + (isOld
          ? " What an earlier version has kept is without checksums, and is not gone on with." : "")
    )
  }

  /// Measures until the end, until the precision is reached, until a signal, or until the store
  /// fails, whose error is appended to `failures`; resumes from stored records, if there are any.
  private func measure(
    _ measurement: DeviationMeasurement, _ recording: MeasurementRecording?,
    failures: inout [any Error]
  ) throws -> (MeasurementResult, Double) {
    Interruption.watch()
    (measurement.model as? OnnxModel).map(EngineTimeout.watch)
    var progress = ProgressLine()
    defer { progress.clear() }
    let start = ContinuousClock.now
    let records = try recording?.records() ?? []
    var run = try measurement.start(resuming: records)
    if measurement.needsModel(resuming: records) { try requireIndependentExamples(of: measurement) }
    var rule = sampling.precision.map { PrecisionRule(relativeHalfWidth: $0.fraction) }
    var isDone = false
    while !isDone, !Interruption.wasRequested {
      var records: [MeasurementRecord] = []
      do {
        isDone = try !run.advance(addingRecordsTo: &records)
      } catch is OnnxError where Interruption.wasRequested {
        break
      }
      do {
        try recording?.append(records)
      } catch {
        failures.append(error)
        break
      }
      progress.show(run.progress)
      if !isDone, rule?.isMet(by: run) == true { isDone = true }
    }
    var result = if let rule { rule.result(of: run) } else { run.result }
    if let note = (measurement.model as? OnnxModel)?.batchNote {
      result = result.adding(note: note)
    }
    return (result, (ContinuousClock.now - start) / .seconds(1))
  }

  /// Throws, naming the responsible operators, if the model is random or mixes examples.
  private func requireIndependentExamples(of measurement: DeviationMeasurement) throws {
    do {
      try (measurement.model as? OnnxModel)?.graph.requireDeterminism(
        of: measurement.probes.map(\.tensor))
      try measurement.requireIndependentExamples()
    } catch is OnnxError where Interruption.wasRequested {
      throw Interruption.NothingMeasured()
    } catch let error as MeasurementError {
      let graph = (measurement.model as? OnnxModel)?.graph
      throw graph?.explanation(of: error) ?? error
    }
  }

  /// Times the bare forward passes over the same batches; `nil` after a signal.
  private func time(
    _ measurement: DeviationMeasurement, engine: OnnxModel, measuring: Double
  ) throws -> Timing? {
    let before = engine.secondsInRuntime
    do {
      try measurement.forEachBatch {
        if Interruption.wasRequested { throw Interruption.NothingMeasured() }
        _ = try engine.outputs(for: $0)
      }
    } catch is Interruption.NothingMeasured {
      return nil
    }
    return Timing(measureSeconds: measuring, forwardSeconds: engine.secondsInRuntime - before)
  }
}
