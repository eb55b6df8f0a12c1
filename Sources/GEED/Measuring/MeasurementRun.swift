// SPDX-License-Identifier: MIT

/// A measurement under way, batch by batch.
///
/// ``result`` may be asked for at any time: examples are drawn in random order, so what has been
/// measured so far is a smaller random sample.
public struct MeasurementRun {
  /// What is being measured.
  public let measurement: DeviationMeasurement

  private let plan: InputPlan
  private let passes: Prefetcher<ForwardPass>
  private var recorders: [ProbeRecorder]
  private var floors: InterpolationFloors
  private var completed = 0
  private var failure: (any Error)?

  init(_ measurement: DeviationMeasurement) throws {
    precondition(!measurement.probes.isEmpty, "Expected at least one probe.")
    precondition(measurement.dataset.count > 0, "Expected at least one example.")
    precondition(
      measurement.batchSize > 0, "Expected a positive batch size, but got \(measurement.batchSize)."
    )
    let action = try measurement.inputAction.prepared(for: measurement.dataset.exampleShape)
    let plan = InputPlan(measurement)
    self.measurement = measurement
    self.plan = plan
    self.recorders = try measurement.probes.map {
      try ProbeRecorder(
        $0, plan: plan, inputAction: measurement.inputAction,
        measuresSubgroups: measurement.measuresSubgroups, dataset: measurement.dataset)
    }
    self.floors = InterpolationFloors(plan: plan, inputAction: measurement.inputAction)
    // Three stages side by side: making inputs, the model, and what is made of its outputs.
    let inputs = Prefetcher(
      depth: 2, from: InputBatches(measurement, plan: plan, action: action)
    ) { try $0.makeNext() }
    self.passes = Prefetcher(depth: 1, from: inputs) { [model = measurement.model] inputs in
      try inputs.next().map { ForwardPass(inputs: $0, outputs: try model.outputs(for: $0)) }
    }
  }

  /// How far the run is.
  public var progress: MeasurementProgress {
    MeasurementProgress(completedInputs: completed, totalInputs: plan.count)
  }

  /// Sends one more batch through the model.
  ///
  /// - Returns: Whether there is more to do.
  /// - Throws: ``MeasurementError``, and what the model or the data set throw. A run that has failed
  ///   stays where it is and throws the same error again.
  public mutating func advance() throws -> Bool {
    if let failure { throw failure }
    do {
      return try measureNextBatch()
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func measureNextBatch() throws -> Bool {
    guard completed < plan.count, let pass = try passes.next() else { return false }
    let (batch, outputs) = (pass.inputs, pass.outputs)
    for tensor in Set(recorders.map(\.probe.tensor)).sorted() {
      guard let output = outputs[tensor] else {
        throw MeasurementError.missingTensor(tensor, available: Array(outputs.keys))
      }
      try check(output, named: tensor, rowCount: batch.rowCount)
    }
    for index in recorders.indices {
      guard let output = outputs[recorders[index].probe.tensor] else { continue }
      try recorders[index].record(output, from: completed)
    }
    try floors.record(
      inputs: batch, outputs: outputs, from: completed, for: measurement.probes)
    completed += batch.rowCount
    return completed < plan.count
  }

  /// How many examples of *E* have gone through the model with their whole orbits.
  public var completedExampleCount: Int { plan.completedExampleCount(afterInputs: completed) }

  /// What has been measured so far, one result for each probe.
  public var result: MeasurementResult {
    var result = result(intervals: measurement.intervals)
    if completed < plan.count {
      for index in result.results.indices {
        result.results[index].notes.append(
          "Stopped after \(completed) of \(plan.count) inputs: "
            + "\(result.results[index].exampleCount) of \(plan.examples.count) examples.")
      }
    }
    return result
  }

  /// What has been measured so far, with intervals of another kind and without saying how far that
  /// is.
  func result(intervals: IntervalRule) -> MeasurementResult {
    let transformations = measurement.inputAction.transformations
    var results = recorders.map { $0.result(intervals: intervals, dataset: measurement.dataset) }
    floors.complete(&results)
    return MeasurementResult(
      group: transformations.name, transformations: transformations.summary,
      quantity: transformations.quantity, seed: measurement.seed,
      confidenceLevel: measurement.confidenceLevel, results: results)
  }

  private func check(_ output: Tensor, named tensor: String, rowCount: Int) throws {
    guard output.shape.first == rowCount else {
      throw MeasurementError.rowCount(tensor: tensor, shape: output.shape, expected: rowCount)
    }
    guard let position = output.firstNonFinite else { return }
    let input = plan[completed + position / Tensor.count(of: output.rowShape)]
    let dataset = input.isFromScaleDataset ? measurement.scaleDataset : measurement.dataset
    throw MeasurementError.notFinite(
      tensor: tensor, value: output.scalars[position], example: input.example,
      dataset: dataset?.name ?? "the data set",
      element: measurement.inputAction.transformations.elementNames[input.element])
  }
}

/// A batch of inputs and what the model made of it.
private struct ForwardPass: Sendable {
  let inputs: Tensor
  let outputs: [String: Tensor]
}

/// How far a measurement is.
public struct MeasurementProgress: Sendable, Hashable {
  /// How many inputs have gone through the model.
  public let completedInputs: Int
  /// How many there are in all.
  public let totalInputs: Int
}

/// What a measurement has found.
public struct MeasurementResult: Sendable, Hashable, Encodable {
  /// The name of the group, or of other transformations.
  public let group: String
  /// What the mean runs over, in words, where the name of the group does not say it.
  public let transformations: String?
  /// What was measured.
  public let quantity: MeasuredQuantity
  /// The seed of the choice of examples.
  public let seed: UInt64
  /// The level of all intervals.
  public let confidenceLevel: Double
  /// One result for each probe, in order.
  public internal(set) var results: [ProbeResult]
}

extension Tensor {
  /// Where the first NaN or infinity stands, or `nil` if there is none.
  fileprivate var firstNonFinite: Int? {
    // x · 0 is 0 for every finite x and NaN for all others, so a sum finds them without branches.
    var lanes = SIMD16<Float>.zero
    scalars.withUnsafeBytes { bytes in
      let size = MemoryLayout<SIMD16<Float>>.size
      for offset in stride(from: 0, to: bytes.count - bytes.count % size, by: size) {
        lanes += bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self) * 0
      }
    }
    let tail = scalars.suffix(scalars.count % 16)
    guard !lanes.sum().isFinite || !tail.allSatisfy(\.isFinite) else { return nil }
    return scalars.firstIndex { !$0.isFinite }
  }
}
