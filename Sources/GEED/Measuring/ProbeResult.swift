// SPDX-License-Identifier: MIT

/// The result of one probe.
///
/// A value that does not exist is `nil`, and `null` in JSON; ``notes`` give the reason.
public struct ProbeResult: Sendable, Hashable {
  /// The member of the family.
  public let metric: Metric

  /// The tensor that was probed.
  public let tensor: String

  /// The order of the output's axes, if the probe named one.
  public let layout: OutputLayout?

  /// The permutation of the output's channels by the group, if there is one, as a description of
  /// the feature fields.
  public let fields: String?

  /// The kind of scores as which the tensor was read, for softmax probes.
  public let scores: ScoreKind?

  /// The deviation; for latent metrics E/M.
  public internal(set) var value: Double?

  /// The interval that contains the true ``value``, over examples; it includes the error of M.
  public internal(set) var confidenceInterval: ClosedRange<Double>?

  /// The possible values of ``value``; an end is infinite if there is no largest or smallest value.
  public internal(set) var range: ClosedRange<Double>?

  /// The possible values of ``unnormalized``.
  var exampleRange: ClosedRange<Double>?

  /// The method of ``confidenceInterval``.
  public internal(set) var intervalMethod: IntervalMethod?

  /// The value with the contribution of every example to its error, for comparisons.
  public internal(set) var statistic: Estimate?

  /// E before division by M; equal to ``value`` if there is no M.
  public internal(set) var unnormalized: Double?

  /// M, for latent metrics.
  public internal(set) var scale: Double?

  /// The interval that contains the true ``scale``.
  public internal(set) var scaleConfidenceInterval: ClosedRange<Double>?

  /// The same metric for a map that is as equivariant as the layer's grid allows: the input
  /// picture, area-averaged onto that grid. Exactly −1 if the grid is the input's own.
  ///
  /// Only channelwise probes have a floor. The effect of interpolation on an invariant output
  /// depends on the model, so latent and softmax probes have none; ``ActionDefects`` measures the
  /// interpolation error.
  public internal(set) var floor: Double?

  /// The ratio of the spread between examples to that within orbits, for latent metrics.
  public internal(set) var fRatio: VarianceRatio?

  /// The deviation under noise of the orbit's energy, in the units of ``value``, if a
  /// ``NoiseControl`` was run.
  public internal(set) var noiseResponse: Double?

  /// A doubt about a small deviation, in one sentence; see ``ControlEvidence``.
  public internal(set) var remark: String?

  /// The deviation under every subgroup, if it was requested.
  public internal(set) var subgroups: [SubgroupDeviation]?

  /// Statistics of the classifier's predictions on the orbits, for softmax probes.
  public internal(set) var predictions: PredictionSummary?

  /// The share of cosine comparisons with a zero vector, which has no direction, from 0 to 1; `nil`
  /// for metrics without cosines. The comparisons are those of all channels, elements and examples.
  public internal(set) var zeroVectorShare: Double?

  /// The numbers of channels that carry no information about the examples, for channelwise probes.
  public internal(set) var channels: ChannelSummary?

  /// The number of examples that entered E.
  public internal(set) var exampleCount = 0

  /// The mean over examples for each element, in the group's order and the units of ``value``.
  public internal(set) var perElement: [ElementDeviation] = []

  /// The mean over elements for each example, in drawing order and the units of ``value``.
  public internal(set) var perExample: [ExampleDeviation] = []

  /// Notes that are necessary for interpreting the value.
  public internal(set) var notes: [String] = []

  /// The ``notes`` that only restate ``zeroVectorShare`` and ``channels``; a table shows these in
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
  /// A name of the example for people, such as a file name.
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

  /// Encodes every field, with `null` for a value that does not exist.
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
