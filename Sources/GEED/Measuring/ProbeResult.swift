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

  /// The feature fields by which the group permutes the output's channels, if there are any.
  @Nullable public var fields: String?

  /// The kind of scores as which the tensor was read, for softmax probes.
  @Nullable public var scores: ScoreKind?

  /// The action of the group on the output, for equivariance probes; otherwise omitted in JSON.
  public var action: String?

  /// The name of the distance of an equivariance probe (``DistanceName``), or of the type of a
  /// distance that is not the metric's own; otherwise omitted in JSON.
  public var distance: String?

  /// The output that others are compared with, if it is not the mean; otherwise omitted in JSON.
  public var reference: DeviationReference?

  /// The deviation; for latent metrics E/M.
  @Nullable public var value: Double?

  /// The interval that contains the true ``value``, over examples; it includes the error of M.
  @Nullable public var confidenceInterval: ClosedRange<Double>?

  /// The method of ``confidenceInterval``.
  @Nullable public var intervalMethod: IntervalMethod?

  @Nullable private var possibleValues: [Double?]?

  /// E before division by M; equal to ``value`` if there is no M.
  @Nullable public var unnormalized: Double?

  /// M, for latent metrics.
  @Nullable public var scale: Double?

  /// The interval that contains the true ``scale``.
  @Nullable public var scaleConfidenceInterval: ClosedRange<Double>?

  /// The same metric for a map that is as equivariant as the layer's grid allows: the input image,
  /// area-averaged onto that grid; exactly −1 if the grid is the input's own. Only channelwise
  /// probes have a floor; ``ActionDefects`` measures the interpolation error for the others.
  @Nullable public var floor: Double?

  /// The ratio of the spread between examples to that within orbits, for latent metrics.
  @Nullable public var fRatio: VarianceRatio?

  /// The deviation under noise of the orbit's energy (``NoiseControl``), in the units of ``value``.
  @Nullable public var noiseResponse: Double?

  /// The deviation that the noise of a random model makes by itself (``DrawNoise``), in the units of
  /// ``value``; omitted in JSON if the model is not random.
  public var noiseFloor: Double?

  /// A doubt about a small deviation, in one sentence.
  @Nullable public var caveat: String?

  /// The degree of invariance or equivariance in words; omitted in JSON if it was not determined,
  /// as during a training.
  public var verdict: Verdict?

  /// The share of cosine comparisons with a zero vector, which has no direction, from 0 to 1; `nil`
  /// for metrics without cosines. The comparisons are those of all channels, elements and examples.
  @Nullable public var zeroVectorShare: Double?

  /// The numbers of channels that carry no information about the examples, for channelwise probes.
  @Nullable public var channels: ChannelSummary?

  /// The number of examples that entered E.
  public var exampleCount = 0

  @Nullable private var elements: [ElementDeviation]?
  @Nullable private var examples: [ExampleDeviation]?
  /// The deviation of each class, in ascending order of labels; omitted in JSON if no class is known.
  public var perClass: [ClassDeviation]?

  @Nullable private var errorShares: [[Double]]?
  @Nullable private var degreesOfFreedom: Int?

  /// The deviation under every subgroup, if it was requested.
  public var subgroups: [SubgroupDeviation]?

  /// Permutations of the channels that were found from the outputs, if they were requested.
  public var permutations: ChannelPermutations?

  /// Statistics of the classifier's predictions on the orbits, for softmax probes.
  public var predictions: PredictionSummary?

  /// Notes that are necessary for interpreting the value.
  public var notes: [MeasurementNote] = []

  /// The possible values of ``unnormalized``.
  var exampleRange: ClosedRange<Double>?

  private enum CodingKeys: String, CodingKey {
    case metric, tensor, scores, layout, fields, action, distance, reference
    case value, confidenceInterval, intervalMethod
    case possibleValues = "range"
    case unnormalized, scale, scaleConfidenceInterval, floor, fRatio, noiseResponse
    case noiseFloor
    case caveat = "remark"
    case verdict
    case zeroVectorShare, channels, exampleCount
    case elements = "perElement"
    case examples = "perExample"
    case perClass
    case errorShares, degreesOfFreedom, subgroups, permutations, predictions, notes
  }

  /// Creates a result without a value.
  public init(_ metric: Metric, tensor: String) {
    self.metric = metric
    self.tensor = tensor
  }

  package init(_ probe: Probe) {
    self.init(probe.metric, tensor: probe.tensor)
    layout = probe.layout
    fields = probe.fields?.description
    scores = probe.readsDistributions ? probe.scores : nil
    action = probe.actionName?.description
    reference = probe.reference == .mean ? nil : probe.reference
    if let name = probe.distanceName {
      distance = name.rawValue
    } else if AnyHashable(probe.distance) != AnyHashable(probe.metric.distance) {
      distance = "\(type(of: probe.distance))"
    }
  }
}

/// The cause of a `DecodingError` for a result that cannot be that of a measurement.
package struct DamagedResult: Error {}

extension ProbeResult {
  /// Decodes a result; a number that is left out does not exist.
  ///
  /// - Throws: `DecodingError` for an interval or a range that does not have two ends in order, for
  ///   fewer degrees of freedom than 1, and for a value without examples.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func decode<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
      try values.decodeIfPresent(Value.self, forKey: key)
    }
    func require(_ isWhole: Bool, _ found: String, at key: CodingKeys? = nil) throws {
      if isWhole { return }
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: values.codingPath + (key.map { [$0] } ?? []),
          debugDescription: found, underlyingError: DamagedResult()))
    }
    func interval(_ key: CodingKeys) throws -> ClosedRange<Double>? {
      guard let ends: [Double] = try decode(key) else { return nil }
      try require(ends.count == 2 && ends[0] <= ends[1], "an interval \(ends)", at: key)
      return ends[0]...ends[1]
    }
    metric = try values.decode(Metric.self, forKey: .metric)
    tensor = try values.decode(String.self, forKey: .tensor)
    layout = try decode(.layout)
    fields = try decode(.fields)
    scores = try decode(.scores)
    action = try decode(.action)
    distance = try decode(.distance)
    reference = try decode(.reference)
    value = try decode(.value)
    confidenceInterval = try interval(.confidenceInterval)
    intervalMethod = try decode(.intervalMethod)
    possibleValues = try decode(.possibleValues)
    unnormalized = try decode(.unnormalized)
    scale = try decode(.scale)
    scaleConfidenceInterval = try interval(.scaleConfidenceInterval)
    floor = try decode(.floor)
    fRatio = try decode(.fRatio)
    noiseResponse = try decode(.noiseResponse)
    noiseFloor = try decode(.noiseFloor)
    caveat = try decode(.caveat)
    verdict = try decode(.verdict)
    zeroVectorShare = try decode(.zeroVectorShare)
    channels = try decode(.channels)
    exampleCount = try values.decode(Int.self, forKey: .exampleCount)
    elements = try decode(.elements)
    examples = try decode(.examples)
    perClass = try decode(.perClass)
    errorShares = try decode(.errorShares)
    degreesOfFreedom = try decode(.degreesOfFreedom)
    subgroups = try decode(.subgroups)
    permutations = try decode(.permutations)
    predictions = try decode(.predictions)
    notes = try values.decode([MeasurementNote].self, forKey: .notes)
    let title = "\(metric.rawValue):\(tensor)"
    try require(
      degreesOfFreedom ?? 1 >= 1, "\(degreesOfFreedom ?? 0) degrees of freedom of \(title)")
    try require(
      value == nil || exampleCount >= 1, "a value of \(exampleCount) examples of \(title)")
    if let ends = possibleValues {
      let low = ends.first.flatMap(\.self) ?? -.infinity
      let high = ends.last.flatMap(\.self) ?? .infinity
      // Twice the width has to be finite, for the differences of two values and their distances.
      try require(
        ends.count == 2 && low <= high
          && (!low.isFinite || !high.isFinite || (2 * (high - low)).isFinite),
        "a range from \(low) to \(high) of \(title)", at: .possibleValues)
    }
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
    get { possibleValues.map { ($0[0] ?? -.infinity)...($0[1] ?? .infinity) } }
    set {
      possibleValues = newValue.map { range in
        [range.lowerBound, range.upperBound].map { $0.isFinite ? $0 : nil }
      }
    }
  }

  /// The value of outputs that move exactly as they should, 0 or −1; `nil` for a distance of one's
  /// own.
  package var perfectDistance: Double? {
    guard metric == .equivariance else { return metric.distance.ofEqualOutputs }
    return distanceName?.distance.ofEqualOutputs
  }

  /// The distance of an equivariance probe, unless it is one's own.
  package var distanceName: DistanceName? { distance.flatMap(DistanceName.init) }

  /// The mean over examples for each element, in the group's order and the units of ``value``.
  public var perElement: [ElementDeviation] {
    get { elements ?? [] }
    set { elements = newValue }
  }

  /// The mean over elements for each example, in drawing order and the units of ``value``.
  public var perExample: [ExampleDeviation] {
    get { examples ?? [] }
    set { examples = newValue }
  }
}

/// The deviation under one element of the group.
public struct ElementDeviation: Sendable, Hashable, Codable {
  /// The element's name.
  public let element: String
  /// The mean over examples.
  public let value: Double

  /// Creates the deviation under an element.
  public init(element: String, value: Double) {
    (self.element, self.value) = (element, value)
  }
}

/// The deviation of one example.
public struct ExampleDeviation: Sendable, Hashable, Codable {
  /// The example's number in its data set.
  public let index: Int
  /// A name of the example for people, such as a file name.
  public let name: String?
  /// The class of the example in the numbering of its data set, from 0; omitted in JSON if it is
  /// unknown.
  public let label: Int?
  /// The mean over elements.
  public let value: Double

  /// Creates the deviation of an example.
  public init(index: Int, name: String?, label: Int? = nil, value: Double) {
    (self.index, self.name, self.label, self.value) = (index, name, label, value)
  }
}
