// SPDX-License-Identifier: MIT

/// A measurement in progress, batch by batch.
///
/// ``result`` is available at any time: examples are drawn in random order, so the part that has
/// been measured is a smaller random sample. A run cannot be copied, because the model's outputs
/// are consumed once. After it is destroyed, no call of the model is in progress.
public struct MeasurementRun: ~Copyable {
  /// The measurement.
  package let measurement: DeviationMeasurement
  private let plan: InputPlan
  private let passes: Prefetcher<ForwardPass>
  /// The first batch, if it went through the model for ``requireIndependentExamples()``.
  private var firstPass: ForwardPass?
  /// The records of an earlier run that have not been used yet, the next one last.
  private var known: [MeasurementRecord]
  /// The first input that goes through the model, at the beginning of a batch.
  private let firstComputed: Int
  private var assembler: OrbitAssembler
  private var recorders: [ProbeRecorder]
  private var floors: InterpolationFloors
  private var rowShapes: [String: [Int]] = [:]
  private var completed = 0
  private var absorbedUnits = 0
  /// The hashes of the examples of *E*, and of those of *M*.
  private var hashes = (examples: SHA256(), scale: SHA256())
  private var failure: (any Error)?

  init(
    _ measurement: DeviationMeasurement, resuming records: [MeasurementRecord],
    checkingExamples: Bool
  ) throws {
    precondition(!measurement.probes.isEmpty, "Expected at least one probe.")
    precondition(measurement.dataset.count > 0, "Expected at least one example.")
    precondition(
      measurement.batchSize > 0, "Expected a positive batch size, but got \(measurement.batchSize)."
    )
    let action = try measurement.inputAction.prepared(for: measurement.dataset.exampleShape)
    let plan = InputPlan(measurement)
    try plan.requireFirstRecords(records, probeCount: measurement.probes.count)
    if checkingExamples { try plan.requireSameExamples(records, in: measurement) }
    self.init(
      measurement, plan: plan, action: action, resuming: records,
      recorders: try measurement.probes.map { try ProbeRecorder($0, of: measurement) })
  }

  private init(
    _ measurement: DeviationMeasurement, plan: InputPlan, action: PreparedAction,
    resuming records: [MeasurementRecord], recorders: [ProbeRecorder]
  ) {
    self.measurement = measurement
    self.plan = plan
    self.known = records.reversed()
    self.recorders = recorders
    self.floors = InterpolationFloors(of: measurement)
    self.assembler = OrbitAssembler(
      plan: plan, tensors: Set(measurement.probes.map(\.tensor)), firstUnit: records.count)
    // A batch is made completely even if some of its outputs are known: the batches are then those
    // of an uninterrupted run, in case outputs depend on the other rows of a batch in their last
    // digits.
    let firstMissing = plan.inputs(ofUnit: records.count).lowerBound
    let firstComputed =
      records.count == plan.unitCount
      ? plan.count : firstMissing / measurement.batchSize * measurement.batchSize
    self.firstComputed = firstComputed
    // Concurrent stages: making inputs, handing them to the model, waiting for its outputs, and
    // processing these.
    let inputs = Prefetcher(
      depth: 2,
      from: InputBatches(measurement, plan: plan, action: action, from: firstComputed)
    ) { try $0.makeNext() }
    let begun = Prefetcher(depth: 1, from: inputs) { [model = measurement.model] inputs in
      try inputs.next().map { (pass: $0, outputs: try model.pendingOutputs(for: $0.inputs)) }
    }
    self.passes = Prefetcher(depth: 1, from: begun) { begun in
      try begun.next().map { pass, outputs in
        ForwardPass(inputs: pass.inputs, outputs: try outputs(), sources: pass.sources)
      }
    }
  }

  /// The progress of the run.
  public var progress: MeasurementProgress {
    MeasurementProgress(completedInputs: completed, totalInputs: plan.count)
  }

  /// Sends one more batch through the model, unless there are records of all units that end in it.
  ///
  /// - Returns: Whether inputs remain.
  /// - Throws: ``MeasurementError``, and errors of the model or the data set. A run that has failed
  ///   does not continue and throws the same error again.
  public mutating func advance() throws -> Bool {
    var records: [MeasurementRecord] = []
    return try advance(addingRecordsTo: &records)
  }

  /// Sends one more batch through the model and appends the records of the examples that it
  /// completes.
  ///
  /// - Returns: Whether inputs remain.
  /// - Throws: As ``advance()``.
  public mutating func advance(
    addingRecordsTo records: inout [MeasurementRecord]
  ) throws -> Bool {
    if let failure { throw failure }
    do {
      return try measureNextBatch(addingRecordsTo: &records)
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func measureNextBatch(
    addingRecordsTo records: inout [MeasurementRecord]
  ) throws -> Bool {
    let end = min(completed + measurement.batchSize, plan.count)
    while let record = known.last, plan.inputs(ofUnit: absorbedUnits).upperBound <= end {
      known.removeLast()
      try absorb(record)
    }
    if completed >= firstComputed {
      guard completed < end, let pass = try firstPass.take() ?? passes.next() else { return false }
      try check(pass)
      for outputs in assembler.add(pass, at: completed) {
        let record = try record(of: outputs)
        try absorb(record)
        records.append(record)
      }
    }
    completed = end
    return completed < plan.count
  }

  /// Throws unless the model meets the requirements of ``MeasurableModel``, as
  /// ``DeviationMeasurement/requireIndependentExamples()`` does, before the first batch.
  ///
  /// The first batch of the run takes the place of one of the two that are compared, if it has at least
  /// 8 inputs: the other one has its odd rows, and in its even rows other inputs, a blank one and,
  /// from row 4 on in steps of 4, the first input of the run. The first two inputs also go through it
  /// alone.
  ///
  /// - Throws: As that function. The run does not continue afterwards.
  package mutating func requireIndependentExamples() throws {
    precondition(completed == 0 && firstPass == nil, "Expected a run without progress.")
    let count = min(measurement.batchSize, plan.count - firstComputed)
    guard count >= 8 else { return try measurement.requireIndependentExamples() }
    do {
      let pass: ForwardPass?
      do {
        pass = try passes.next()
      } catch {
        // One example alone shows how much memory a batch takes, and what else is wrong.
        try measurement.requireIndependentExamples()
        throw error
      }
      guard let pass else { return }
      firstPass = pass
      let input = plan[firstComputed]
      try measurement.requireIndependentExamples(
        in: pass, first: (input.example, input.element, input.isFromScaleDataset))
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func record(of outputs: OrbitOutputs) throws -> MeasurementRecord {
    let unit = plan.unit(outputs.number)
    guard let source = outputs.pass.sources[outputs.number] else {
      preconditionFailure("Expected the example of unit \(outputs.number) in its last batch.")
    }
    var record = MeasurementRecord(
      position: unit.position, example: unit.example, isOrbit: unit.orbit != nil, source: source,
      probes: [])
    for index in recorders.indices {
      let output = try outputs.pass.outputs.output(recorders[index].probe.tensor)
      record.probes.append(
        try recorders[index].record(output, firstRow: outputs.firstRow, of: unit))
    }
    try prepareFloors(for: record)
    let inputs = outputs.pass.inputs
    let rows = outputs.firstRow..<outputs.firstRow + plan.inputs(ofUnit: outputs.number).count
    record.floors = floors.records(of: unit) {
      Tensor(
        shape: [rows.count] + inputs.rowShape, scalars: Array(inputs.scalars(ofRows: rows)))
    }
    return record
  }

  private mutating func absorb(_ record: MeasurementRecord) throws {
    let unit = plan.unit(absorbedUnits)
    for index in recorders.indices { try recorders[index].absorb(record.probes[index], of: unit) }
    try prepareFloors(for: record)
    try floors.absorb(record.floors, of: unit)
    if unit.orbit != nil { hashes.examples.add(record.source.sha256) }
    if unit.entersScale { hashes.scale.add(record.source.sha256) }
    absorbedUnits += 1
  }

  private mutating func prepareFloors(for record: MeasurementRecord) throws {
    try floors.prepare(
      for: zip(measurement.probes, record.probes).map { ($0, $1.rowShape) })
  }

  /// The number of examples of *E* whose whole orbits have gone through the model.
  package var completedExampleCount: Int { plan.completedExampleCount(afterInputs: completed) }

  /// The result so far, with one entry for each probe.
  public var result: MeasurementResult {
    let (completed, plan) = (completed, plan)
    return result(intervals: measurement.intervals).changingResults { _, result in
      if completed < plan.count {
        result.notes.append(
          .stopped(
            inputs: completed, of: plan.count, examples: result.exampleCount,
            ofExamples: plan.orbits.count))
      }
      if !plan.shard.isWhole {
        result.notes.append(
          .shard(plan.shard, examples: plan.orbits.count, of: plan.examples.count))
      }
    }
  }

  /// Returns the result so far by another rule, without a note on the progress.
  func result(intervals: IntervalRule) -> MeasurementResult {
    let transformations = measurement.inputAction.transformations
    var results = recorders.map { $0.result(intervals: intervals) }
    floors.complete(&results)
    return MeasurementResult(
      group: transformations.name, transformations: transformations.summary,
      quantity: transformations.quantity, seed: measurement.seed,
      confidenceLevel: measurement.confidenceLevel,
      examples: MeasuredExamples(
        sha256: hashes.examples.finish().hexadecimal,
        scaleSHA256: hashes.scale.finish().hexadecimal),
      results: results)
  }

  /// Throws unless every tensor that is probed is present, finite and of the same shape as before.
  private mutating func check(_ pass: ForwardPass) throws {
    for tensor in Set(recorders.map(\.probe.tensor)).sorted() {
      let output = try pass.outputs.output(tensor)
      try check(output, named: tensor, rowCount: pass.inputs.rowCount)
      if let shape = rowShapes[tensor], shape != output.rowShape {
        throw MeasurementError.shapeChanged(tensor: tensor, from: shape, to: output.rowShape)
      }
      rowShapes[tensor] = output.rowShape
    }
  }

  private func check(_ output: Tensor, named tensor: String, rowCount: Int) throws {
    guard output.shape.first == rowCount else {
      throw MeasurementError.rowCount(tensor: tensor, shape: output.shape, expected: rowCount)
    }
    let readings = recorders.map(\.probe).filter { $0.tensor == tensor }
    let allowsMinusInfinity = readings.allSatisfy {
      $0.readsDistributions && $0.scores.allowsMinusInfinity
    }
    guard let position = output.firstUndefined(allowingMinusInfinity: allowsMinusInfinity) else {
      return
    }
    let input = plan[completed + position / Tensor.count(of: output.rowShape)]
    throw MeasurementError.notFinite(
      tensor: tensor, value: output.scalars[position], example: input.example,
      dataset: measurement.dataset(ofOrbits: !input.isFromScaleDataset).name,
      element: measurement.inputAction.transformations.elementNames[input.element])
  }
}

extension InputPlan {
  /// Throws an error unless these are the records of the first units, in order.
  fileprivate func requireFirstRecords(
    _ records: [MeasurementRecord], probeCount: Int
  ) throws {
    for (number, record) in records.enumerated() {
      func require(_ what: String, _ found: Int, _ expected: Int) throws {
        guard found != expected else { return }
        throw MeasurementError.foreignRecord(
          position: record.position, reason: "\(what) is \(found), but expected \(expected)")
      }
      try require("the number of records", records.count, min(records.count, unitCount))
      let unit = unit(number)
      guard record.position <= unit.position else {
        throw MeasurementError.foreignRecord(
          position: record.position, reason: "record \(unit.position) before it is missing")
      }
      try require("its position", record.position, unit.position)
      try require("its example", record.example, unit.example)
      try require("its part in E", record.isOrbit ? 1 : 0, unit.orbit == nil ? 0 : 1)
      try require("the number of its probes", record.probes.count, probeCount)
    }
  }
}

extension Tensor {
  /// Returns the position of the first NaN or infinity that is not allowed.
  func firstUndefined(allowingMinusInfinity: Bool) -> Int? {
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
    return scalars.firstIndex { !$0.isFinite && !(allowingMinusInfinity && $0 == -.infinity) }
  }
}
