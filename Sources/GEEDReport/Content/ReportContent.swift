// SPDX-License-Identifier: MIT

import GEED
import GEEDStore

/// The content of a report, as plain values.
package struct ReportContent: Sendable {
  package var measurements: [ReportedMeasurement] = []
  package var trainings: [ReportedTraining] = []
  package var claims: [Claim] = []
  package var comparisons: [ReportedComparison] = []
  package var diagrams: [OrbitDiagram] = []

  package init(
    measurements: [ReportedMeasurement] = [], trainings: [ReportedTraining] = [],
    claims: [Claim] = [], comparisons: [ReportedComparison] = [], diagrams: [OrbitDiagram] = []
  ) {
    self.measurements = measurements
    self.trainings = trainings
    self.claims = claims
    self.comparisons = comparisons
    self.diagrams = diagrams
  }
}

/// The results of one measurement, with what is known of its examples.
package struct ReportedMeasurement: Sendable {
  /// The path or the name of the model.
  package var model: String
  /// The SHA-256 of the model's file, if it is known.
  package var modelSHA256: String?
  /// The path or the name of the data.
  package var data: String
  /// The name of the group, or of other transformations.
  package var group: String
  package var seed: UInt64 = 0
  package var exampleCount = 0
  /// The time at which the measurement was begun, `2026-11-29T15:37:36Z`; `nil` if it is not known.
  package var date: String?
  package var confidenceLevel = 0.95
  /// The results in the order of probes.
  package var results: [ProbeResult]
  /// The places of tensors between the input, 0, and the deepest operator, 1; empty if unknown.
  package var depths: [String: Double] = [:]
  /// The results of the untrained twin.
  package var twinResults: [ProbeResult] = []
  /// The arguments that repeat the measurement.
  package var command: [String] = []
  /// Settings, hashes and versions.
  package var provenance: [(name: String, value: String)] = []
  package var observations = ReportedObservations()
  /// The classes of examples in words, by their number in the data set.
  package var labels: [Int: String] = [:]
  package var thumbnails: [StoredThumbnail] = []
  package var predictions = ReportedPredictions()
  /// The names of the group's elements, in order, including those without weight.
  package var elementNames: [String] = []

  package init(model: String, data: String, group: String, results: [ProbeResult]) {
    self.model = model
    self.data = data
    self.group = group
    self.results = results
  }
}

/// The deviations by probe, example and element, in columns of equal length.
package struct ReportedObservations: Sendable {
  /// The positions in ``ReportedMeasurement/results``.
  package var probes: [Int] = []
  /// The numbers of the examples in their data set.
  package var examples: [Int] = []
  /// The positions of the elements in ``ProbeResult/perElement``.
  package var elements: [Int] = []
  /// The deviations, in the units of ``ProbeResult/value``.
  package var values: [Double] = []

  package init() {}
}

/// The trainings of networks of one kind.
package struct ReportedTraining: Sendable {
  /// The values of one network at one iteration.
  package struct Point: Sendable {
    package var iteration: Int
    package var testAccuracy: Double?
    /// Whether the accuracy is that of a linear classifier of the features, not of the network.
    package var hasLinearProbe = false
    package var deviations: [(metric: Metric, tensor: String, value: Double)] = []
    /// The latent deviations before their division by M.
    package var unnormalized: [(metric: Metric, tensor: String, value: Double)] = []

    package init(iteration: Int, testAccuracy: Double? = nil, hasLinearProbe: Bool = false) {
      self.iteration = iteration
      self.testAccuracy = testAccuracy
      self.hasLinearProbe = hasLinearProbe
    }
  }

  /// The name of the kind.
  package var name: String
  /// The points of each network.
  package var networks: [[Point]]

  package init(name: String, networks: [[Point]]) {
    self.name = name
    self.networks = networks
  }
}
