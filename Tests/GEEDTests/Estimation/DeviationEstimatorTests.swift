// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

@Suite struct DeviationEstimatorTests {
  // MARK: Laws

  @Test("No examples means no estimate, which is not the same as zero")
  func emptyEstimator() throws {
    #expect(try invariance(.cyclic(4), outputs: [3]).estimate == nil)
  }

  @Test("A constant function is invariant", arguments: [1, 2, 3, 7, 8, 49])
  func constantFunction(order: Int) throws {
    var generator = SplitMix64(seed: 30)
    let orbit = Tensor.stacking(
      Array(repeating: .random([5], using: &generator), count: order))
    var euclidean = try invariance(.cyclic(order), outputs: [5])
    euclidean.add(orbitOutputs: orbit)
    #expect(euclidean.estimate?.value == 0)
    var cosine = try invariance(.cyclic(order), outputs: [5], distance: .negativeCosine)
    cosine.add(orbitOutputs: orbit)
    #expect(cosine.estimate?.value == -1)
    var softmax = try invariance(
      .cyclic(order), outputs: [5], distance: .kullbackLeibler, scores: .logits)
    softmax.add(orbitOutputs: orbit)
    // The mean of equal probabilities in double precision is off by a rounding.
    expectClose(softmax.estimate?.value, 0, tolerance: 1e-15)
  }

  @Test("Exactly equivariant maps deviate as little as possible", arguments: ["D4", "C4", "flip"])
  func equivariantMaps(name: String) throws {
    let action = try #require(GroupName(name)?.action()).prepared(for: [3, 6, 6])
    var generator = SplitMix64(seed: 31)
    let maps: [@Sendable (Float) -> Float] = [{ $0 }, { max(0, $0) }, { sin($0) }, { 3 * $0 + 1 }]
    for map in maps {
      var channelwise = DeviationEstimator(
        outputAction: action, distance: ChannelMean(of: .negativeCosine))
      var euclidean = DeviationEstimator(outputAction: action, distance: .euclidean)
      for _ in 0..<5 {
        var orbit = action.orbit(of: .random([3, 6, 6], using: &generator))
        orbit.scalars = orbit.scalars.map(map)
        channelwise.add(orbitOutputs: orbit)
        euclidean.add(orbitOutputs: orbit)
      }
      #expect(channelwise.estimate?.value == -1)
      #expect(euclidean.estimate?.value == 0)
      #expect(euclidean.estimate?.mean.standardError == 0)
    }
  }

  @Test("The order of the examples does not matter", arguments: 0..<10 as Range<UInt64>)
  func permutedExamples(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let orbits = (0..<30).map { _ in Tensor.random([8, 3], using: &generator) }
    var (first, second) = (
      try invariance(.cyclic(8), outputs: [3]), try invariance(.cyclic(8), outputs: [3])
    )
    for orbit in orbits { first.add(orbitOutputs: orbit) }
    let order = randomExamples(30, of: 30, seed: seed)
    for index in order { second.add(orbitOutputs: orbits[index]) }
    let (a, b) = try (#require(first.estimate), #require(second.estimate))
    // The same sums in another order.
    expectClose(a.value, b.value, tolerance: 1e-14)
    expectClose(a.mean.standardError, b.mean.standardError ?? .nan, tolerance: 1e-14)
    #expect(order.map { a.perExample[$0] } == b.perExample)
  }

  @Test("The mean over elements is the mean over examples is the value")
  func marginals() throws {
    var generator = SplitMix64(seed: 32)
    var estimator = try invariance(.dihedral(rotationCount: 3), outputs: [4])
    for _ in 0..<7 { estimator.add(orbitOutputs: .random([6, 4], using: &generator)) }
    let estimate = try #require(estimator.estimate)
    #expect(estimate.exampleCount == 7)
    // The same sums in another order.
    expectClose(estimate.perElement.reduce(0, +) / 6, estimate.value, tolerance: 1e-14)
    expectClose(estimate.perExample.reduce(0, +) / 7, estimate.value, tolerance: 1e-14)
  }

  @Test("Large outputs, compared on several threads, give the digits of small ones")
  func parallelComparison() throws {
    var generator = SplitMix64(seed: 33)
    let orbit = Tensor.random([8, 20_000], using: &generator)
    var estimator = try invariance(.cyclic(8), outputs: [20_000])
    estimator.add(orbitOutputs: orbit)
    let rows = (0..<8).map { orbit.row($0).scalars.map(Double.init) }
    let mean = (0..<20_000).map { i in rows.reduce(0) { $0 + $1[i] } / 8 }
    let expected = rows.map { EuclideanDistance()($0, mean) }
    #expect(estimator.estimate?.perElement == expected)
  }

  // MARK: By hand

  /// The orbit {0, 2} has mean 1, so both distances are 1.
  @Test("A two-point orbit by hand")
  func twoPointOrbit() throws {
    var estimator = try invariance(.cyclic(2), outputs: [1])
    estimator.add(orbitOutputs: Tensor(shape: [2, 1], scalars: [0, 2]))
    #expect(estimator.estimate?.value == 1)
    // A second example {4, 4}: mean 4, distances 0. In the mean ½, elements ½ each.
    estimator.add(orbitOutputs: Tensor(shape: [2, 1], scalars: [4, 4]))
    #expect(estimator.estimate?.value == 0.5)
    #expect(estimator.estimate?.perElement == [0.5, 0.5])
    #expect(estimator.estimate?.perExample == [1, 0])
    expectClose(estimator.estimate?.mean.standardError, 0.5, tolerance: 1e-16)
  }

  /// C4 acts on pairs through C2, which swaps them; the kernel is {r0, r2}. For the orbit outputs
  /// (1, 0), (0, 3), (3, 0), (0, 1) the kernel mean is ((1, 0) + (3, 0))/2 = (2, 0), moved by r1
  /// and r3 to (0, 2): all four distances are 1. Without the kernel mean they would be 0, 2, 2, 0.
  @Test("The mean over the kernel of an action through a quotient, by hand")
  func kernelMean() throws {
    let swap = AxisPermutations.symmetric(2, axis: .last)
    let map = try GroupHomomorphism(
      from: .cyclic(4), to: .symmetric(2).named("S2@-1"), images: [0, 1, 0, 1])
    let action = try PulledBackAction(swap, along: map).prepared(for: [2])
    #expect(action.kernel == [0, 2])
    var estimator = DeviationEstimator(outputAction: action, distance: .euclidean)
    estimator.add(orbitOutputs: Tensor(shape: [4, 2], scalars: [1, 0, 0, 3, 3, 0, 0, 1]))
    #expect(estimator.estimate?.perElement == [1, 1, 1, 1])
  }

  /// D8 through the sign: outputs of turns should agree, those of reflections be their negative.
  @Test("Pseudoscalars are equivariant through the sign")
  func pseudoscalars() throws {
    let sign = try AxisMatrices(group: .reflection, matrices: [[[1]], [[-1]]], axis: .last)
    let action = try PulledBackAction(sign, along: signOfD8Map()).prepared(for: [1])
    var estimator = DeviationEstimator(outputAction: action, distance: .euclidean)
    estimator.add(
      orbitOutputs: Tensor(
        shape: [16, 1],
        scalars: Array(repeating: 5, count: 8) + Array(repeating: -5, count: 8)))
    #expect(estimator.estimate?.value == 0)
    // Turns 1, …, 8 have the mean 4.5; reflections −4.5 exactly: Σ|k − 4.5|/16 = 16/16.
    estimator.add(
      orbitOutputs: Tensor(
        shape: [16, 1], scalars: (1...8).map(Float.init) + Array(repeating: -4.5, count: 8)))
    #expect(estimator.exampleDeviations == [0, 1])
  }

  @Test("The rows of an orbit may stand anywhere in a batch")
  func firstRow() throws {
    var generator = SplitMix64(seed: 34)
    let batch = Tensor.random([11, 3], using: &generator)
    var (inside, alone) = (
      try invariance(.cyclic(4), outputs: [3]), try invariance(.cyclic(4), outputs: [3])
    )
    for first in [0, 5, 7] {
      inside.add(orbitOutputs: batch, firstRow: first)
      alone.add(orbitOutputs: .stacking((first..<first + 4).map(batch.row)))
    }
    #expect(inside.estimate == alone.estimate)
  }

  @Test("Rows that are missing or have another shape are a mistake of the caller")
  func preconditions() async {
    await #expect(processExitsWith: .failure) {
      var estimator = DeviationEstimator(
        outputAction: try TrivialAction(.cyclic(4)).prepared(for: [3]), distance: .euclidean)
      estimator.add(orbitOutputs: .counting([5, 3]), firstRow: 2)
    }
    await #expect(processExitsWith: .failure) {
      var estimator = DeviationEstimator(
        outputAction: try TrivialAction(.cyclic(4)).prepared(for: [3]), distance: .euclidean)
      estimator.add(orbitOutputs: .counting([4, 4]))
    }
  }

  @Test("Zero vectors are counted")
  func zeroVectors() throws {
    var estimator = try invariance(.cyclic(2), outputs: [2], distance: .negativeCosine)
    // The mean of (1, 0) and (−1, 0) is zero: two comparisons with it.
    estimator.add(orbitOutputs: Tensor(shape: [2, 2], scalars: [1, 0, -1, 0]))
    #expect(estimator.estimate?.value == 0)
    #expect(estimator.estimate?.zeroVectorCount == 2)
  }

  // MARK: Softmax G-EED

  @Test(
    "Softmax G-EED is the Jensen-Shannon divergence of the orbit",
    arguments: [(2, 2), (8, 10), (16, 3), (3, 1000)])
  func generalizedJensenShannon(order: Int, classCount: Int) throws {
    var generator = SplitMix64(seed: 35)
    for sharpness in [0.1, 1, 10, 300] as [Float] {
      var orbit = Tensor.random([order, classCount], using: &generator)
      orbit.scalars = orbit.scalars.map { sharpness * $0 }
      var estimator = try invariance(
        .cyclic(order), outputs: [classCount], distance: .kullbackLeibler, scores: .logits)
      estimator.add(orbitOutputs: orbit)
      let distributions = (0..<order).map { softmax(orbit.row($0).scalars.map(Double.init)) }
      let mean = (0..<classCount).map { i in
        distributions.reduce(0) { $0 + $1[i] } / Double(order)
      }
      let divergence =
        entropy(mean) - distributions.map(entropy).reduce(0, +) / Double(order)
      let value = try #require(estimator.estimate).value
      // Differences of entropies below 7 in double precision.
      expectClose(value, divergence, tolerance: 1e-13)
      #expect(value >= 0)
      #expect(value <= log(Double(min(order, classCount))) * (1 + 1e-12))
    }
  }

  @Test(
    "Different classes for every element reach the bound min(ln |G|, ln K)",
    arguments: [(2, 5), (8, 8), (4, 10), (8, 4)])
  func softmaxBound(order: Int, classCount: Int) throws {
    var estimator = try invariance(
      .cyclic(order), outputs: [classCount], distance: .kullbackLeibler, scores: .probabilities)
    estimator.add(
      orbitOutputs: Tensor(
        shape: [order, classCount],
        scalars: (0..<order * classCount).map {
          $0 / classCount % classCount == $0 % classCount ? 1 : 0
        }))
    // One logarithm and one mean.
    expectClose(
      estimator.estimate?.value, log(Double(min(order, classCount))), tolerance: 1e-15)
  }

  @Test("Logits, their softmax and its logarithm mean the same")
  func readings() throws {
    var generator = SplitMix64(seed: 36)
    let logits = Tensor.random([8, 5], using: &generator)
    let probabilities = (0..<8).flatMap { softmax(logits.row($0).scalars.map(Double.init)) }
    let readings: [(ScoreKind, [Float])] = [
      (.logits, logits.scalars), (.probabilities, probabilities.map { Float($0) }),
      (.logProbabilities, probabilities.map { Float(log($0)) }),
    ]
    let values = try readings.map { scores, scalars in
      var estimator = try invariance(
        .cyclic(8), outputs: [5], distance: .kullbackLeibler, scores: scores)
      estimator.add(orbitOutputs: Tensor(shape: [8, 5], scalars: scalars))
      return try #require(estimator.estimate).value
    }
    // Probabilities and logarithms were rounded to single precision.
    expectClose(values[1], values[0], tolerance: 1e-6)
    expectClose(values[2], values[0], tolerance: 1e-6)
  }

  /// e^−744.5 is the smallest number there is, and its half is 0: the mean has lost it.
  @Test("Scores very far apart have a finite deviation")
  func distantLogits() throws {
    var estimator = try invariance(
      .cyclic(2), outputs: [2], distance: .kullbackLeibler, scores: .logits)
    estimator.add(orbitOutputs: Tensor(shape: [2, 2], scalars: [0, -744.5, 0, -1000]))
    #expect(estimator.estimate?.value == 0)
  }

  @Test("Undefined scores are not perfectly invariant")
  func undefinedScores() throws {
    var estimator = try invariance(
      .cyclic(2), outputs: [2], distance: .kullbackLeibler, scores: .logits)
    estimator.add(orbitOutputs: Tensor(shape: [2, 2], scalars: [0, .nan, 0, 1]))
    #expect(estimator.estimate?.value.isNaN == true)
    #expect(estimator.estimate?.mean.confidenceInterval() == nil)
  }

  private func invariance(
    _ group: FiniteGroup, outputs shape: [Int], distance: any Distance = .euclidean,
    scores: ScoreKind = .values
  ) throws -> DeviationEstimator {
    DeviationEstimator(
      outputAction: try TrivialAction(group).prepared(for: shape), distance: distance,
      scores: scores)
  }
}

/// A softmax written out plainly.
private func softmax(_ scores: [Double]) -> [Double] {
  let largest = scores.max() ?? 0
  let weights = scores.map { exp($0 - largest) }
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}

/// −Σ p ln p, with 0 ln 0 = 0.
private func entropy(_ p: [Double]) -> Double {
  -p.filter { $0 > 0 }.reduce(0) { $0 + $1 * log($1) }
}
