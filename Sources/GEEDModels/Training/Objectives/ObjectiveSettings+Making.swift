// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDTorch

extension TrainingConfiguration {
  /// Creates the objective of the settings, with its own weights, which follow those of the network.
  ///
  /// - Parameter images: The shape `[C, H, W]` of one image.
  func makeObjective(
    for network: any FactoredClassifier, images: [Int], of dataset: any Dataset,
    weights: ParameterStore
  ) throws -> any Objective {
    guard let objective, objective.kind != .labels else {
      return LabelObjective(
        labelSmoothing: labelSmoothing, dataset: dataset,
        freezesFeatures: self.network.freezesFeatures)
    }
    let path = weights.root / objectivePrefix
    let featureCount = try network.featureCount(ofImages: images, weights)
    let outputs = objective.projection ?? featureCount
    let hidden = objective.hidden ?? featureCount
    guard featureCount * hidden <= Self.greatestLayer, hidden * outputs <= Self.greatestLayer else {
      throw UnsuitableSettings(
        "'objective': a projection of \(featureCount) features by \(hidden) hidden units to \(outputs) "
          + "numbers has more than \(Self.greatestLayer) weights in a layer; set 'hidden' and "
          + "'projection'.")
    }
    switch objective.kind {
    case .labels, .rotations:
      return try RotationObjective(featureCount: featureCount, parameters: path)
    case .simclr:
      return try ContrastiveObjective(
        featureCount: featureCount, hidden: hidden, outputs: outputs,
        temperature: objective.temperature ?? 0.5, parameters: path)
    case .byol:
      return try SelfDistillation(
        featureCount: featureCount, hidden: hidden, outputs: outputs,
        momentum: objective.momentum ?? 0.996, iterationCount: iterations, parameters: path
      ) { try self.network.make(imageShape: images, parameters: $0) }
    }
  }

  /// The largest number of weights of a layer of the projection: 1 GiB.
  private static let greatestLayer = 1 << 28

  /// Throws if the objective does not fit the other settings or the number of processes.
  func requireSuitableObjective(
    images shape: [Int], processCount: Int
  ) throws(UnsuitableSettings) {
    if case .image(let changes) = augmentation, let error = changes.validationError(ofImages: shape)
    {
      throw UnsuitableSettings("'augmentation': \(error).")
    }
    guard let objective, objective.kind != .labels else { return }
    let name = objective.kind.rawValue
    guard labelSmoothing == 0 else {
      throw UnsuitableSettings(
        "'label-smoothing': 'objective: \(name)' has no labels; leave it out.")
    }
    guard !network.freezesFeatures, optimizer.headRate == nil else {
      let setting = network.freezesFeatures ? "network.freeze" : "optimizer.head-rate"
      throw UnsuitableSettings(
        "'\(setting)': 'objective: \(name)' trains the features and not the head; leave it out.")
    }
    if objective.kind == .rotations {
      guard augmentation != .rotation else {
        throw UnsuitableSettings(
          "'augmentation': expected none or changes such as {flip: 0.5}, because 'objective: "
            + "rotations' asks by how much an image is rotated.")
      }
      guard shape.count == 3, shape[1] == shape[2] else {
        throw UnsuitableSettings(
          "'objective: rotations' takes square images, but got shape \(shape).")
      }
      return
    }
    guard augmentation != .none, augmentation != .image(ImageAugmentation()) else {
      throw UnsuitableSettings(
        "'augmentation': expected random changes such as {crop: {}, flip: 0.5}, because "
          + "'objective: \(name)' compares two views of an image, which would be equal.")
    }
    guard processCount == 1 else {
      throw UnsuitableSettings(
        "'objective: \(name)' compares the images of a whole batch, or normalizes them together, and "
          + "trains in one process, but there are \(processCount).")
    }
    guard batch >= 2 else {
      throw UnsuitableSettings(
        "'batch': 'objective: \(name)' takes at least 2 images, but got \(batch).")
    }
  }

  /// Throws if a measurement reads the class scores of a network that does not learn them.
  func requireTrainedOutputs(of measurement: DeviationMeasurement) throws(UnsuitableSettings) {
    guard let objective, !objective.trainsLogits,
      measurement.probes.contains(where: { $0.tensor == "logits" })
    else { return }
    throw UnsuitableSettings(
      "'measure': expected outputs up to 'features', because 'objective: "
        + "\(objective.kind.rawValue)' does not train 'logits'.")
  }
}

extension FactoredClassifier {
  /// The number of features of an image.
  func featureCount(ofImages shape: [Int], _ weights: ParameterStore) throws(TorchError) -> Int {
    try withoutGradients { () throws(TorchError) in
      try features(
        TorchTensor.full(0, shape: [1] + shape, type: weights.type, device: weights.device)
      ).shape[1]
    }
  }
}

extension TrainingConfiguration {
  /// Returns the batches of the training data.
  ///
  /// - Parameter training: The training data, normalized.
  func batches(of training: any Dataset, views: TrainingViews) throws -> TrainingBatches {
    guard case .image = augmentation else {
      return try TrainingBatches(
        of: training, batchSize: batch, seed: seed, augmentation: augmentation, views: views)
    }
    return try TrainingBatches(
      of: data.unnormalized.open(.train, seed: seed), batchSize: batch, seed: seed,
      augmentation: augmentation,
      normalization: ChannelNormalization(
        mean: data.mean, standardDeviation: data.std, channels: training.exampleShape[0]),
      views: views)
  }
}
