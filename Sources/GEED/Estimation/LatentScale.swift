// SPDX-License-Identifier: MIT

/// The constant M of eq. 6: the mean distance, or similarity, of the outputs of different examples.
///
/// M is the mean over all distinct pairs of examples of the ℓ₂ distance, or of the cosine
/// similarity: the similarity itself, *not* negated, since a scale must be positive. Division by M
/// makes a latent deviation independent of the units of the features. A deviation by another
/// distance is therefore divided by the mean of that distance.
///
/// The scale keeps all outputs that are added to it.
package struct LatentScale: Sendable {
  /// The quantity that is averaged over pairs.
  package enum Measure: String, Sendable, Hashable, Codable {
    /// The distance; ℓ₂ by default.
    case distance
    /// The negated distance; by default the cosine similarity.
    case similarity
  }

  /// The quantity that is averaged over pairs.
  package let measure: Measure

  /// The kind of scores that the outputs hold.
  package let scores: ScoreKind

  /// The distance by which two outputs are compared.
  package let distance: any Distance

  /// The shape of one output, which some distances need.
  private var shape: [Int] = []

  private var outputs: [[Double]] = []

  /// Creates a scale without examples.
  ///
  /// - Parameters:
  ///   - measure: The quantity that M averages over pairs.
  ///   - scores: The kind of scores that the outputs hold.
  ///   - distance: The distance by which two outputs are compared; if `nil`, ℓ₂ or minus the
  ///     cosine.
  package init(
    _ measure: Measure, scores: ScoreKind = .values, distance: (any Distance)? = nil
  ) {
    self.measure = measure
    self.scores = scores
    self.distance =
      distance ?? (measure == .distance ? EuclideanDistance() : NegativeCosine() as any Distance)
  }

  /// The number of examples so far.
  package var exampleCount: Int { outputs.count }

  /// Adds the output of one example: row `row` of a batch `[N, ...]`.
  ///
  /// - Precondition: All outputs have the same number of scalars.
  package mutating func add(_ batch: Tensor, row: Int) {
    batch.scalars.withUnsafeBufferPointer {
      add(
        UnsafeBufferPointer(rebasing: $0[batch.scalarRange(ofRow: row)]), shape: batch.rowShape)
    }
  }

  /// Adds the output of one example.
  ///
  /// - Precondition: All outputs have the same number of scalars.
  mutating func add(_ output: [Float], shape: [Int]) {
    output.withUnsafeBufferPointer { add($0, shape: shape) }
  }

  private mutating func add(_ output: UnsafeBufferPointer<Float>, shape: [Int]) {
    self.shape = shape
    let read = [Double](unsafeUninitializedCapacity: output.count) { result, count in
      count = output.count
      scores.read(output, into: UnsafeMutableBufferPointer(rebasing: result[..<count]))
    }
    precondition(
      outputs.first.map { $0.count == read.count } ?? true,
      "Expected \(outputs.first?.count ?? 0) scalars, but got \(read.count).")
    outputs.append(read)
  }

  /// M with its error, or `nil` for fewer than two examples, which have no pair. Two examples have
  /// only one pair, so the error is unknown.
  ///
  /// M is a U-statistic, so its error comes from the jackknife: example *i* enters with
  /// 2(hᵢ − M)/(n − 2), where hᵢ is its mean distance to the others.
  ///
  /// - Complexity: O(*n*²·*d*) for *n* examples of *d* scalars.
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
