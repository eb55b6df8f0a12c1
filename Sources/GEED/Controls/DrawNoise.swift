// SPDX-License-Identifier: MIT

/// The deviation that the noise of a random model makes by itself, for each probe.
///
/// Each example of *E* goes through the model |G| times without being moved, and each output is moved by
/// the group afterwards. These are the outputs of a model that is equivariant but for its noise; their
/// deviation is computed as that of the model. A deviation that is not above it is that of noise.
///
///     var noise = try DrawNoise(measurement)
///     while try noise.advance() {}
///     let result = result.adding(noiseFloors: noise.deviations)
public struct DrawNoise {
  private let measurement: DeviationMeasurement
  private let examples: [Int]
  private let order: Int
  private var completed = 0
  /// The recorder and, after the first example, the estimator of each probe.
  private var recorders: [ProbeRecorder]
  private var estimators: [DeviationEstimator] = []

  /// The number of examples that are enough: noise hardly depends on the example.
  static let exampleLimit = 50

  /// Prepares the noise of a measurement, on at most 50 examples.
  ///
  /// - Throws: ``MeasurementError`` if a probe needs a group and there is none.
  public init(_ measurement: DeviationMeasurement) throws {
    recorders = try measurement.probes.map { try ProbeRecorder($0, of: measurement) }
    self.measurement = measurement
    examples = Array(InputPlan(measurement).examples.prefix(Self.exampleLimit))
    order = measurement.inputAction.transformations.count
  }

  /// The progress, with |G| inputs for each example.
  public var progress: MeasurementProgress {
    MeasurementProgress(
      completedInputs: order * completed, totalInputs: order * examples.count)
  }

  /// Sends one more example through the model.
  ///
  /// - Returns: Whether examples remain.
  /// - Throws: ``MeasurementError``, and errors of the model or the data set.
  public mutating func advance() throws -> Bool {
    guard completed < examples.count else { return false }
    let example = try measurement.dataset.example(at: examples[completed])
    var orbits: [[Float]] = measurement.probes.map { _ in [] }
    var shapes: [[Int]] = measurement.probes.map { _ in [] }
    for first in stride(from: 0, to: order, by: measurement.batchSize) {
      let rows = min(measurement.batchSize, order - first)
      let outputs = try measurement.model.outputs(
        for: .stacking(Array(repeating: example, count: rows)))
      for (index, probe) in measurement.probes.enumerated() {
        let (output, row) = try recorders[index].rearranged(
          try outputs.output(probe.tensor), rows: 0..<rows)
        orbits[index] += output.scalars(ofRows: row..<row + rows)
        shapes[index] = output.rowShape
      }
    }
    if estimators.isEmpty {
      estimators = try recorders.indices.map { index in
        try recorders[index].preparedEstimator(for: shapes[index])
      }
    }
    for index in estimators.indices {
      let action = estimators[index].outputAction
      let size = Tensor.count(of: shapes[index])
      let moved = (0..<order).flatMap { g in
        action.operators[g](
          Tensor(
            shape: shapes[index], scalars: Array(orbits[index][g * size..<(g + 1) * size]))
        ).scalars
      }
      estimators[index].add(
        orbitOutputs: Tensor(shape: [order] + shapes[index], scalars: moved))
    }
    completed += 1
    return completed < examples.count
  }

  /// The mean deviation so far for each probe, before division by M; `nil` if undefined.
  public var deviations: [Double?] {
    measurement.probes.indices.map { index in
      guard estimators.indices.contains(index), let estimate = estimators[index].estimate,
        estimate.value.isFinite
      else { return nil }
      return estimate.value
    }
  }
}

extension MeasurementResult {
  /// Returns the same results with the deviations of a ``DrawNoise``, divided by M if the metric is.
  ///
  /// - Precondition: There is one deviation for each result.
  public func adding(noiseFloors deviations: [Double?]) -> MeasurementResult {
    setting(\.noiseFloor, to: deviations)
  }
}
