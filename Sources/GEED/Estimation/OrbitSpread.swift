// SPDX-License-Identifier: MIT
// A new method for non-parametric multivariate analysis of variance, Anderson 2001,
// https://doi.org/10.1111/j.1442-9993.2001.01070.pp.x

/// The spread of features, split into that between examples and that within orbits, in one pass.
struct OrbitSpread: Sendable {
  private let rows: [Int]
  private let scores: ScoreKind
  private var exampleCount = 0
  private var grandMean: [Double] = []
  /// Σᵢ ‖z̄ᵢ − z̄‖² over the orbit means z̄ᵢ.
  private var betweenSquares = 0.0
  /// Σᵢ Σ_g ‖f₁(gxᵢ) − z̄ᵢ‖².
  private var withinSquares = 0.0

  init(rows: [Int], scores: ScoreKind) {
    self.rows = rows
    self.scores = scores
  }

  /// The contribution of an example: the mean of its orbit, and the spread around it.
  struct Orbit: Sendable, Hashable {
    /// z̄ᵢ.
    let mean: [Double]
    /// Σ_g ‖f₁(gxᵢ) − z̄ᵢ‖².
    let withinSquares: Double
  }

  /// Returns the mean and the spread of the orbit whose first row is `firstRow`.
  func orbit(ofOutputs outputs: Tensor, firstRow: Int) -> Orbit {
    let size = Tensor.count(of: outputs.rowShape)
    var mean = [Double](repeating: 0, count: size)
    var squares = 0.0
    withUnsafeTemporaryAllocation(of: Double.self, capacity: size) { output in
      for row in rows {
        read(outputs, row: firstRow + row, into: output)
        for i in 0..<size { mean[i] += output[i] }
      }
      for i in 0..<size { mean[i] /= Double(rows.count) }
      for row in rows {
        read(outputs, row: firstRow + row, into: output)
        for i in 0..<size {
          let difference = output[i] - mean[i]
          squares += difference * difference
        }
      }
    }
    return Orbit(mean: mean, withinSquares: squares)
  }

  mutating func add(_ orbit: Orbit) {
    let size = orbit.mean.count
    if exampleCount == 0 { grandMean = Array(repeating: 0, count: size) }
    precondition(
      grandMean.count == size, "Expected \(grandMean.count) coordinates, but got \(size).")
    exampleCount += 1
    withinSquares += orbit.withinSquares
    // Welford's update, which avoids the cancellation in a difference of two large sums.
    for i in 0..<size {
      let difference = orbit.mean[i] - grandMean[i]
      grandMean[i] += difference / Double(exampleCount)
      betweenSquares += difference * (orbit.mean[i] - grandMean[i])
    }
  }

  private func read(_ outputs: Tensor, row: Int, into result: UnsafeMutableBufferPointer<Double>) {
    outputs.scalars.withUnsafeBufferPointer {
      scores.read(
        UnsafeBufferPointer(rebasing: $0[outputs.scalarRange(ofRow: row)]), into: result)
    }
  }

  /// The ratio so far; `nil` for fewer than two examples and for orbits that are single points.
  var ratio: VarianceRatio? {
    guard exampleCount > 1, rows.count > 1, withinSquares > 0 else { return nil }
    let between = exampleCount - 1
    let within = exampleCount * (rows.count - 1)
    return VarianceRatio(
      value: Double(rows.count) * betweenSquares / Double(between)
        / (withinSquares / Double(within)),
      betweenDegreesOfFreedom: between, withinDegreesOfFreedom: within)
  }

  /// Whether every orbit so far was a single point.
  var orbitsArePoints: Bool { exampleCount > 0 && withinSquares == 0 }
}

/// The ratio of the spread between examples to that within orbits, as in a one-way analysis of
/// variance with an orbit as a group of observations:
///
///     F = [|G| Σᵢ ‖z̄ᵢ − z̄‖² / (n − 1)] / [Σᵢ Σ_g ‖f₁(gxᵢ) − z̄ᵢ‖² / (n(|G| − 1))]
///
/// F is about 1 if moving an example by the group changes its features as much as replacing it by
/// another example does, and large if orbits are small and far apart. It is Anderson's pseudo-F.
/// The coordinates of a network's features are not independent, so F is no test statistic.
public struct VarianceRatio: Sendable, Hashable, Codable {
  /// F.
  public let value: Double
  /// n − 1 for n examples.
  public let betweenDegreesOfFreedom: Int
  /// n(|G| − 1).
  public let withinDegreesOfFreedom: Int
}
