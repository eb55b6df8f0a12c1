// SPDX-License-Identifier: MIT

/// The description of a measurement: everything that determines its numbers, apart from the model
/// and the data.
///
///     var plan = MeasurementPlan(
///       group: .cyclic(8), probes: [PlannedProbe(.latent, tensor: "features")])
///     plan.exampleCount = 100
///     let measurement = try plan.measurement(of: model, on: images)
///
/// In JSON a plan is an object with these properties, by which a measurement can be repeated. A
/// ``DeviationMeasurement`` can have more than a plan can say: actions and distances of your own.
public struct MeasurementPlan: Sendable, Hashable, Codable {
  /// The group that acts on the inputs, or other transformations of them.
  public var group: GroupName

  /// The interpolation of values between pixels.
  public var interpolation = Interpolation.bilinear

  /// The inputs that take parts of the examples, of a model with several; `nil` for a single input.
  /// Examples are then vectors, as those of a ``JoinedDataset``. Omitted in JSON if there is none.
  public var inputs: [ModelInput]?

  /// The probes, in the order of the results.
  public var probes: [PlannedProbe]

  /// The number of examples that enter *E*; `nil` for all.
  @Nullable public var exampleCount: Int? = 50

  /// The number of examples that enter *M*; `nil` for all.
  @Nullable public var scaleExampleCount: Int? = 200

  /// The seed of the choice of examples and of random elements, and of resampling.
  public var seed: UInt64 = 0

  /// The number of inputs in a batch.
  public var batchSize = 16

  /// The level of confidence intervals.
  public var confidenceLevel = 0.95

  /// The method of confidence intervals.
  public var intervalMethod = IntervalMethod.auto

  /// The part of images to which the measurement is restricted.
  @Nullable public var mask: ImageMask?

  /// Whether every subgroup of the group is measured from the same orbits.
  public var measuresSubgroups = false

  /// The precision at which the measurement stops, as a fraction of the value
  /// (``PrecisionRule``); `nil` if it goes through all examples.
  @Nullable public var precision: Double?

  /// The number of runs of a random model of which outputs are means (``MeanOfDraws``); `nil` for a
  /// model that is not random. Omitted in JSON if there is none.
  public var draws: Int?

  /// The controls that cost forward passes.
  public var controls: [ControlKind] = []

  /// The seed of the controls.
  public var controlSeed: UInt64 = 0

  /// Creates a plan with the paper's numbers of examples: 50 for *E*, 200 for *M*.
  public init(group: GroupName, probes: [PlannedProbe]) {
    self.group = group
    self.probes = probes
  }

  /// Decodes a plan; what is left out has its default, and `null` for a number of examples means
  /// all.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      group: try values.decode(GroupName.self, forKey: .group),
      probes: try values.decode([PlannedProbe].self, forKey: .probes))
    func decode<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
      if values.contains(key) { value = try values.decode(Value.self, forKey: key) }
    }
    try decode(.interpolation, into: &interpolation)
    try decode(.exampleCount, into: &_exampleCount)
    try decode(.scaleExampleCount, into: &_scaleExampleCount)
    try decode(.seed, into: &seed)
    try decode(.batchSize, into: &batchSize)
    try decode(.confidenceLevel, into: &confidenceLevel)
    try decode(.intervalMethod, into: &intervalMethod)
    try decode(.mask, into: &_mask)
    try decode(.measuresSubgroups, into: &measuresSubgroups)
    try decode(.precision, into: &_precision)
    inputs = try values.decodeIfPresent([ModelInput].self, forKey: .inputs)
    draws = try values.decodeIfPresent(Int.self, forKey: .draws)
    try decode(.controls, into: &controls)
    try decode(.controlSeed, into: &controlSeed)
  }

  /// The names of the probed tensors, each once, in alphabetical order.
  package var tensors: [String] { Set(probes.map(\.tensor)).sorted() }

  /// Returns the model whose outputs are measured: the mean of ``draws`` of a random model, or the model
  /// itself.
  package func drawing(from model: any MeasurableModel) -> any MeasurableModel {
    draws.map { MeanOfDraws(model, drawCount: $0) } ?? model
  }

  /// Returns the transformations of inputs of a shape.
  package func transformations(on shape: [Int]) throws(ActionError) -> any TransformationAction {
    if let inputs {
      return try JoinedAction(group, on: inputs, seed: seed, interpolation: interpolation)
    }
    return try group.transformations(on: shape, seed: seed, interpolation: interpolation)
  }

  /// Returns the measurement of a model on data, with the examples of *M* from `scaleDataset` if it
  /// is given; ``precision`` and ``controls`` are not part of it.
  ///
  /// - Throws: ``ActionError`` if the group cannot act on the examples, ``FieldError`` if fields, or
  ///   ``OutputActionError`` if an output action, do not fit the group, ``MaskError`` if the mask does
  ///   not fit the examples or the probes.
  public func measurement(
    of model: any MeasurableModel, on dataset: any Dataset, scaleDataset: (any Dataset)? = nil
  ) throws -> DeviationMeasurement {
    let transformations = try transformations(on: dataset.exampleShape)
    let joined = transformations as? JoinedAction
    let imageShape = joined?.imageShape ?? dataset.exampleShape
    var measurement = DeviationMeasurement(
      of: drawing(from: model), on: dataset, under: transformations,
      probes: try probes.map {
        try $0.probe(
          of: group, under: joined?.base ?? transformations, imageShape: imageShape)
      })
    measurement.exampleCount = exampleCount
    measurement.scaleExampleCount = scaleExampleCount
    measurement.scaleDataset = scaleDataset
    measurement.measuresScaleFirst = precision != nil
    measurement.seed = seed
    measurement.batchSize = batchSize
    measurement.confidenceLevel = confidenceLevel
    measurement.intervalMethod = intervalMethod
    measurement.measuresSubgroups = measuresSubgroups
    guard let mask else { return measurement }
    guard dataset.exampleShape.count >= 2 else {
      throw MaskError.maskedVectors(mask, shape: dataset.exampleShape)
    }
    if let probe = probes.first(where: { $0.isPerPixel == true }) {
      throw MaskError.maskedPixels(mask, tensor: probe.tensor)
    }
    if let probe = probes.first(where: \.comparesLabels) {
      throw MaskError.maskedLabels(mask, tensor: probe.tensor)
    }
    return measurement.masked(by: mask)
  }
}

/// A control that costs forward passes.
public enum ControlKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// The same model with the values of each weight tensor shuffled.
  case untrained
  /// The response to noise as strong as the change of the example by the group (``NoiseControl``).
  case noise
}

/// A reason why a mask cannot be applied.
public enum MaskError: Error, Hashable, CustomStringConvertible {
  /// A mask needs images.
  case maskedVectors(ImageMask, shape: [Int])
  /// The distributions of pixels cannot be masked.
  case maskedPixels(ImageMask, tensor: String)
  /// Labels cannot be masked.
  case maskedLabels(ImageMask, tensor: String)

  /// One sentence that names the setting and the value.
  public var description: String {
    switch self {
    case .maskedVectors(let mask, let shape):
      "'--mask \(mask.rawValue)' needs images, but examples have shape \(shape)."
    case .maskedPixels(let mask, let tensor):
      "'--mask \(mask.rawValue)' cannot be used with the scores of pixels, such as "
        + "'--softmax \(tensor)'."
    case .maskedLabels(let mask, let tensor):
      "'--mask \(mask.rawValue)' cannot be used with labels, which '\(tensor)' holds."
    }
  }
}
