// SPDX-License-Identifier: MIT

/// The definition of a measurement: a model, data, a group that acts on them, and probes.
///
///     let measurement = DeviationMeasurement(
///       of: model, on: images, under: ImageAction.rotations(8),
///       probes: [.latent("features"), .softmax("logits")])
///     var run = try measurement.start()
///     while try run.advance() { print(run.progress) }
///     print(run.result.results)
///
/// or, in one call, `try measurement.run()`. All probes share one forward pass for each input.
public struct DeviationMeasurement: Sendable {
  /// The model, *f*, with all its layers.
  public var model: any MeasurableModel

  /// The examples that are moved through their orbits.
  public var dataset: any Dataset

  /// The action of the group, or of other transformations, on the model's inputs.
  public var inputAction: any TransformationAction

  /// The metrics and tensors that are measured.
  public var probes: [Probe]

  /// The number of examples that enter *E*, at most; `nil` for all.
  public var exampleCount: Int? = 50

  /// The number of examples that enter *M*, at most; `nil` for all.
  public var scaleExampleCount: Int? = 200

  /// The data set of the examples of *M*, if it is not ``dataset``.
  public var scaleDataset: (any Dataset)?

  /// The seed of the choice of examples.
  public var seed: UInt64 = 0

  /// The number of inputs in a batch.
  public var batchSize = usualBatchSize

  /// The level of confidence intervals.
  public var confidenceLevel = 0.95

  /// The method of confidence intervals.
  public var intervalMethod = IntervalMethod.auto

  /// Whether the examples of *M* go through the model before those of *E*.
  ///
  /// For runs that may stop early (``PrecisionRule``): at any time their results have all of *M*.
  /// The cost is one more forward pass for each example that enters both.
  public var measuresScaleFirst = false

  /// Whether every subgroup of the group is measured from the same orbits.
  public var measuresSubgroups = false

  /// The number of bytes that the measurement may keep at a time; `nil` for no limit.
  /// ``requireIndependentExamples()`` compares it with an estimate of the need.
  public var memoryLimit: Int?

  /// The number of bytes of the model's weights, which are part of the estimate.
  package var weightByteCount = 0

  /// The mask of the images, if there is one; ``masked(by:)`` sets it.
  public internal(set) var mask: ImageMask?

  /// The part of the examples that goes through the model. Controls and defects use all examples.
  public var shard = Shard.whole

  /// Creates a measurement with the paper's numbers of examples: 50 for *E*, 200 for *M*.
  public init(
    of model: any MeasurableModel, on dataset: any Dataset,
    under inputAction: any TransformationAction,
    probes: [Probe]
  ) {
    self.model = model
    self.dataset = dataset
    self.inputAction = inputAction
    self.probes = probes
  }

  /// The rule for the intervals of this measurement.
  package var intervals: IntervalRule {
    IntervalRule(intervalMethod, level: confidenceLevel, seed: seed)
  }

  /// Prepares the action and starts to read examples in advance, without a check of the model
  /// (``requireIndependentExamples()``).
  ///
  ///     var records = try stored()
  ///     var run = try measurement.start(resuming: records)
  ///     while try run.advance(addingRecordsTo: &records) {}
  ///
  /// - Parameter records: The records of the first examples of the same measurement, in order, from an
  ///   earlier run. These examples do not go through the model again.
  /// - Parameter checkingExamples: Whether the examples that have records are read, to verify that
  ///   they have not changed since they were measured.
  /// - Throws: ``ActionError`` if the group cannot act on the examples, and ``MeasurementError`` if a
  ///   probe needs a group and there is none, for records that are not the first ones of this
  ///   measurement, and for an example that has changed since it was measured.
  /// - Precondition: There are at least one probe, one example and a positive batch size.
  /// - Complexity: Reads and hashes one example for each record, on all cores.
  public func start(
    resuming records: [MeasurementRecord] = [], checkingExamples: Bool = true
  ) throws -> MeasurementRun {
    try MeasurementRun(self, resuming: records, checkingExamples: checkingExamples)
  }

  /// The number of records of this measurement, or of its shard.
  package var recordCount: Int { InputPlan(self).unitCount }

  /// Measures all examples, by default after ``requireIndependentExamples()``, and searches for the
  /// channel permutations that probes request.
  ///
  /// - Throws: ``MeasurementError``, ``ActionError``, and errors of the model or the data set.
  public func run(checksIndependence: Bool = true) throws -> MeasurementResult {
    var run = try start()
    if checksIndependence { try run.requireIndependentExamples() }
    while try run.advance() {}
    return try shard.isWhole ? addingPermutations(to: run.result) : run.result
  }

  /// Calls `body` with every batch of inputs of the measurement, in order.
  package func forEachBatch(_ body: (Tensor) throws -> Void) throws {
    var inputs = try inputs()
    while let batch = try inputs.next() { try body(batch) }
  }

  /// Returns the batches of inputs of the measurement, in order.
  package func inputs() throws -> MeasurementInputs {
    let action = try inputAction.prepared(for: dataset.exampleShape)
    return MeasurementInputs(
      batches: InputBatches(self, plan: InputPlan(self), action: action, from: 0))
  }

  /// The order of the inputs.
  package var inputOrder: InputOrder {
    let plan = InputPlan(self)
    return InputOrder(
      examples: plan.examples, elements: inputAction.transformations.elementNames,
      scaleExamples: (0..<plan.unitCount).map(plan.unit).filter { $0.orbit == nil }.map(\.example))
  }
}

/// The batches of inputs of a measurement, one after the other.
package struct MeasurementInputs: Sendable {
  fileprivate var batches: InputBatches

  /// Makes the next batch `[N, ...]`; `nil` after the last one, which may be smaller.
  package mutating func next() throws -> Tensor? { try batches.makeNext()?.inputs }
}

/// The inputs of a measurement in order: the orbits of examples, element by element, then single
/// examples.
package struct InputOrder: Sendable, Hashable, Codable {
  /// The examples of *E*, as indices of the data set.
  package let examples: [Int]

  /// The names of the elements, in order.
  package let elements: [String]

  /// The examples of *M* that are not among those of *E*, as indices of their data set.
  package let scaleExamples: [Int]

  /// The number of all inputs.
  package var rowCount: Int { examples.count * elements.count + scaleExamples.count }
}
