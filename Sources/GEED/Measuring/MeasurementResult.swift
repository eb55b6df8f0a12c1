// SPDX-License-Identifier: MIT

/// The progress of a measurement.
public struct MeasurementProgress: Sendable, Hashable {
  /// The number of inputs that have gone through the model.
  public let completedInputs: Int
  /// The total number of inputs.
  public let totalInputs: Int
}

/// The result of a measurement.
public struct MeasurementResult: Sendable, Hashable, Encodable {
  /// The name of the group, or of other transformations.
  public let group: String
  /// A description of the set that the mean is taken over, if the group's name does not say it.
  public let transformations: String?
  /// The quantity that was measured.
  public let quantity: MeasuredQuantity
  /// The seed of the choice of examples.
  public let seed: UInt64
  /// The level of all intervals.
  public let confidenceLevel: Double
  /// The examples that were measured.
  public let examples: MeasuredExamples
  /// One result for each probe, in order.
  public internal(set) var results: [ProbeResult]
}

/// The identity of the examples of a measurement: hashes of the numbers that the model was given.
public struct MeasuredExamples: Sendable, Hashable, Codable {
  /// The SHA-256 of the hashes of the examples of *E* in drawing order; 64 hexadecimal digits.
  public let sha256: String
  /// The same hash for the examples of *M*; that of nothing if no probe needs *M*.
  public let scaleSHA256: String
}

extension MeasurementResult {
  /// Returns a copy in which each result is changed.
  func changingResults(
    _ change: (_ index: Int, inout ProbeResult) -> Void
  ) -> MeasurementResult {
    var copy = self
    for index in results.indices { change(index, &copy.results[index]) }
    return copy
  }

  /// Returns the same results with one more note on each.
  package func adding(note: MeasurementNote) -> MeasurementResult {
    changingResults { $1.notes.append(note) }
  }
}
