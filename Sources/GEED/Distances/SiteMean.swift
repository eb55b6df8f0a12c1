// SPDX-License-Identifier: MIT

/// The mean over sites of another distance: of the distributions at each pixel of a segmentation,
/// or of each of several independent labels.
///
/// Sites at which the sum of *b* is not 1 are left out: *g* moved them in, wholly or partly, from
/// outside the grid, where the class probabilities are unknown. All other sites have equal weight;
/// the distance is NaN if all are left out.
///
/// - Shape: `[K, sites]`; each column is the distribution of a site.
/// - Complexity: That of the other distance for each site, plus a copy of both arrays.
struct SiteMean<Base: Distance>: Distance {
  /// The distance of two distributions.
  let base: Base

  /// The largest deviation of a distribution's sum from 1: interpolation weights are in single
  /// precision.
  static var tolerance: Double { 1e-5 }

  init(of base: Base) {
    self.base = base
  }

  var range: ClosedRange<Double> { base.range }

  var ofEqualOutputs: Double? { base.ofEqualOutputs }

  func rangeOverOrbit(leastShare: Double, classCount: Int?) -> ClosedRange<Double> {
    base.rangeOverOrbit(leastShare: leastShare, classCount: classCount)
  }

  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    precondition(
      shape.count == 2 && shape[0] * shape[1] == a.count && a.count == b.count,
      "Expected distributions [K, sites] of \(a.count) scalars, but got shape \(shape).")
    let (classCount, siteCount) = (shape[0], shape[1])
    let classShape = [classCount]
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * classCount) { site in
      var total = Comparison(0)
      var count = 0
      for s in 0..<siteCount {
        var mass = 0.0
        for c in 0..<classCount {
          site[c] = a[c * siteCount + s]
          site[classCount + c] = b[c * siteCount + s]
          mass += site[classCount + c]
        }
        // Not ">": a NaN is compared, and stays NaN.
        if abs(mass - 1) > Self.tolerance { continue }
        for c in 0..<classCount { site[classCount + c] /= mass }
        let span = UnsafeBufferPointer(site).span
        let comparison = base.compare(
          span.extracting(0..<classCount), span.extracting(classCount..<2 * classCount),
          shape: classShape)
        total.distance += comparison.distance
        total.zeroVectorCount += comparison.zeroVectorCount
        count += 1
      }
      total.distance = count == 0 ? .nan : total.distance / Double(count)
      return total
    }
  }
}
