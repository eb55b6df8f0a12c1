// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct InitializerTests {
  private static let shape = [100, 20, 5, 10]  // 100,000 numbers; fan-in 1,000, fan-out 5,000

  /// What a parameter of a new store starts as.
  private static func numbers(
    _ initializer: Initializer, type: TorchElementType = .float64
  ) throws -> [Double] {
    let store = try ParameterStore(seed: 5, type: type)
    return try store.root.parameter("weight", shape: shape, initializer).doubles()
  }

  /// Mean and standard deviation.
  private static func moments(_ x: [Double]) -> (mean: Double, deviation: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    let squares = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, (squares / Double(x.count)).squareRoot())
  }

  @Test func constantsAreConstant() throws {
    #expect(try Self.numbers(.constant(0.3)).allSatisfy { $0 == 0.3 })
    #expect(try Self.numbers(.zeros).allSatisfy { $0 == 0 })
    #expect(try Self.numbers(.ones).allSatisfy { $0 == 1 })
  }

  /// The mean of n numbers of deviation σ is off by σ / √n, their deviation by less than σ / √(2n) for
  /// all of these; five times as much is allowed.
  @Test(arguments: [
    (Initializer.uniform(bound: 3), 3 / 3.0.squareRoot()),
    (.fanIn(shape), 1 / 3000.0.squareRoot()),
    (.normal(deviation: 2), 2),
    (.fanOut(shape), (2 / 5000.0).squareRoot()),
    // The variance of a normal number within ±2 is 1 - 4 φ(2) / (2 Φ(2) - 1) = 0.7737413.
    (.truncatedNormal(deviation: 0.02), 0.02 * 0.7737413.squareRoot()),
  ])
  func deviationsAreThoseOfTheDistribution(initializer: Initializer, deviation: Double) throws {
    for type in [TorchElementType.float32, .float64] {
      let (mean, found) = Self.moments(try Self.numbers(initializer, type: type))
      let count = 100_000.0
      expectClose(mean, 0, tolerance: 5 * deviation / count.squareRoot())
      expectClose(found, deviation, tolerance: 5 * deviation / (2 * count).squareRoot())
    }
  }

  @Test func nothingLiesBeyondTheBounds() throws {
    #expect(try Self.numbers(.uniform(bound: 3)).allSatisfy { abs($0) <= 3 })
    let truncated = try Self.numbers(.truncatedNormal(deviation: 0.5))
    #expect(truncated.allSatisfy { abs($0) <= 1 })
    #expect(truncated.contains { abs($0) > 0.99 })
  }

  /// `kaiming_uniform_` with a = √5 has gain √(2 / 6) and bound gain · √(3 / fan-in).
  @Test func fanInIsTheDefaultOfPyTorch() {
    let gain = (2.0 / 6).squareRoot()
    let bound = gain * (3.0 / 1000).squareRoot()
    guard case .uniform(let found) = Initializer.fanIn(Self.shape) else {
      Issue.record("Expected a uniform distribution.")
      return
    }
    expectClose(found, bound, relative: 1e-14)
  }
}
#endif
