// SPDX-License-Identifier: MIT

/// The result of one probe.
///
/// A value that does not exist is `nil`, and `null` in JSON; ``notes`` give the reason.
public struct ProbeResult: Sendable, Hashable, Codable {
  /// The member of the family.
  public var metric: Metric

  /// The tensor that was probed.
  public var tensor: String

  /// The order of the output's axes, if the probe named one.
  @Nullable public var layout: OutputLayout?

  /// The permutation of the output's channels by the group, if there is one, as a description of
  /// the feature fields.
  @Nullable public var fields: String?

  /// The kind of scores as which the tensor was read, for softmax probes.
  @Nullable public var scores: ScoreKind?

  /// The deviation; for latent metrics E/M.
  @Nullable public var value: Double?

  /// The interval that contains the true ``value``, over examples; it includes the error of M.
  @Nullable public var confidenceInterval: ClosedRange<Double>?

  /// The method of ``confidenceInterval``.
  @Nullable public var intervalMethod: IntervalMethod?

  @Nullable private var possibleValues: PossibleValues?

  /// E before division by M; equal to ``value`` if there is no M.
  @Nullable public var unnormalized: Double?

  /// M, for latent metrics.
  @Nullable public var scale: Double?

  /// The interval that contains the true ``scale``.
  @Nullable public var scaleConfidenceInterval: ClosedRange<Double>?

  /// The same metric for a map that is as equivariant as the layer's grid allows: the input image,
  /// area-averaged onto that grid. Exactly −1 if the grid is the input's own.
  ///
  /// Only channelwise probes have a floor. The effect of interpolation on an invariant output
  /// depends on the model, so latent and softmax probes have none; ``ActionDefects`` measures the
  /// interpolation error.
  @Nullable public var floor: Double?

  /// The ratio of the spread between examples to that within orbits, for latent metrics.
  @Nullable public var fRatio: VarianceRatio?

  /// The deviation under noise of the orbit's energy, in the units of ``value``, if a
  /// ``NoiseControl`` was run.
  @Nullable public var noiseResponse: Double?

  /// A doubt about a small deviation, in one sentence; see ``ControlEvidence``.
  @Nullable public var remark: String?

  /// The share of cosine comparisons with a zero vector, which has no direction, from 0 to 1; `nil`
  /// for metrics without cosines. The comparisons are those of all channels, elements and examples.
  @Nullable public var zeroVectorShare: Double?

  /// The numbers of channels that carry no information about the examples, for channelwise probes.
  @Nullable public var channels: ChannelSummary?

  /// The number of examples that entered E.
  public var exampleCount = 0

  @Nullable private var elements: [ElementDeviation]?

  @Nullable private var examples: [ExampleDeviation]?

  @Nullable private var errorShares: [[Double]]?

  @Nullable private var degreesOfFreedom: Int?

  /// The deviation under every subgroup, if it was requested.
  public var subgroups: [SubgroupDeviation]?

  /// Statistics of the classifier's predictions on the orbits, for softmax probes.
  public var predictions: PredictionSummary?

  /// Notes that are necessary for interpreting the value.
  public var notes: [MeasurementNote] = []

  /// The possible values of ``unnormalized``.
  var exampleRange: ClosedRange<Double>?

  private enum CodingKeys: String, CodingKey {
    case metric, tensor, scores, layout, fields, value, confidenceInterval, intervalMethod
    case possibleValues = "range"
    case unnormalized, scale, scaleConfidenceInterval, floor, fRatio, noiseResponse, remark
    case zeroVectorShare, channels, exampleCount
    case elements = "perElement"
    case examples = "perExample"
    case errorShares, degreesOfFreedom, subgroups, predictions, notes
  }

  /// Creates a result without a value.
  ///
  /// - Parameters:
  ///   - metric: The member of the family.
  ///   - tensor: The tensor that was probed.
  public init(_ metric: Metric, tensor: String) {
    self.metric = metric
    self.tensor = tensor
  }

  package init(_ probe: Probe) {
    self.init(probe.metric, tensor: probe.tensor)
    layout = probe.layout
    fields = probe.fields?.description
    scores = probe.metric == .softmax ? probe.scores : nil
  }
}

extension ProbeResult {
  /// The reason that a result that was read cannot be that of a measurement, or `nil`.
  package var contradiction: String? {
    if let degreesOfFreedom, degreesOfFreedom < 1 {
      return "\(degreesOfFreedom) degrees of freedom"
    }
    if value != nil, exampleCount < 1 { return "a value of \(exampleCount) examples" }
    if let range, range.lowerBound.isFinite, range.upperBound.isFinite,
      !(2 * (range.upperBound - range.lowerBound)).isFinite
    {
      return "a range from \(range.lowerBound) to \(range.upperBound)"
    }
    return nil
  }

  /// The value with the contribution of every example to its error, for comparisons; `nil` if the
  /// value or its error does not exist. Setting it sets ``value``.
  public var statistic: Estimate? {
    get {
      guard let value, let errorShares, let degreesOfFreedom, degreesOfFreedom > 0 else {
        return nil
      }
      return Estimate(
        value: value, errorShares: errorShares.flatMap(\.self), strata: errorShares.map(\.count),
        degreesOfFreedom: degreesOfFreedom)
    }
    set {
      let hasError = newValue?.standardError?.isFinite == true
      value = newValue?.value
      errorShares = hasError ? newValue?.sharesByStratum : nil
      degreesOfFreedom = hasError ? newValue?.degreesOfFreedom : nil
    }
  }

  /// The possible values of ``value``; an end is infinite if there is no largest or smallest value.
  public var range: ClosedRange<Double>? {
    get { possibleValues?.range }
    set { possibleValues = newValue.map(PossibleValues.init) }
  }

  /// The mean over examples for each element, in the group's order and the units of ``value``;
  /// empty if there is no value.
  public var perElement: [ElementDeviation] {
    get { elements ?? [] }
    set { elements = newValue }
  }

  /// The mean over elements for each example, in drawing order and the units of ``value``; empty if
  /// there is no value.
  public var perExample: [ExampleDeviation] {
    get { examples ?? [] }
    set { examples = newValue }
  }
}

/// A range of values, encoded as its two ends, with `null` for an infinite one.
private struct PossibleValues: Sendable, Hashable, Codable {
  let range: ClosedRange<Double>

  init(_ range: ClosedRange<Double>) {
    self.range = range
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let ends = try container.decode([Double?].self)
    let (low, high) = (ends.first ?? nil, ends.last ?? nil)
    guard ends.count == 2, low ?? -.infinity <= high ?? .infinity else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a range of \(ends.count) ends, or the wrong way round")
    }
    range = (low ?? -.infinity)...(high ?? .infinity)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode([range.lowerBound, range.upperBound].map { $0.isFinite ? $0 : nil })
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
