// SPDX-License-Identifier: MIT

import GEEDTorch

/// The optimizer and the learning rate of a training run; by default AdamW with a rate of 0.001 that
/// falls along half a cosine.
public struct OptimizerSettings: Sendable, Hashable, Codable {
  /// The update rule.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case sgd, adam, adamw
  }

  /// The course of the rate until the last iteration.
  public enum Decay: String, Sendable, Codable, CaseIterable {
    case constant, cosine
  }

  /// The update rule.
  public var kind = Kind.adamw
  /// The highest learning rate.
  public var rate = 1e-3
  /// The highest learning rate of the weights of f₂, with the same course; that of all if `nil`.
  public var headRate: Double?
  /// The course of the rate until the last iteration.
  public var decay = Decay.cosine
  /// The number of iterations during which the rate grows linearly.
  public var warmUp = 0
  /// The momentum of SGD.
  public var momentum = 0.9
  /// The weight decay of matrices and kernels.
  public var weightDecay = 1e-4

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case kind, rate, decay, momentum
    case headRate = "head-rate"
    case warmUp = "warm-up"
    case weightDecay = "weight-decay"
  }

  package init() {}

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    kind = try settings.decode(choice: .kind, or: kind)
    rate = try settings.decode(.rate, or: rate)
    decay = try settings.decode(choice: .decay, or: decay)
    warmUp = try settings.decode(.warmUp, in: 0...greatestCount, or: warmUp)
    momentum = try settings.decode(.momentum, or: momentum)
    weightDecay = try settings.decode(.weightDecay, in: 0...1e6, or: weightDecay)
    try settings.require(
      .rate, rate > 0 && rate <= 1e6, "a positive rate of at most 1000000.0, but got \(rate)")
    headRate = try settings.decodeIfPresent(Double.self, forKey: .headRate)
    try settings.require(
      .headRate, headRate.map { $0 > 0 && $0 <= 1e6 } ?? true,
      "a positive rate of at most 1000000.0, but got \(headRate ?? 0)")
    try settings.require(.momentum, (0..<1).contains(momentum), "0 to below 1, but got \(momentum)")
  }

  /// Creates the optimizer of all trained weights, or of those of f₂ if the features are frozen.
  func makeOptimizer(
    _ weights: ParameterStore, of network: some FactoredClassifier, freezesFeatures: Bool = false
  ) throws -> any Optimizer {
    if network.headModules.isEmpty, headRate != nil || freezesFeatures {
      let setting = freezesFeatures ? "network.freeze" : "optimizer.head-rate"
      throw UnsuitableSettings("'\(setting)': the head of this network is not known.")
    }
    let parameters = weights.all.filter { !freezesFeatures || network.isHead($0.name) }
    let decay = WeightDecay.matricesAndKernels(weightDecay)
    let headFactor = (headRate ?? rate) / rate
    let rateFactor: RateFactor = { network.isHead($0) ? headFactor : 1 }
    return switch kind {
    case .sgd:
      try SGD(parameters, momentum: momentum, weightDecay: decay, rateFactor: rateFactor)
    case .adam: try Adam(parameters, weightDecay: decay, rateFactor: rateFactor)
    case .adamw: try AdamW(parameters, weightDecay: decay, rateFactor: rateFactor)
    }
  }

  /// Returns the rates of a run with a number of iterations.
  func schedule(iterations: Int) -> LearningRateSchedule {
    switch decay {
    case .constant: .constant(rate, warmUp: warmUp)
    case .cosine: .cosine(peak: rate, iterationCount: iterations, warmUp: warmUp)
    }
  }
}
