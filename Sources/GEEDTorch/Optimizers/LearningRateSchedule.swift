// SPDX-License-Identifier: MIT

import RealModule

/// The learning rate as a function of the iteration, counted from 0.
///
///     let schedule = LearningRateSchedule.cosine(peak: 0.1, iterationCount: 10_000, warmUp: 500)
///     schedule.rate(at: 0)  // 0.0002
///     schedule.rate(at: 499)  // 0.1
///
/// A value without state: a run that resumes needs nothing but the number of its iteration.
public struct LearningRateSchedule: Hashable, Sendable, Codable {
  /// What becomes of the rate after the warm-up.
  public enum Decay: Hashable, Sendable, Codable {
    /// It stays.
    case none
    /// It falls along half a cosine to `floor`, which it reaches after `iterationCount` iterations, and
    /// stays there.
    case cosine(iterationCount: Int, floor: Double)
    /// It is multiplied by `factor` after every `every` iterations.
    case steps(factor: Double, every: Int)
  }

  /// The rate at the end of the warm-up.
  public let peak: Double
  /// For how many iterations the rate grows to `peak`: it is peak · (i + 1) / warmUp in iteration i.
  public let warmUp: Int
  public let decay: Decay

  private init(peak: Double, warmUp: Int, decay: Decay) {
    precondition(peak >= 0, "Expected a rate of 0 or more, but got \(peak).")
    precondition(warmUp >= 0, "Expected a warm-up of 0 iterations or more, but got \(warmUp).")
    self.peak = peak
    self.warmUp = warmUp
    self.decay = decay
  }

  /// The same rate in all iterations after the warm-up.
  public static func constant(_ rate: Double, warmUp: Int = 0) -> Self {
    Self(peak: rate, warmUp: warmUp, decay: .none)
  }

  /// Half a cosine (Loshchilov and Hutter 2017, https://arxiv.org/abs/1608.03983, without restarts).
  ///
  /// With T iterations after the warm-up, of which t are over, the rate is
  /// floor + (peak - floor) · (1 + cos(π t / T)) / 2: that of PyTorch's `CosineAnnealingLR` with `T_max`
  /// T. At t = T and after, where a run usually ends, it is `floor`.
  ///
  /// - Parameters:
  ///   - peak: The highest rate.
  ///   - iterationCount: How many iterations there are, those of the warm-up included.
  ///   - warmUp: For how many iterations the rate grows.
  ///   - floor: The rate at the end.
  /// - Precondition: The warm-up is shorter than `iterationCount`.
  public static func cosine(
    peak: Double, iterationCount: Int, warmUp: Int = 0, floor: Double = 0
  ) -> Self {
    precondition(
      iterationCount > warmUp,
      "Expected more than the \(warmUp) iterations of the warm-up, but got \(iterationCount).")
    return Self(
      peak: peak, warmUp: warmUp,
      decay: .cosine(iterationCount: iterationCount - warmUp, floor: floor))
  }

  /// The rate of PyTorch's `StepLR`: peak · factor^⌊t / every⌋ in the t-th iteration after the warm-up,
  /// counted from 0.
  ///
  /// - Precondition: `every` is positive.
  public static func steps(
    peak: Double, factor: Double, every: Int, warmUp: Int = 0
  ) -> Self {
    precondition(every > 0, "Expected a positive number of iterations, but got \(every).")
    return Self(peak: peak, warmUp: warmUp, decay: .steps(factor: factor, every: every))
  }

  /// The rate for the step of `iteration`.
  ///
  /// - Precondition: `iteration` is not negative.
  public func rate(at iteration: Int) -> Double {
    precondition(iteration >= 0, "Expected an iteration from 0 on, but got \(iteration).")
    guard iteration >= warmUp else { return peak * Double(iteration + 1) / Double(warmUp) }
    let t = iteration - warmUp
    switch decay {
    case .none:
      return peak
    case .cosine(let iterationCount, let floor):
      guard t < iterationCount else { return floor }
      let phase = Double.pi * Double(t) / Double(iterationCount)
      return floor + (peak - floor) * (1 + .cos(phase)) / 2
    case .steps(let factor, let every):
      return peak * .pow(factor, t / every)
    }
  }
}
