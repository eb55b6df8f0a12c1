// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The radial axis of a polar chart.
package struct RadialScale: Sendable, Hashable {
  /// The deviation at the center: that of a perfect model if it is known.
  package let lower: Double
  /// The deviation at the rim: the largest one.
  package let upper: Double
  /// The deviations of the rings, ascending.
  package let ticks: [Double]

  /// Creates the axis for means, and for single values that can be selected.
  ///
  /// The rim is the largest value, unless a few are so much larger that they would hide the means: if
  /// the largest is more than twice that of 99 % of the values and of the means, the rim is that of these.
  ///
  /// - Parameter scale: M, for the latent metrics.
  package init(_ metric: Metric, means: [Double], values: [Double], scale: Double?) {
    let known = means + values
    let least = metric.perfect(scale: scale) ?? known.min() ?? 0
    let usual = (values.sorted().dropLast(values.count / 100).last ?? least) - least
    let inner = max((means.max() ?? least) - least, usual)
    let isStretched = (known.max() ?? least) - least > 2 * inner
    self.init(
      metric, isStretched ? known.filter { $0 - least <= inner } : known, scale: scale)
  }

  /// Creates the axis for deviations, the largest of which is the rim.
  ///
  /// - Parameter scale: M, for the latent metrics.
  package init(_ metric: Metric, _ deviations: [Double], scale: Double?) {
    lower = metric.perfect(scale: scale) ?? deviations.min() ?? 0
    // The width is never 0.
    upper = max(deviations.max() ?? lower, lower + 1e-9)
    let step = niceStep(atLeast: (upper - lower) / 3)
    let first = (lower / step).rounded(.up)
    ticks = (0...5).map { ((first + Double($0)) * step * 1e10).rounded() / 1e10 }
      .filter { [lower, upper] in lower < $0 && $0 <= upper }
  }

  /// The position of a deviation, from 0 at the center to 1 at the rim.
  func radius(_ deviation: Double) -> Double { (deviation - lower) / (upper - lower) }
}

/// Returns the smallest of 1, 2, 2.5 and 5 times a power of ten that is not less than `rough`.
package func niceStep(atLeast rough: Double) -> Double {
  guard rough > 0, rough.isFinite else { return 1 }
  let power = Foundation.pow(10, Foundation.log10(rough).rounded(.down))
  return [1, 2, 2.5, 5].map { $0 * power }.first { $0 >= rough * 0.999 } ?? 10 * power
}

extension Metric {
  /// The deviation of a perfect model; `nil` if it depends on an unknown M.
  func perfect(scale: Double?) -> Double? {
    switch self {
    case .softmax, .latent: 0
    case .channelwise: -1
    case .latentCosine: scale.flatMap { $0 > 0 ? -1 / $0 : nil }
    case .equivariance: nil
    }
  }
}

/// Intervals of equal width, in which examples are stacked or counted.
struct DotStacks {
  private let low: Double
  private let step: Double
  private var heights: [Int: Int] = [:]

  init(_ values: [Double], count: Int = 36) {
    low = values.min() ?? 0
    let width = ((values.max() ?? 0) - low) / Double(count - 1)
    step = width > 0 ? width : 1
  }

  /// Adds a value; returns the ends of its interval, and the middle of its dot's row.
  mutating func add(_ value: Double) -> (range: ClosedRange<Double>, row: Double) {
    let place = Int(((value - low) / step).rounded())
    heights[place, default: 0] += 1
    let middle = low + Double(place) * step
    return (middle - step / 2...middle + step / 2, Double(heights[place] ?? 1) - 0.5)
  }
}

/// Returns the first and the third quartile, with linear interpolation between order statistics;
/// `nil` for fewer than two values, and for values that are not finite.
package func quartiles(_ values: [Double]) -> ClosedRange<Double>? {
  guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
  let sorted = values.sorted()
  func quantile(_ p: Double) -> Double {
    let place = p * Double(sorted.count - 1)
    let below = min(Int(place), sorted.count - 2)
    let share = place - Double(below)
    return sorted[below] * (1 - share) + sorted[below + 1] * share
  }
  let first = quantile(0.25)
  return first...max(first, quantile(0.75))
}
