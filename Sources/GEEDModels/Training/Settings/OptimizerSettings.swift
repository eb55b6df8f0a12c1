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
    try settings.require(.momentum, (0..<1).contains(momentum), "0 to below 1, but got \(momentum)")
  }

  /// Creates the optimizer of all trained weights.
  func makeOptimizer(_ weights: ParameterStore) throws -> any Optimizer {
    let decay = WeightDecay.matricesAndKernels(weightDecay)
    return switch kind {
    case .sgd: try SGD(weights.all, momentum: momentum, weightDecay: decay)
    case .adam: try Adam(weights.all, weightDecay: decay)
    case .adamw: try AdamW(weights.all, weightDecay: decay)
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
