// SPDX-License-Identifier: MIT

/// The computation of f̂(x), the mean of f(kx) over the kernel of the output action (eq. 2).
///
/// Over a finite group this is a plain weighted mean *c*. Over *n* random draws fᵢ is compared with
/// cᵢ = c + (s − 1)·(c − fᵢ), s = √(n/(n − 1)), from which it is half left out, so that the mean of
/// ‖fᵢ − cᵢ‖² is exactly the variance; the article SampledGroups has the reasons. For normal
/// outputs whose spread is twice as long as their mean, the mean cosine to cᵢ is 19 % too large for
/// n = 2, 7 % for n = 4, 2 % for n = 8 and 0.5 % for n = 16.
struct KernelMean: Sendable {
  private let positions: [Int]

  /// The weights of these outputs; their sum is not 1 in general.
  private let weights: [Double]

  /// s − 1 for a sample that is compared with its own mean, otherwise 0.
  private let correction: Double

  init(_ action: PreparedAction, reference: DeviationReference = .mean) {
    if reference == .original {
      (positions, weights, correction) = ([0], [1], 0)
      return
    }
    let allWeights = action.transformations.weights
    let weighted = action.kernel.filter { allWeights[$0] > 0 }
    // The identity of a sample has weight 0; it is used if the kernel has no other element.
    positions = weighted.isEmpty ? [0] : weighted
    weights = weighted.isEmpty ? [1] : weighted.map { allWeights[$0] }
    let n = Double(weighted.count)
    let isSample = action.transformations.origin == .sample && action.isTrivial
    correction = isSample ? (n / (n - 1)).squareRoot() - 1 : 0
  }

  /// Writes f̂(x) for an orbit of outputs into `result`.
  func write(
    of orbit: UnsafeBufferPointer<Float>, read reader: OutputReader, into result: inout [Double]
  ) {
    let size = reader.scalarCount
    func read(_ k: Int, into result: UnsafeMutableBufferPointer<Double>) {
      reader.read(UnsafeBufferPointer(rebasing: orbit[k * size..<(k + 1) * size]), into: result)
    }
    if positions.count == 1 {
      return result.withUnsafeMutableBufferPointer { read(positions[0], into: $0) }
    }
    withUnsafeTemporaryAllocation(of: Double.self, capacity: reader.readCount) { output in
      for (k, weight) in zip(positions, weights) {
        read(k, into: output)
        for i in output.indices { result[i] += weight * output[i] }
      }
    }
    let total = weights.reduce(0, +)
    for i in result.indices { result[i] /= total }
  }

  /// The only position of the orbit that enters f̂(x), which is then the output there; `nil` for a mean
  /// of several.
  var onlyPosition: Int? { positions.count == 1 && !usesLeaveOneOut ? positions[0] : nil }

  /// The smallest share of an output in the mean that it is compared with.
  var leastShare: Double {
    let n = Double(weights.count)
    return 1 / n - correction * (n - 1) / n
  }

  /// Whether each output is half left out of the mean that it is compared with.
  var usesLeaveOneOut: Bool { correction != 0 }

  /// Whether the mean is over so few random draws that cosines to it are noticeably too large.
  var biasesCosines: Bool { usesLeaveOneOut && weights.count < 8 }

  /// Writes cᵢ, the mean with `output` half left out, into `result`.
  func leaveOut(
    _ output: UnsafeMutableBufferPointer<Double>, of mean: [Double],
    into result: UnsafeMutableBufferPointer<Double>
  ) {
    for i in mean.indices { result[i] = mean[i] + correction * (mean[i] - output[i]) }
  }
}
