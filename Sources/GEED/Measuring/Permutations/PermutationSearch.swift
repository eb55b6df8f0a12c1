// SPDX-License-Identifier: MIT
// Investigating how ReLU-networks encode symmetries, Bökman and Kahl 2023,
// https://arxiv.org/abs/2305.17017

/// The search for channel permutations of the probes that request it
/// (``Probe/searchesPermutations``), from forward passes of its own.
///
/// The examples of *E* in drawing order alternate between two halves: the first, third, … are fitted,
/// the others measured. So an example stays in its half when there are more examples.
///
///     var search = try PermutationSearch(measurement)
///     while try search.advance() {}
///     let result = search.adding(to: result)
package struct PermutationSearch {
  private let measurement: DeviationMeasurement
  private let plan: InputPlan
  private let batches: Prefetcher<ForwardPass>
  private var assembler: OrbitAssembler
  private var completed = 0
  /// The memory for the similarities of all probes.
  private var reservedBytes = 0
  /// The search of each probe; `nil` for probes that do not request one.
  private var searches: [ProbeSearch?]

  /// Prepares the search.
  ///
  /// - Throws: ``ActionError`` if the group cannot act on the examples, and ``ProbeError`` if it has
  ///   no generators to search for.
  package init(_ measurement: DeviationMeasurement) throws {
    var measurement = measurement
    measurement.shard = .whole
    let drawn = InputPlan(measurement).examples
    let halves = (0..<2).map { half in
      drawn.indices.filter { $0 % 2 == half }.map { drawn[$0] }
    }
    let order = measurement.inputAction.transformations.count
    searches = try measurement.probes.map { probe in
      guard probe.searchesPermutations else { return nil }
      return try ProbeSearch(probe, of: measurement, halves: halves)
    }
    let isPossible = drawn.count >= 4 && searches.contains { $0 != nil }
    let plan = InputPlan(orbitsOf: isPossible ? halves[0] + halves[1] : [], order: order)
    self.measurement = measurement
    self.plan = plan
    assembler = OrbitAssembler(
      plan: plan, tensors: Set(searches.compactMap { $0?.probe.tensor }), firstUnit: 0)
    batches = Prefetcher(
      depth: 2,
      from: InputBatches(
        measurement, plan: plan,
        action: try measurement.inputAction.prepared(for: measurement.dataset.exampleShape),
        from: 0)
    ) { try $0.makeNext() }
  }

  /// The progress of the search.
  package var progress: MeasurementProgress {
    MeasurementProgress(completedInputs: completed, totalInputs: plan.count)
  }

  /// Sends one more batch through the model.
  ///
  /// - Returns: Whether inputs remain.
  /// - Throws: ``MeasurementError``, and errors of the model or the data set.
  package mutating func advance() throws -> Bool {
    guard completed < plan.count, var pass = try batches.next() else { return false }
    pass.outputs = try measurement.model.outputs(for: pass.inputs)
    for orbit in assembler.add(pass, at: completed) {
      let example = plan.unit(orbit.number).example
      for index in searches.indices {
        try searches[index]?.add(orbit, example: example, reservedBytes: &reservedBytes)
      }
    }
    completed += pass.inputs.rowCount
    return completed < plan.count
  }

  /// Returns results of the same measurement with the permutations that were found, or with a note
  /// on the reason that there are none.
  package func adding(to result: MeasurementResult) -> MeasurementResult {
    precondition(
      result.results.count == searches.count, "Expected results of the same measurement.")
    return result.changingResults { index, result in
      guard let search = searches[index] else { return }
      switch search.outcome(intervals: measurement.intervals) {
      case .success(let permutations): result.permutations = permutations
      case .failure(let obstacle): result.notes.append(.noPermutations(obstacle))
      }
    }
  }
}

extension DeviationMeasurement {
  /// Returns results of this measurement with the channel permutations that probes request.
  package func addingPermutations(to result: MeasurementResult) throws -> MeasurementResult {
    guard probes.contains(where: \.searchesPermutations) else { return result }
    var search = try PermutationSearch(self)
    while try search.advance() {}
    return search.adding(to: result)
  }
}
