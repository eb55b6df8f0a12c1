// SPDX-License-Identifier: MIT

/// The measurement of one example: a small set of numbers from which all results are computed, in
/// the order of their positions.
///
/// An interrupted run resumes from its records
/// (``DeviationMeasurement/start(resuming:checkingExamples:)``), and the records of all shards
/// together are those of the whole measurement. Both give the same digits as an uninterrupted run.
///
/// The record of an example of *E* contains the comparisons of its orbit, that of *M* its features.
public struct MeasurementRecord: Sendable, Hashable {
  /// The position in the measurement's plan, from 0; the same in every shard.
  package let position: Int

  /// The index of the example in its data set.
  public let example: Int

  /// Whether the example was moved through its orbit, and not only measured unmoved for *M*.
  package let isOrbit: Bool
  package let source: ExampleFingerprint
  var probes: [ProbeRecord]

  /// The comparisons for each floor; empty once enough examples have been compared.
  var floors: [[Comparison]] = []

  /// Returns *m(f(gx), g f̂(x))* for each transformation, in order, before division by M; empty
  /// for an example of *M* alone.
  public func deviations(ofProbe index: Int) -> [Double] {
    probes[index].comparisons.map(\.distance)
  }

  /// Returns the class predicted for each transformation, in order; empty for probes that are no
  /// classifier's. A set of labels, as for several Bernoulli scores, has no number and is `nil`.
  public func predictedClasses(ofProbe index: Int) -> [Int?] {
    // The number of a set is a hash of 64 bits, so it is not taken for one of the classes. A single
    // score has two.
    let classes = 0..<max(2, Tensor.count(of: probes[index].rowShape))
    return probes[index].predictions.map { classes.contains($0.index) ? $0.index : nil }
  }
}

/// The part of an example's record for one probe.
struct ProbeRecord: Sendable, Hashable {
  /// The shape of an output as it is compared, after the rearrangement for the probe's layout.
  let rowShape: [Int]

  /// The comparison of f(gx) with g f̂(x) for each transformation; empty for *M* alone.
  var comparisons: [Comparison] = []

  /// The same comparisons for each subgroup, if subgroups are measured.
  var subgroups: [SubgroupRecord] = []

  /// The orbit's mean and spread, if there is an F ratio.
  var spread: OrbitSpread.Orbit?

  /// The predictions of a classifier under each transformation, for softmax probes.
  var predictions: [Prediction] = []

  /// The properties of the scores of a softmax probe; `nil` if they were not examined.
  var evidence: ScoreEvidence?

  /// The channels that are the same everywhere under every transformation, for channelwise probes.
  var constantChannels: [ConstantChannel] = []

  /// The output for the unmoved example, if it enters *M*.
  var features: [Float]?

  init(rowShape: [Int]) {
    self.rowShape = rowShape
  }
}

/// The part of an example's record for one subgroup.
struct SubgroupRecord: Sendable, Hashable {
  /// The comparisons under the subgroup; empty if they are among those of the group.
  var comparisons: [Comparison] = []

  /// The comparisons under the quotient; empty if there is none.
  var quotient: [Comparison] = []
}

/// A predicted class.
struct Prediction: Sendable, Hashable {
  /// The number of the class.
  let index: Int

  /// Its probability.
  let confidence: Double
}
