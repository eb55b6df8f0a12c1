// SPDX-License-Identifier: MIT

/// The constant M of eq. 6: the mean distance, or similarity, of the outputs of different examples.
///
/// M is the mean over all distinct pairs of examples of the distance, or of the negated distance if
/// that is a similarity, since a scale must be positive. The scale keeps all outputs.
package struct LatentScale: Sendable {
  /// The quantity that is averaged over pairs.
  package enum Measure: String, Sendable, Hashable, Codable {
    /// The distance; ℓ₂ by default.
    case distance
    /// The negated distance; by default the cosine similarity.
    case similarity
  }

  package let measure: Measure
  package let scores: ScoreKind
  package let distance: any Distance

  /// The shape of one output, which some distances need.
  private var shape: [Int] = []
  private var outputs: [[Double]] = []

  package init(
    _ measure: Measure, scores: ScoreKind = .values, distance: (any Distance)? = nil
  ) {
    self.measure = measure
    self.scores = scores
    self.distance =
      distance ?? (measure == .distance ? EuclideanDistance() : NegativeCosine() as any Distance)
  }

  package var exampleCount: Int { outputs.count }

  /// Adds the output of one example: row `row` of a batch `[N, ...]`.
  package mutating func add(_ batch: Tensor, row: Int) {
    shape = batch.rowShape
    let range = batch.scalarRange(ofRow: row)
    let read = [Double](unsafeUninitializedCapacity: range.count) { result, count in
      count = range.count
      batch.scalars.withUnsafeBufferPointer {
        scores.read(
          UnsafeBufferPointer(rebasing: $0[range]),
          into: UnsafeMutableBufferPointer(rebasing: result[..<count]))
      }
    }
    precondition(
      outputs.first.map { $0.count == read.count } ?? true,
      "Expected \(outputs.first?.count ?? 0) scalars, but got \(read.count).")
    outputs.append(read)
  }

  /// M with its error, which is unknown for a single pair; `nil` for fewer than two examples.
  ///
  /// M is a U-statistic, so its error comes from the jackknife: example *i* enters with
  /// 2(hᵢ − M)/(n − 2), where hᵢ is its mean distance to the others.
  package var estimate: Estimate? {
    let n = outputs.count
    guard n >= 2 else { return nil }
    var meanToOthers = [Double](repeating: 0, count: n)
    meanToOthers.withUnsafeMutableBufferPointer { meanToOthers in
      inParallel(n, grain: 4) { i in
        var total = 0.0
        for j in 0..<n where j != i { total += pairValue(i, j) }
        meanToOthers[i] = total / Double(n - 1)
      }
    }
    let mean = meanToOthers.reduce(0, +) / Double(n)
    guard n > 2 else {
      return Estimate(
        value: mean, errorShares: [.nan, .nan], strata: [2], degreesOfFreedom: 0)
    }
    let factor = 2 * (Double(n - 1) / Double(n)).squareRoot() / Double(n - 2)
    return Estimate(value: mean, errorShares: meanToOthers.map { factor * ($0 - mean) })
  }

  private func pairValue(_ i: Int, _ j: Int) -> Double {
    let (a, b) = (outputs[i], outputs[j])
    let value = distance.compare(a.span, b.span, shape: shape).distance
    return measure == .distance ? value : -value
  }
}
