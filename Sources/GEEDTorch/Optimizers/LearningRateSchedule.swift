// SPDX-License-Identifier: MIT

import RealModule

/// The learning rate as a function of the iteration, counted from 0.
///
///     let schedule = LearningRateSchedule.cosine(peak: 0.1, iterationCount: 10_000, warmUp: 500)
///     schedule.rate(at: 0)  // 0.0002
///     schedule.rate(at: 499)  // 0.1
///
/// The schedule has no state: a run that resumes needs only the number of its iteration.
package struct LearningRateSchedule: Hashable, Sendable, Codable {
  /// The course of the rate after the warm-up.
  package enum Decay: Hashable, Sendable, Codable {
    /// The rate stays constant.
    case none
    /// The rate falls along half a cosine to `floor`, which it reaches after `iterationCount`
    /// iterations, and then stays constant.
    case cosine(iterationCount: Int, floor: Double)
    /// The rate is multiplied by `factor` after every `every` iterations.
    case steps(factor: Double, every: Int)
  }

  /// The rate at the end of the warm-up.
  package let peak: Double
  /// The number of iterations during which the rate grows to `peak`: it is peak · (i + 1) / warmUp
  /// in iteration i.
  package let warmUp: Int
  package let decay: Decay

  private init(peak: Double, warmUp: Int, decay: Decay) {
    precondition(peak >= 0, "Expected a rate of 0 or more, but got \(peak).")
    precondition(warmUp >= 0, "Expected a warm-up of 0 iterations or more, but got \(warmUp).")
    self.peak = peak
    self.warmUp = warmUp
    self.decay = decay
  }

  /// Returns a schedule with the same rate in all iterations after the warm-up.
  package static func constant(_ rate: Double, warmUp: Int = 0) -> Self {
    Self(peak: rate, warmUp: warmUp, decay: .none)
  }

  /// Returns a schedule along half a cosine (Loshchilov and Hutter 2017,
  /// https://arxiv.org/abs/1608.03983, without restarts).
  ///
  /// With T iterations after the warm-up, of which t have passed, the rate is floor + (peak -
  /// floor) · (1 + cos(π t / T)) / 2, like that of PyTorch's `CosineAnnealingLR` with `T_max` T, and
  /// `floor` from t = T on. `iterationCount` includes the warm-up.
  package static func cosine(
    peak: Double, iterationCount: Int, warmUp: Int = 0, floor: Double = 0
  ) -> Self {
    precondition(
      iterationCount > warmUp,
      "Expected more than the \(warmUp) iterations of the warm-up, but got \(iterationCount).")
    return Self(
      peak: peak, warmUp: warmUp,
      decay: .cosine(iterationCount: iterationCount - warmUp, floor: floor))
  }

  /// Returns the schedule of PyTorch's `StepLR`: the rate is peak · factor^⌊t / every⌋ in the t-th
  /// iteration after the warm-up, counted from 0.
  package static func steps(
    peak: Double, factor: Double, every: Int, warmUp: Int = 0
  ) -> Self {
    precondition(every > 0, "Expected a positive number of iterations, but got \(every).")
    return Self(peak: peak, warmUp: warmUp, decay: .steps(factor: factor, every: every))
  }

  /// Returns the rate for the step of `iteration`.
  package func rate(at iteration: Int) -> Double {
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
