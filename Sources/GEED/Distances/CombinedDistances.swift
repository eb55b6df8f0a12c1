// SPDX-License-Identifier: MIT

/// A distance that has the range of another one, to which it passes parts of its arrays.
package protocol DerivedDistance: Distance {
  associatedtype Base: Distance

  var base: Base { get }
}

extension DerivedDistance {
  public var range: ClosedRange<Double> { base.range }

  public var ofEqualOutputs: Double? { base.ofEqualOutputs }
}

/// Another distance with its outputs exchanged.
struct Reversed<Base: Distance>: DerivedDistance {
  let base: Base

  init(_ base: Base) {
    self.base = base
  }

  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    base.compare(b, a, shape: shape)
  }
}

/// The mean over channels of another distance (eq. 5): channel *i* of one output is compared with
/// channel *i* of the other, each read as a vector of its H·W scalars.
///
/// - Shape: `[C, ...]` with at least one channel.
public struct ChannelMean<Base: Distance>: DerivedDistance {
  /// The distance of two channels.
  package let base: Base

  /// Creates the mean over channels of `base`.
  public init(of base: Base) {
    self.base = base
  }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let channelShape = Array(shape.dropFirst())
    let size = Tensor.count(of: channelShape)
    precondition(
      !shape.isEmpty && shape[0] > 0 && shape[0] * size == a.count && a.count == b.count,
      "Expected channels [C, ...] that hold \(a.count) scalars, but got shape \(shape).")
    var total = Comparison(0)
    for channel in 0..<shape[0] {
      let range = channel * size..<(channel + 1) * size
      let comparison = base.compare(
        a.extracting(range), b.extracting(range), shape: channelShape)
      total.distance += comparison.distance
      total.zeroVectorCount += comparison.zeroVectorCount
    }
    total.distance /= Double(shape[0])
    return total
  }
}

/// The mean over sites of another distance: of the distributions at each pixel of a segmentation,
/// or of each of several independent labels.
///
/// Sites at which the sum of *b* is not 1 are left out: *g* moved them in, wholly or partly, from
/// outside the grid, where the class probabilities are unknown. All other sites have equal weight;
/// the distance is NaN if all are left out.
///
/// - Shape: `[K, sites]`; each column is the distribution of a site.
struct SiteMean<Base: Distance>: DerivedDistance {
  let base: Base

  /// The largest deviation of a sum from 1: interpolation weights are in single precision.
  static var tolerance: Double { 1e-5 }

  init(of base: Base) {
    self.base = base
  }

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

/// A distance of the inscribed disc of the last two axes; values outside it are set to zero.
package struct DiscMasked<Base: Distance>: DerivedDistance {
  package let base: Base

  package init(_ base: Base) {
    self.base = base
  }

  package func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    precondition(shape.count >= 2, "Expected arrays [..., H, W], but got shape \(shape).")
    let mask = DiscMask(height: shape[shape.count - 2], width: shape[shape.count - 1])
    return withinDisc(a, mask) { a in
      withinDisc(b, mask) { b in base.compare(a, b, shape: shape) }
    }
  }

  private func withinDisc(
    _ x: Span<Double>, _ mask: DiscMask, _ body: (Span<Double>) -> Comparison
  ) -> Comparison {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: x.count) { inside in
      inside.initialize(repeating: 0)
      mask.forEachPosition(in: x.count) { inside[$0] = x[$0] }
      return body(inside.span)
    }
  }
}
