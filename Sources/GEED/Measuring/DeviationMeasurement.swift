// SPDX-License-Identifier: MIT

/// What is to be measured: a model, data, a group that acts on them, and probes.
///
///     let measurement = DeviationMeasurement(
///       of: model, on: images, under: ImageAction.rotations(8),
///       probes: [.latent("features"), .softmax("logits")])
///     var run = try measurement.start()
///     while try run.advance() { print(run.progress) }
///     print(run.result.results)
///
/// or, in one go, `try measurement.run()`. All probes share one forward pass for each input.
public struct DeviationMeasurement: Sendable {
  /// The model, *f* with all its layers.
  public var model: any MeasurableModel

  /// The examples that are turned through their orbits.
  public var dataset: any Dataset

  /// How the group acts on the model's inputs, or what else happens to them.
  public var inputAction: any TransformationFamily

  /// What is measured.
  public var probes: [Probe]

  /// How many examples enter *E*; `nil` for all. More than there are counts as all.
  public var exampleCount: Int? = 50

  /// How many examples enter *M*; `nil` for all. More than there are counts as all.
  public var scaleExampleCount: Int? = 200

  /// The examples of *M*, where they are not those of ``dataset``.
  public var scaleDataset: (any Dataset)?

  /// Where the choice of examples starts.
  public var seed: UInt64 = 0

  /// How many inputs go through the model at a time.
  public var batchSize = 16

  /// The level of confidence intervals.
  public var confidenceLevel = 0.95

  /// How confidence intervals are made.
  public var intervalMethod = IntervalMethod.auto

  /// Whether the examples of *M* go through the model before those of *E*.
  ///
  /// For runs that may stop early (``PrecisionRule``): what is measured then has all of *M*. Costs
  /// one more forward pass for each example that enters both.
  public var measuresScaleFirst = false

  /// Whether every subgroup of the group is measured from the same orbits.
  public var measuresSubgroups = false

  /// The bytes that the measurement may keep at a time, `nil` for no limit;
  /// ``requireIndependentExamples()`` compares them with what it will need.
  public var memoryLimit: Int?

  /// Which part of the examples goes through the model. Controls and defects are of all.
  public var shard = Shard.whole

  /// Creates a measurement with the paper's numbers of examples: 50 for *E*, 200 for *M*.
  public init(
    of model: any MeasurableModel, on dataset: any Dataset,
    under inputAction: any TransformationFamily,
    probes: [Probe]
  ) {
    self.model = model
    self.dataset = dataset
    self.inputAction = inputAction
    self.probes = probes
  }

  /// How this measurement makes its intervals.
  public var intervals: IntervalRule {
    IntervalRule(intervalMethod, level: confidenceLevel, seed: seed)
  }

  /// Prepares the action and starts to read examples ahead.
  ///
  /// This does not check the model; ``run(checksIndependence:)`` does, by
  /// ``requireIndependentExamples()``.
  ///
  ///     var records = try stored()
  ///     var run = try measurement.start(resuming: records)
  ///     while try run.advance(addingRecordsTo: &records) {}
  ///
  /// - Parameter records: What an earlier run of the same measurement has left: the records of its
  ///   first examples, in order. These do not go through the model again, nor is it asked for
  ///   anything where there are records of all.
  /// - Parameter checkingExamples: Whether the examples that have records are read, to see that they
  ///   are what they were when they were measured; `false` where they are not there.
  /// - Throws: ``ActionError`` if the group cannot act on the examples;
  ///   ``MeasurementError/noGroup(tensor:family:)`` if a probe needs a group and there is none;
  ///   ``MeasurementError/foreignRecord(position:reason:)`` for records that are not the first ones of
  ///   this measurement; ``MeasurementError/changedExample(dataset:example:name:difference:)`` for an
  ///   example that has changed since it was measured.
  /// - Precondition: There are at least one probe, one example and a positive batch size.
  /// - Complexity: Reads and hashes one example for each record, on all cores.
  public func start(
    resuming records: [MeasurementRecord] = [], checkingExamples: Bool = true
  ) throws -> MeasurementRun {
    try MeasurementRun(self, resuming: records, checkingExamples: checkingExamples)
  }

  /// How many records the whole of this measurement, or of its shard, has.
  package var recordCount: Int { InputPlan(self).unitCount }

  /// Measures everything.
  ///
  /// - Parameter checksIndependence: Whether ``requireIndependentExamples()`` is asked first.
  /// - Throws: ``MeasurementError``, ``ActionError``, and what the model or the data set throw.
  public func run(checksIndependence: Bool = true) throws -> MeasurementResult {
    var run = try start()
    if checksIndependence { try requireIndependentExamples() }
    while try run.advance() {}
    return run.result
  }

  /// Calls `body` with every batch of inputs that ``run(checksIndependence:)`` sends through the model, in order.
  ///
  /// For what is not a measurement: timing the bare forward passes, or looking at the inputs.
  ///
  /// - Throws: ``ActionError`` and ``MeasurementError`` as ``run(checksIndependence:)``, and what the data set or
  ///   `body` throw.
  public func forEachBatch(_ body: (Tensor) throws -> Void) throws {
    let action = try inputAction.prepared(for: dataset.exampleShape)
    var batches = InputBatches(self, plan: InputPlan(self), action: action, from: 0)
    while let batch = try batches.makeNext() { try body(batch.inputs) }
  }
}
