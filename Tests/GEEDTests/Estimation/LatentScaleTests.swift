// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct LatentScaleTests {
  @Test("Mean and jackknife agree with scipy", arguments: Golden.values.scales)
  func golden(_ golden: Golden.Scale) throws {
    let batch = Tensor(shape: [golden.count, golden.width], scalars: golden.scalars)
    let distance = try estimate(.distance, of: batch)
    // Sums of up to 435 pairs in double precision.
    expectClose(distance.value, golden.distance, relative: 1e-13)
    expectClose(distance.standardError, golden.distanceError, relative: 1e-10)
    let similarity = try estimate(.similarity, of: batch)
    expectClose(similarity.value, golden.similarity, tolerance: 1e-13)
    expectClose(similarity.standardError, golden.similarityError, relative: 1e-10)
  }

  /// 0, 1 and 3 are 1, 3 and 2 apart: 2 in the mean. Mean distances to the others are 2, 1.5, 2.5,
  /// so leaving out gives 2, 3, 1, and √(2/3·(0 + 1 + 1)) = √(4/3).
  @Test("Three numbers by hand")
  func workedByHand() throws {
    let m = try estimate(.distance, of: Tensor(shape: [3, 1], scalars: [0, 1, 3]))
    #expect(m.value == 2)
    // A few roundings.
    expectClose(m.standardError, (4.0 / 3).squareRoot(), tolerance: 1e-15)
    // Example 1, in the middle, makes M smaller; example 2, outside, makes it larger.
    expectClose(m.errorShares[0], 0, tolerance: 1e-15)
    #expect(m.errorShares[1] < 0 && m.errorShares[2] > 0)
  }

  @Test("The order of the examples does not matter", arguments: 0..<5 as Range<UInt64>)
  func order(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let batch = Tensor.random([40, 6], using: &generator)
    let order = randomExamples(40, of: 40, seed: seed)
    let shuffled = Tensor.stacking(order.map(batch.row))
    for measure in [LatentScale.Measure.distance, .similarity] {
      let (a, b) = (try estimate(measure, of: batch), try estimate(measure, of: shuffled))
      // The same sums in another order.
      expectClose(a.value, b.value, tolerance: 1e-13)
      expectClose(a.standardError, b.standardError ?? .nan, tolerance: 1e-13)
    }
  }

  @Test("Equal features are not apart, and perfectly similar")
  func equalFeatures() throws {
    let batch = Tensor.stacking(Array(repeating: Tensor(shape: [2], scalars: [0.3, 4]), count: 5))
    #expect(try estimate(.distance, of: batch).value == 0)
    #expect(try estimate(.similarity, of: batch).value == 1)
    #expect(try estimate(.similarity, of: batch).standardError == 0)
  }

  @Test("Fewer than two examples have no pair and so no M", arguments: 0...1)
  func tooFew(count: Int) {
    var scale = LatentScale(.distance)
    for row in 0..<count { scale.add(.counting([3, 2]), row: row) }
    #expect(scale.exampleCount == count)
    #expect(scale.estimate == nil)
  }

  /// (0, 0) and (3, 4) are 5 apart.
  @Test("Two examples have an M, whose error is not known")
  func onePair() throws {
    let m = try estimate(.distance, of: Tensor(shape: [2, 2], scalars: [0, 0, 3, 4]))
    #expect(m.value == 5)
    #expect(m.standardError == nil && m.confidenceInterval() == nil)
    let ratio = Estimate([1, 2, 3]).divided(by: m, positions: [0, nil, 1])
    #expect(ratio.value == 0.4 && ratio.standardError == nil)
  }

  /// The largest differences of (0, 1), (2, 5), (4, 4): 4, 4, 2.
  @Test("Another distance is what M averages, similarity being minus it")
  func ownDistance() throws {
    for (measure, expected) in [(LatentScale.Measure.distance, 10.0 / 3), (.similarity, -10.0 / 3)]
    {
      var scale = LatentScale(measure, distance: LargestDifference())
      let batch = Tensor(shape: [3, 2], scalars: [0, 1, 2, 5, 4, 4])
      for row in 0..<3 { scale.add(batch, row: row) }
      // Two roundings of a mean of whole numbers.
      expectClose(scale.estimate?.value, expected, tolerance: 1e-15)
    }
  }

  private func estimate(_ measure: LatentScale.Measure, of batch: Tensor) throws -> Estimate {
    var scale = LatentScale(measure)
    for row in 0..<batch.rowCount { scale.add(batch, row: row) }
    return try #require(scale.estimate)
  }
}

/// The largest difference of two vectors, anywhere.
struct LargestDifference: Distance {
  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(a.indices.reduce(0) { max($0, abs(a[$1] - b[$1])) })
  }
}
