// SPDX-License-Identifier: MIT

/// What measuring one example has left: numbers that are small, and all that results are made of.
///
/// A measurement is a fold over its records, in the order of their positions. An interrupted run
/// resumes from the records that it has
/// (``DeviationMeasurement/start(resuming:checkingExamples:)``), and the records of all shards
/// together are those of the whole measurement. Both give the same digits as an uninterrupted run,
/// and an example with a record does not go through the model again.
///
/// An example of *E* leaves the comparisons of its orbit, which also decide its subgroups, floors and
/// predictions. An example of *M* leaves its features.
public struct MeasurementRecord: Sendable, Hashable {
  /// The place in the measurement's plan, from 0 on; the same in every shard.
  public let position: Int

  /// The number of the example in its data set.
  public let example: Int

  /// Whether the example was moved through its orbit, and not only seen as it is, for *M*.
  public let isOrbit: Bool

  /// What the example was when it was measured.
  public let source: ExampleFingerprint

  /// One for each probe, in order.
  var probes: [ProbeRecord]

  /// The comparisons of each floor; empty where enough examples have been compared.
  var floors: [[Comparison]] = []

  /// *m(f(gx), g f̂(x))* for each transformation, in order, before anything is divided by M; empty
  /// unless ``isOrbit``.
  ///
  /// - Parameter index: The number of the probe.
  public func deviations(ofProbe index: Int) -> [Double] {
    probes[index].comparisons.map(\.distance)
  }
}

/// What one example leaves for one probe.
struct ProbeRecord: Sendable, Hashable {
  /// The shape of an output as it is compared: after the rearrangement that the probe's layout
  /// asks for.
  let rowShape: [Int]

  /// f(gx) against g f̂(x), for each transformation; empty for an example of *M* alone.
  var comparisons: [Comparison] = []

  /// The same for each subgroup, where they are measured.
  var subgroups: [SubgroupRecord] = []

  /// The orbit's mean and spread, where there is an F ratio.
  var spread: OrbitSpread.Orbit?

  /// What a classifier decides under each transformation, for softmax probes.
  var predictions: [Prediction] = []

  /// What the scores of a softmax probe look like; `nil` where nobody has looked.
  var evidence: ScoreEvidence?

  /// The channels that are the same everywhere under every transformation, for channelwise probes.
  var constantChannels: [ConstantChannel] = []

  /// The output for the example as it is, where it enters *M*.
  var features: [Float]?

  init(rowShape: [Int]) {
    self.rowShape = rowShape
  }
}

/// What one example leaves for one subgroup.
struct SubgroupRecord: Sendable, Hashable {
  /// The comparisons under the subgroup; empty where they are among those of the group.
  var comparisons: [Comparison] = []

  /// The comparisons under the quotient; empty where there is none.
  var quotient: [Comparison] = []
}

/// A predicted class.
struct Prediction: Sendable, Hashable {
  /// The number of the class.
  let index: Int

  /// Its probability.
  let confidence: Double
}
