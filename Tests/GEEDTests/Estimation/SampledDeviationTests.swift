// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing
import _GEEDTestSupport

/// What a mean over a sample owes to the sample, found by going through every sample that could have
/// been drawn.
@Suite struct SampledDeviationTests {
  /// Σ (aᵢ − bᵢ)², no distance of the family but the one that is exactly unbiased.
  private struct SquaredDistance: Distance {
    func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
      Comparison(a.indices.reduce(0) { $0 + (a[$1] - b[$1]) * (a[$1] - b[$1]) })
    }
  }

  /// E of one example whose outputs are these; `reference` is f(x), far from all by default.
  private func deviation(
    of outputs: [[Float]], reference: [Float]? = nil, by distance: any Distance,
    isSample: Bool = true
  ) throws -> Double {
    let names = outputs.indices.map { "g\($0)" }
    let sample =
      isSample
      ? TransformationSet(sample: "test", elementNames: names, summary: "")
      : TransformationSet(family: "test", elementNames: names, summary: "")
    let reference = reference ?? outputs[0].map { $0 + 9 }
    let shape = [reference.count]
    var estimator = DeviationEstimator(
      outputAction: PreparedAction(trivial: sample, shape: shape), distance: distance)
    estimator.add(
      orbitOutputs: .stacking(([reference] + outputs).map { Tensor(shape: shape, scalars: $0) }))
    return try #require(estimator.estimate).value
  }

  /// The mean of E over all samples of `n` from equally likely `outputs`.
  private func expectation(
    of outputs: [[Float]], count n: Int, by distance: any Distance
  ) throws -> Double {
    var total = 0.0
    var sampleCount = 1
    for _ in 0..<n { sampleCount *= outputs.count }
    for number in 0..<sampleCount {
      var rest = number
      let sample = (0..<n).map { _ in
        defer { rest /= outputs.count }
        return outputs[rest % outputs.count]
      }
      total += try deviation(of: sample, by: distance)
    }
    return total / Double(sampleCount)
  }

  /// What the whole group would give: the mean distance to the mean of `outputs`.
  private func truth(of outputs: [[Float]], by distance: any Distance) throws -> Double {
    let shape = [outputs[0].count]
    var estimator = DeviationEstimator(
      outputAction: try TrivialAction(.cyclic(outputs.count)).prepared(for: shape),
      distance: distance)
    estimator.add(orbitOutputs: .stacking(outputs.map { Tensor(shape: shape, scalars: $0) }))
    return try #require(estimator.estimate).value
  }

  @Test("Squared deviations are unbiased", arguments: [2, 3, 4, 5])
  func squaredDeviations(n: Int) throws {
    // Mean (1, 1), squared distances 2, 1, 5: the variance is 8/3.
    let outputs: [[Float]] = [[0, 0], [1, 0], [2, 3]]
    expectClose(try truth(of: outputs, by: SquaredDistance()), 8.0 / 3, tolerance: 1e-12)
    expectClose(
      try expectation(of: outputs, count: n, by: SquaredDistance()), 8.0 / 3, tolerance: 1e-12)
  }

  @Test("ℓ2 deviations are those to the plain mean times √(n/(n − 1))")
  func euclidean() throws {
    // Mean (1, 0), distances 1, 1 and 2, hence 4/3 · √(3/2).
    let outputs: [[Float]] = [[0, 0], [1, 1], [2, -1]]
    let distances = 1.0 + 1.0 + 2.0.squareRoot()
    expectClose(
      try deviation(of: outputs, by: EuclideanDistance()),
      distances / 3 * 1.5.squareRoot(), tolerance: 1e-12)
  }

  /// Samples of n from two outputs are told apart by how often they hold the first: binomially.
  @Test("The bias of divergences and cosines falls like 1/n²", arguments: [true, false])
  func secondOrder(divergence: Bool) throws {
    let distance: any Distance = divergence ? .kullbackLeibler : .negativeCosine
    // Distributions, or vectors of length 1.
    let outputs: [[Float]] =
      divergence ? [[0.5, 0.25, 0.25], [0.125, 0.625, 0.25]] : [[1, 0], [0.6, 0.8]]
    let truth = try truth(of: outputs, by: distance)
    func bias(_ n: Int, isSample: Bool) throws -> Double {
      var (total, probability) = (0.0, 1 / Double(1 << n))
      for k in 0...n {
        let drawn = (0..<n).map { outputs[$0 < k ? 0 : 1] }
        total += probability * (try deviation(of: drawn, by: distance, isSample: isSample))
        probability *= Double(n - k) / Double(k + 1)
      }
      return total - truth
    }
    // The plain mean's bias falls like 1/n, by 2; by 4 only in the limit.
    let biases = try [16, 32].map { try bias($0, isSample: true) }
    let plain = try [16, 32].map { try bias($0, isSample: false) }
    #expect(biases[0] / biases[1] > 3.5)
    #expect(plain[0] / plain[1] < 2.1)
    #expect(abs(biases[1]) < 0.01 * abs(plain[1]))
  }

  @Test("Divergences stay finite where no two outputs share a class", arguments: [2, 3, 10])
  func finiteDivergence(n: Int) throws {
    let outputs = (0..<n).map { i in (0..<n).map { Float($0 == i ? 1 : 0) } }
    let s = (Double(n) / Double(n - 1)).squareRoot()
    let expected = -log(s / Double(n) - (s - 1))
    expectClose(
      try deviation(of: outputs, by: KullbackLeibler()), expected,
      tolerance: 1e-12)
  }

  @Test(
    "Outputs that do not change have no deviation, whatever the reference", arguments: [2, 7, 100])
  func invariant(n: Int) throws {
    let outputs = Array(repeating: [Float(0.1), 0.7, 0.2], count: n)
    expectClose(
      try deviation(of: outputs, reference: [9, 9, 9], by: EuclideanDistance()), 0, tolerance: 1e-15
    )
    expectClose(
      try deviation(of: outputs, reference: [0, 0, 1], by: KullbackLeibler()), 0, tolerance: 1e-15)
    expectClose(
      try deviation(of: outputs, reference: [0, 0, 1], by: NegativeCosine()), -1, tolerance: 1e-15)
  }

  @Test("A chosen family is compared with its plain mean")
  func family() throws {
    let family = TransformationSet(family: "test", elementNames: ["a", "b"], summary: "")
    var estimator = DeviationEstimator(
      outputAction: PreparedAction(trivial: family, shape: [1]), distance: .euclidean)
    estimator.add(orbitOutputs: Tensor(shape: [3, 1], scalars: [100, 1, 3]))
    let estimate = try #require(estimator.estimate)
    #expect(estimate.value == 1)
    #expect(estimate.perElement[1...] == [1, 1])
  }

  @Test("A faithful action compares with f(x), moved by the drawn element")
  func faithful() throws {
    let shift = try SampledImageAction.translations(6, on: [4, 4], seed: 3).prepared(for: [4, 4])
    let x = Tensor.counting([4, 4])
    var estimator = DeviationEstimator(outputAction: shift, distance: .euclidean)
    estimator.add(orbitOutputs: shift.orbit(of: x))
    #expect(estimator.estimate?.value == 0)
  }
}
