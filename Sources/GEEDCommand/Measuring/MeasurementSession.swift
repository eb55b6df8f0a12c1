// SPDX-License-Identifier: MIT

import CGEEDMemory
import Foundation
import GEED
import GEEDData
import GEEDOnnx
import GEEDReport
import GEEDStore

/// A measurement of a model on data, ready to run.
struct MeasurementSession {
  let graph: OnnxGraph
  let engine: any SessionEngine
  /// The hashes by which the model is known again.
  let files: ModelFingerprint
  let options: MeasurementOptions
  let plan: MeasurementPlan
  /// The preprocessing of images for the only input; the default for several.
  let preprocessing: Preprocessing
  /// The preprocessing of images for each of several inputs.
  let preprocessingByInput: [String: Preprocessing]?
  /// The tensors that cannot be measured, and notes on the choice of probes.
  let choices: ProbeChoices
  var measurement: DeviationMeasurement
  /// The shapes of one example of the probed tensors, if they are known before the model runs.
  private let rowShapes: [String: [Int]]?

  /// Opens model and data, and chooses the probes; `complete` adds one command's options to the plan.
  init(
    _ options: MeasurementOptions, _ sampling: SamplingOptions,
    _ complete: (inout MeasurementPlan, TransformationSet) throws -> Void
  ) throws {
    geed_keep_freed_memory()
    let model = options.model
    let onnx = try model.onnxGraph(besides: options.computed)
    self.options = options
    let parts = try options.source.parts(
      of: onnx, constants: Set(model.input.map(\.name)))
    let data =
      if let parts, let onnx {
        try SessionData(of: parts, options, drawing: sampling.drawing, graph: onnx)
      } else {
        try SessionData(ofOnlyInputOf: onnx, options, drawing: sampling.drawing)
      }
    let dataset = data.dataset
    (preprocessing, preprocessingByInput) = (data.preprocessing, data.preprocessingByInput)
    try options.preparation.requireRoom(
      for: dataset, batch: sampling.batch ?? 1, within: model.memory.limit)
    let source = try model.open(
      onnx, options.computed, for: dataset, inputs: data.inputs, seed: sampling.drawing.seed)
    graph = source.graph
    var plan = MeasurementPlan(group: options.group.group, probes: [])
    plan.inputs = data.inputs
    plan.interpolation = data.interpolation
    plan.scaleExampleCount = sampling.drawing.scaleSamples.count
    plan.seed = sampling.drawing.seed
    plan.batchSize = sampling.batch ?? DeviationMeasurement.usualBatchSize
    plan.confidenceLevel = sampling.intervals.level
    plan.intervalMethod = sampling.intervals.interval.method
    let transformations = try plan.transformations(on: dataset.exampleShape)
    let gridNote =
      data.axisCount == 4 || data.inputs != nil
      ? nil : try transformations.requireImages(of: dataset)
    try complete(&plan, transformations.transformations)
    let layouts =
      try options.probes.needLayouts(of: graph)
      ? try source.layouts(exampleShape: dataset.exampleShape) : nil
    var choices = try options.probes.choices(
      in: ProbeContext(
        graph: graph,
        transformations: (transformations as? JoinedAction)?.base ?? transformations,
        layouts: layouts))
    choices.reasons += data.reasons + [gridNote].compactMap(\.self)
    plan.probes = choices.probes
    engine = try source.engine(probing: plan.tensors)
    choices.reasons += try plan.leaveOutUnreadable(choices.chosen, of: engine, on: dataset)
    if sampling.simultaneous {
      choices.reasons.append(plan.makeSimultaneous())
    }
    for control in plan.controls { try engine.requirePossible(control) }
    if plan.controls.contains(.noise), data.inputs != nil {
      throw UsageError(
        "'--control noise' is for models with one input: noise would also fall on inputs that the "
          + "group does not move.")
    }
    measurement = try plan.measurement(
      of: engine, on: dataset, scaleDataset: data.scaleDataset)
    measurement.memoryLimit = model.memory.limit
    measurement.weightByteCount = engine.weightByteCount
    rowShapes = measurement.rowShapes(graph, layouts)
    if sampling.batch == nil, let rowShapes, let reason = measurement.reduceBatch(rowShapes) {
      plan.batchSize = measurement.batchSize
      choices.reasons.append(reason)
    }
    self.choices = choices
    self.plan = plan
    try engine.requireSuitable(measurement)
    files = try engine.fingerprint
  }

  var versions: [String: String] {
    ["geed": Geed.version].merging(engine.versions) { own, _ in own }
  }

  /// Notes on the data: of the deviations, and of the scale.
  var dataNotes: [String] { measurement.dataNotes }
}

extension MeasurementPlan {
  /// Raises the level of the intervals so that they hold for all probes at once with the present one,
  /// by Bonferroni's inequality; returns a sentence about it.
  fileprivate mutating func makeSimultaneous() -> String {
    let level = confidenceLevel
    confidenceLevel = 1 - (1 - level) / Double(max(probes.count, 1))
    return
      "The intervals of all \(probes.count) probes hold at once with \(level.percentText): each has "
      + "\(confidenceLevel.percentText)."
  }
}

extension DeviationMeasurement {
  /// Reduces the number of inputs in a batch if the memory does not suffice; returns a sentence about it.
  fileprivate mutating func reduceBatch(_ rowShapes: [String: [Int]]) -> String? {
    let usual = batchSize
    guard reduceBatch(toFit: rowShapes), let memoryLimit else { return nil }
    return
      "Batches have \(batchSize) inputs instead of \(usual), so that the measurement takes no more than "
      + "the \(byteText(memoryLimit)) that are allowed (--memory)."
  }

  /// The shapes of one example of the tensors that are probed, as the graph states them, or as a run on
  /// zeros showed; `nil` if they are not known.
  fileprivate func rowShapes(_ graph: OnnxGraph, _ layouts: OnnxLayouts?) -> [String: [Int]]? {
    var shapes: [String: [Int]] = [:]
    for name in probes.map(\.tensor) {
      let stated = graph.tensor(named: name)?.shape?.dropFirst().map(\.length).known
      guard let shape = layouts?.shapes[name].map({ Array($0.dropFirst()) }) ?? stated,
        shape.allSatisfy({ $0 >= 0 })
      else { return nil }
      shapes[name] = shape
    }
    return shapes
  }
}

extension [Int?] {
  /// The numbers, or `nil` if one is not known.
  fileprivate var known: [Int]? {
    let numbers = compactMap(\.self)
    return numbers.count == count ? numbers : nil
  }
}

extension TransformationAction {
  /// Returns a sentence on which axes of examples without channels are taken as a grid, if the group acts
  /// on grids.
  ///
  /// - Throws: ``UsageError`` that names groups for other data if the group acts on images, and the
  ///   examples are none.
  fileprivate func requireImages(of dataset: any Dataset) throws -> String? {
    let shape = dataset.exampleShape
    guard shape.count < 3, gridAction != nil else { return nil }
    do {
      try requireDefined(on: shape)
    } catch {
      throw UsageError(
        "\(error) Groups for data that are not images are sign, shift:8@-1, S5@1, SO3@-1:32 and the like."
      )
    }
    return
      "Examples of shape \(shape.shapeText) have no channels; \(transformations.name) takes their axes "
      + "as rows and columns."
  }
}

/// The outcome of a measurement that may have been stopped.
struct MeasuredSession {
  let result: MeasurementResult
  let seconds: Double
  /// Whether all inputs went through the model, and everything was stored.
  let isComplete: Bool
  /// The differences from float32 on the CPU; `nil` if there is nothing to compare.
  let arithmetic: ArithmeticComparison?
  /// The failures to write something else than the results, which are printed nevertheless.
  private(set) var failures: [any Error]

  /// Runs `body`, and keeps the error that it throws.
  mutating func collectingFailure(_ body: () throws -> Void) {
    do { try body() } catch { failures.append(error) }
  }
}

extension DeviationMeasurement {
  /// Whether a probe divides by M.
  var needsScale: Bool { probes.contains { $0.metric.scaleMeasure != nil } }

  /// Notes on the data: of the deviations, and of the scale.
  var dataNotes: [String] {
    func notes(_ count: Int?, _ dataset: any Dataset) -> [String] {
      dataset.notes(
        on: randomExamples(
          min(count ?? dataset.count, dataset.count), of: dataset.count, seed: seed))
    }
    let (count, scaleCount) = (exampleCount, scaleExampleCount)
    guard needsScale else { return notes(count, dataset) }
    if let scale = scaleDataset {
      return notes(count, dataset) + notes(scaleCount, scale).map { "for M: \($0)" }
    }
    // Both use the same seeded order, so the larger number includes the smaller.
    let both = count.flatMap { count in scaleCount.map { max(count, $0) } }
    return notes(both, dataset)
  }
}

extension MeasurementSession {
  /// Measures until the plan's precision is reached, until a signal, or until the store fails.
  ///
  /// - Parameter comparesArithmetic: Whether the first examples are compared with float32 on the CPU.
  func measured(
    _ recording: MeasurementRecording? = nil, comparesArithmetic: Bool = false
  ) throws -> MeasuredSession {
    Interruption.watch()
    engine.stopAfterSignal()
    let progress = ProgressLine()
    defer { progress.clear() }
    let start = ContinuousClock.now
    let records = try recording?.records() ?? []
    if let rowShapes, measurement.needsModel(resuming: records) {
      try measurement.requireMemory(rowShapes: rowShapes)
    }
    var run = try measurement.start(resuming: records)
    var isRandom = plan.draws != nil
    if engine.canBeTested, measurement.needsModel(resuming: records) {
      isRandom = try requireIndependentExamples(&run)
    }
    let arithmetic = comparesArithmetic ? try arithmeticComparison(progress: progress) : nil
    progress.show(run.progress)
    var rule = plan.precision.map { PrecisionRule(relativeHalfWidth: $0) }
    var failures: [any Error] = []
    var isDone = false
    while !isDone, !Interruption.wasRequested {
      var records: [MeasurementRecord] = []
      do {
        isDone = try !run.advance(addingRecordsTo: &records)
      } catch  where Interruption.explains(error) {
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
    if let note = engine.batchNote { result = result.adding(note: .text(note)) }
    if let draws = plan.draws {
      let mixing = isRandom ? graph.mixingOperators(before: plan.tensors) : []
      if !mixing.isEmpty {
        result = result.adding(
          note: .text(
            "The graph has operators that can make examples of a batch affect each other: "
              + mixing.prefix(3).joined(separator: ", ") + (mixing.count > 3 ? " and others." : ".")
          ))
      }
      result = result.adding(
        note: isRandom
          ? .randomModel(draws: draws)
          : .text(
            "Two runs of the same inputs gave equal outputs, so the model is not random, and the mean "
              + "of \(draws) runs is that of one."))
    }
    let isComplete = !Interruption.wasRequested && failures.isEmpty
    guard isComplete || result.results.contains(where: { $0.exampleCount > 0 }) else {
      throw Interruption.Stop.nothingMeasured
    }
    return MeasuredSession(
      result: result, seconds: (ContinuousClock.now - start) / .seconds(1),
      isComplete: isComplete, arithmetic: arithmetic, failures: failures)
  }

  /// Throws, naming the responsible operators, if the model is random or mixes examples.
  ///
  /// - Returns: Whether the model is random, as is allowed if the means of several runs are measured.
  private func requireIndependentExamples(_ run: inout MeasurementRun) throws -> Bool {
    do {
      if plan.draws != nil { return try measurement.requireIndependentDraws() }
      try graph.requireDeterminism(of: measurement.probes.map(\.tensor))
      try run.requireIndependentExamples()
      return false
    } catch  where Interruption.explains(error) {
      throw Interruption.Stop.nothingMeasured
    } catch let error as MeasurementError {
      throw graph.explanation(of: error) ?? error
    }
  }

  /// Times the bare forward passes over the same batches; `nil` after a signal.
  func timing(of measured: MeasuredSession) throws -> Timing? {
    let before = engine.secondsOfComputing
    do {
      // As in a measurement, a batch begins before the previous one is complete.
      var waiting: PendingOutputs?
      try measurement.forEachBatch {
        if Interruption.wasRequested { throw Interruption.Stop.nothingMeasured }
        let begun = try engine.pendingOutputs(for: $0)
        _ = try waiting?()
        waiting = begun
      }
      _ = try waiting?()
    } catch is Interruption.Stop {
      return nil
    }
    return Timing(
      measureSeconds: measured.seconds, forwardSeconds: engine.secondsOfComputing - before)
  }
}

/// The time that the current batch has after a signal.
private let secondsAfterSignal: UInt32 = 5

extension SessionEngine {
  /// Stops the engine a few seconds after a signal: a loop in a model may never end.
  fileprivate func stopAfterSignal() {
    Thread.detachNewThread {
      while !Interruption.wasRequested { usleep(200_000) }
      sleep(secondsAfterSignal)
      self.stop()
    }
  }
}
