// SPDX-License-Identifier: MIT

/// What one probe has measured.
///
/// A value that does not exist is `nil`, in JSON `null`, and ``notes`` says why.
public struct ProbeResult: Sendable, Hashable {
  /// The member of the family.
  public let metric: Metric

  /// The tensor that was probed.
  public let tensor: String

  /// The order of the output's axes, where the probe named one.
  public let layout: OutputLayout?

  /// How the group permutes the output's channels, where it does.
  public let fields: String?

  /// What the tensor's scalars were read as, for softmax probes.
  public let scores: ScoreKind?

  /// The deviation; for latent metrics E/M.
  public internal(set) var value: Double?

  /// The interval that holds the true ``value``, over examples; M's error is part of it.
  public internal(set) var confidenceInterval: ClosedRange<Double>?

  /// The values that ``value`` can have, infinite where there is no largest or smallest.
  public internal(set) var range: ClosedRange<Double>?

  /// The values that ``unnormalized`` can have.
  var exampleRange: ClosedRange<Double>?

  /// How ``confidenceInterval`` was made.
  public internal(set) var intervalMethod: IntervalMethod?

  /// The value with the share of every example in its error, from which comparisons are made.
  public internal(set) var statistic: SampleMean?

  /// E before it is divided by M; equal to ``value`` where there is no M.
  public internal(set) var unnormalized: Double?

  /// M, for latent metrics.
  public internal(set) var scale: Double?

  /// The interval that holds the true ``scale``.
  public internal(set) var scaleConfidenceInterval: ClosedRange<Double>?

  /// The same metric for a map that is as equivariant as the layer's grid allows: the input picture,
  /// area-averaged onto that grid. −1 exactly where the grid is the input's own.
  ///
  /// For channelwise probes alone. What interpolation does to an invariant output depends on the
  /// model, so latent and softmax probes have no floor; ``ActionDefects`` says how much there is.
  public internal(set) var floor: Double?

  /// The spread between examples against that within orbits, for latent metrics.
  public internal(set) var fRatio: VarianceRatio?

  /// The deviation under noise of the orbit's energy in the units of ``value``, where a
  /// ``NoiseControl`` was run.
  public internal(set) var noiseResponse: Double?

  /// A doubt about a small deviation, in one sentence; see ``ControlEvidence``.
  public internal(set) var remark: String?

  /// The deviation under every subgroup, where they were asked for.
  public internal(set) var subgroups: [SubgroupDeviation]?

  /// What the classifier decides on the orbits, for softmax probes.
  public internal(set) var predictions: PredictionSummary?

  /// The share of comparisons of cosines that met a zero vector, which has no direction, from 0 to 1;
  /// `nil` for metrics without cosines. Comparisons are those of all channels, elements and examples.
  public internal(set) var zeroVectorShare: Double?

  /// How many channels say nothing of the examples, for channelwise probes.
  public internal(set) var channels: ChannelSummary?

  /// The number of examples that entered E.
  public internal(set) var exampleCount = 0

  /// The mean over examples for each element, in the group's order and the units of ``value``.
  public internal(set) var perElement: [ElementDeviation] = []

  /// The mean over elements for each example, in drawing order and the units of ``value``.
  public internal(set) var perExample: [ExampleDeviation] = []

  /// What a reader of the number has to know.
  public internal(set) var notes: [String] = []

  /// The ``notes`` that only restate ``zeroVectorShare`` and ``channels``, for which a table has
  /// columns.
  package internal(set) var countNotes: [String] = []

  init(probe: Probe, note: String? = nil) {
    metric = probe.metric
    tensor = probe.tensor
    layout = probe.layout
    fields = (probe.outputAction as? FieldAction)?.fields.description
    scores = probe.metric == .softmax ? probe.scores : nil
    notes = note.map { [$0] } ?? []
  }
}

/// The deviation under one element of the group.
public struct ElementDeviation: Sendable, Hashable, Codable {
  /// The element's name.
  public let element: String
  /// The mean over examples.
  public let value: Double
}

/// The deviation of one example.
public struct ExampleDeviation: Sendable, Hashable, Codable {
  /// The example's number in its data set.
  public let index: Int
  /// What a person would call it, such as a file name.
  public let name: String?
  /// The mean over elements.
  public let value: Double
}

extension ProbeResult: Encodable {
  private enum Key: String, CodingKey {
    case metric, tensor, scores, layout, fields
    case value, confidenceInterval, intervalMethod, range, unnormalized, scale
    case scaleConfidenceInterval
    case floor, fRatio, noiseResponse, remark, exampleCount, perElement, perExample, errorShares,
      notes
    case degreesOfFreedom, subgroups, predictions, zeroVectorShare, channels
  }

  /// Encodes every field, `null` where there is no value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(tensor, forKey: .tensor)
    try container.encode(layout, forKey: .layout)
    try container.encode(fields, forKey: .fields)
    try container.encode(scores, forKey: .scores)
    try container.encode(value, forKey: .value)
    try container.encode(confidenceInterval.map(\.bounds), forKey: .confidenceInterval)
    try container.encode(
      confidenceInterval == nil ? nil : intervalMethod, forKey: .intervalMethod)
    try container.encode(
      range.map { [$0.lowerBound.ifFinite, $0.upperBound.ifFinite] }, forKey: .range)
    try container.encode(unnormalized, forKey: .unnormalized)
    try container.encode(scale, forKey: .scale)
    try container.encode(scaleConfidenceInterval.map(\.bounds), forKey: .scaleConfidenceInterval)
    try container.encode(floor, forKey: .floor)
    try container.encode(fRatio, forKey: .fRatio)
    try container.encode(noiseResponse, forKey: .noiseResponse)
    try container.encode(remark, forKey: .remark)
    try container.encode(zeroVectorShare, forKey: .zeroVectorShare)
    try container.encode(channels, forKey: .channels)
    try container.encode(exampleCount, forKey: .exampleCount)
    try container.encode(value == nil ? nil : perElement, forKey: .perElement)
    try container.encode(value == nil ? nil : perExample, forKey: .perExample)
    let hasError = statistic?.standardError?.isFinite == true
    let shares = hasError ? statistic?.sharesByStratum : nil
    try container.encode(shares, forKey: .errorShares)
    try container.encode(
      shares == nil ? nil : statistic?.degreesOfFreedom, forKey: .degreesOfFreedom)
    try container.encodeIfPresent(subgroups, forKey: .subgroups)
    try container.encodeIfPresent(predictions, forKey: .predictions)
    try container.encode(notes, forKey: .notes)
  }
}

extension Double {
  /// The number, or `nil` for infinities.
  fileprivate var ifFinite: Double? { isFinite ? self : nil }
}

extension ClosedRange where Bound == Double {
  fileprivate var bounds: [Double] { [lowerBound, upperBound] }
}
