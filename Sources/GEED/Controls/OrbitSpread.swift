// SPDX-License-Identifier: MIT
// A new method for non-parametric multivariate analysis of variance, Anderson 2001,
// https://doi.org/10.1111/j.1442-9993.2001.01070.pp.x

/// Splits the spread of features into that between examples and that within orbits.
///
/// One pass, two running sums: only the mean of the orbit means is kept.
struct OrbitSpread: Sendable {
  private let order: Int
  private var exampleCount = 0
  private var grandMean: [Double] = []
  /// Σᵢ ‖z̄ᵢ − z̄‖² over the orbit means z̄ᵢ.
  private var betweenSquares = 0.0
  /// Σᵢ Σ_g ‖f₁(gxᵢ) − z̄ᵢ‖².
  private var withinSquares = 0.0

  init(order: Int) {
    self.order = order
  }

  /// Adds the orbit of an example: as many rows as the group has elements, from `firstRow` on.
  mutating func add(orbitOutputs outputs: Tensor, firstRow: Int) {
    let size = Tensor.count(of: outputs.rowShape)
    var mean = [Double](repeating: 0, count: size)
    outputs.scalars.withUnsafeBufferPointer { scalars in
      for row in firstRow..<firstRow + order {
        for i in 0..<size { mean[i] += Double(scalars[row * size + i]) }
      }
      for i in 0..<size { mean[i] /= Double(order) }
      for row in firstRow..<firstRow + order {
        for i in 0..<size {
          let difference = Double(scalars[row * size + i]) - mean[i]
          withinSquares += difference * difference
        }
      }
    }
    if grandMean.isEmpty { grandMean = Array(repeating: 0, count: size) }
    exampleCount += 1
    // Welford's update: exact where the naive difference of two large sums is not.
    for i in 0..<size {
      let difference = mean[i] - grandMean[i]
      grandMean[i] += difference / Double(exampleCount)
      betweenSquares += difference * (mean[i] - grandMean[i])
    }
  }

  /// The ratio so far, or `nil` where it does not exist: with fewer than two examples, a group of
  /// one element, or orbits that are single points.
  var ratio: VarianceRatio? {
    guard exampleCount > 1, order > 1, withinSquares > 0 else { return nil }
    let between = exampleCount - 1
    let within = exampleCount * (order - 1)
    return VarianceRatio(
      value: Double(order) * betweenSquares / Double(between)
        / (withinSquares / Double(within)),
      betweenDegreesOfFreedom: between, withinDegreesOfFreedom: within)
  }

  /// Whether every orbit seen was a single point.
  var orbitsArePoints: Bool { exampleCount > 0 && withinSquares == 0 }
}

/// The spread between examples against the spread within orbits, as in a one-way analysis of
/// variance with an orbit as a group of observations:
///
///     F = [|G| Σᵢ ‖z̄ᵢ − z̄‖² / (n − 1)] / [Σᵢ Σ_g ‖f₁(gxᵢ) − z̄ᵢ‖² / (n(|G| − 1))]
///
/// About 1 where moving an example by the group changes its features as much as taking another
/// example does; large where orbits are far apart and small. It is Anderson's pseudo-F: features
/// are vectors, squares are summed over their coordinates, and the degrees of freedom are those of
/// one coordinate. Coordinates of one network are not independent, so F is a ratio to look at and
/// not the statistic of a test.
public struct VarianceRatio: Sendable, Hashable, Codable {
  /// F.
  public let value: Double
  /// n − 1 for n examples.
  public let betweenDegreesOfFreedom: Int
  /// n(|G| − 1).
  public let withinDegreesOfFreedom: Int
}
