// SPDX-License-Identifier: MIT

/// Reads outputs of one shape as values, or as a distribution over K classes at each of S sites.
///
/// Sites are the pixels of a per-pixel softmax, and all scalars of Bernoulli scores, where the two
/// classes are no and yes; otherwise there is one. A reading is class-major, [K, S], so that for
/// scores other than Bernoulli it has the order of the output.
struct OutputReader: Sendable, Hashable {
  let scores: ScoreKind
  let shape: [Int]
  /// The number of distributions in an output.
  let siteCount: Int

  /// - Parameter isPerPixel: Whether an output `[K, H, W]` has a distribution for each pixel.
  init(_ scores: ScoreKind, shape: [Int], isPerPixel: Bool = false) {
    self.scores = scores
    self.shape = shape
    let count = Tensor.count(of: shape)
    siteCount =
      scores.isBernoulli ? count : isPerPixel ? Tensor.count(of: Array(shape.dropFirst())) : 1
  }

  var scalarCount: Int { Tensor.count(of: shape) }

  /// The number of output-sized parts of a reading: 2 for Bernoulli scores, no and yes.
  var partCount: Int { scores.isBernoulli ? 2 : 1 }

  var readCount: Int { partCount * scalarCount }

  var classCount: Int { readCount / max(siteCount, 1) }

  /// The shape by which readings are compared.
  var readShape: [Int] { siteCount == 1 && partCount == 1 ? shape : [classCount, siteCount] }

  /// Writes the reading of an output; probabilities whose sum is nearly 1 are divided by it.
  func read(
    _ output: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Double>
  ) {
    switch scores {
    case .values: scores.read(output, into: result)
    case .logits: scores.read(output, into: result, siteCount: siteCount)
    case .probabilities, .logProbabilities:
      scores.read(output, into: result)
      normalize(result)
    case .bernoulli:
      for i in output.indices {
        let p = Double(output[i])
        // Not min and max, because NaN must stay NaN.
        let yes = p < 0 ? 0 : p > 1 ? 1 : p
        (result[i], result[output.count + i]) = (1 - yes, yes)
      }
    case .bernoulliLogit:
      for i in output.indices {
        let z = Double(output[i])
        (result[i], result[output.count + i]) = (logistic(-z), logistic(z))
      }
    }
  }

  private func normalize(_ result: UnsafeMutableBufferPointer<Double>) {
    for site in 0..<siteCount {
      let places = stride(from: site, to: result.count, by: siteCount)
      var total = 0.0
      for i in places {
        if result[i] < 0, result[i] >= -ScoreEvidence.tolerance { result[i] = 0 }
        total += result[i]
      }
      guard abs(total - 1) <= ScoreEvidence.tolerance else { continue }
      for i in places { result[i] /= total }
    }
  }

  /// Returns the reading of one row of a batch.
  func read(_ batch: Tensor, row: Int) -> [Double] {
    let range = batch.scalarRange(ofRow: row)
    return [Double](unsafeUninitializedCapacity: readCount) { result, count in
      count = readCount
      batch.scalars.withUnsafeBufferPointer {
        read(
          UnsafeBufferPointer(rebasing: $0[range]),
          into: UnsafeMutableBufferPointer(rebasing: result[..<count]))
      }
    }
  }

  /// Returns the distance of two readings, given that of two distributions.
  func comparing(by distance: any Distance) -> any Distance {
    siteCount == 1 && partCount == 1 ? distance : siteMean(of: distance)
  }
}

private func siteMean(of distance: some Distance) -> any Distance {
  SiteMean(of: distance)
}
