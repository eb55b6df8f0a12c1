// SPDX-License-Identifier: MIT

/// The mean over sites of another distance: of the distributions at each pixel of a segmentation, or
/// of each of several independent labels.
///
/// Sites at which *b* holds less than a whole distribution are left out: *g* moved them in, wholly or
/// in part, from outside the grid, where nothing is known of the classes. Without such sites every
/// one counts alike; the distance is NaN where all are left out.
///
/// - Shape: `[K, sites]`, the distribution of a site in a column.
/// - Complexity: That of the other distance, once for each site, and a copy of both arrays.
struct SiteMean<Base: Distance>: Distance {
  /// The distance of two distributions.
  let base: Base

  /// By how much a distribution may miss the sum 1: interpolation has weights in single precision.
  static var tolerance: Double { 1e-5 }

  init(of base: Base) {
    self.base = base
  }

  var range: ClosedRange<Double> { base.range }

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
        // Not ">": NaN is compared, and stays NaN.
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
