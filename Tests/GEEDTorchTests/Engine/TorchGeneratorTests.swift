// SPDX-License-Identifier: MIT

#if Torch
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct TorchGeneratorTests {
  @Test(arguments: TorchGolden.values.generators)
  func streamsAreThoseOfPyTorch(stream: TorchGolden.Stream) throws {
    let generator = try TorchGenerator(seed: stream.seed)
    for draw in stream.draws {
      let found = try Self.draw(draw, using: generator)
      #expect(found.shape == draw.shape)
      // Sixteen normal numbers and more come from vector instructions of the processor, whose
      // logarithms and cosines differ in the last bits. Uniform numbers have exact steps.
      try expectClose(
        found.doubles(), draw.values, tolerance: draw.kind == "normal" ? 1e-5 : 1e-7,
        "\(draw.kind), \(draw.type)")
    }
  }

  private static func draw(
    _ draw: TorchGolden.Stream.Draw, using generator: TorchGenerator
  ) throws -> TorchTensor {
    let type = try #require(TorchElementType(rawValue: draw.type))
    switch draw.kind {
    case "uniform":
      return try .uniform(-1, 3, shape: draw.shape, type: type, using: generator)
    case "normal":
      return try .normal(deviation: 2, shape: draw.shape, type: type, using: generator)
    default:
      return try TorchTensor.full(1, shape: draw.shape)
        .dropout(probability: 0.25, using: generator)
    }
  }

  @Test func equalSeedsGiveEqualStreams() throws {
    let draws = try [7, 7, 8].map { seed in
      try TorchTensor.normal(deviation: 1, shape: [100], using: TorchGenerator(seed: seed)).host()
    }
    #expect(draws[0] == draws[1])
    #expect(draws[0] != draws[2])
  }

  @Test func aStreamGoesOnFromItsState() throws {
    let generator = try TorchGenerator(seed: 1)
    func draw() throws -> [Float] {
      // An odd number of normal draws leaves half a pair behind, which belongs to the state.
      try TorchTensor.normal(deviation: 1, shape: [3], using: generator).host().scalars
    }
    _ = try draw()
    let state = try generator.state()
    let next = [try draw(), try draw()]
    #expect(next[0] != next[1])
    try generator.restore(state)
    #expect([try draw(), try draw()] == next)
    let other = try TorchGenerator(seed: 99)
    try other.restore(state)
    #expect(
      try TorchTensor.normal(deviation: 1, shape: [3], using: other).host().scalars == next[0])
  }

  @Test func otherBytesAreNoState() throws {
    let generator = try TorchGenerator(seed: 1)
    let state = try generator.state()
    #expect(throws: TorchError.self) { try generator.restore([1, 2, 3]) }
    #expect(throws: TorchError.self) { try generator.restore([]) }
    #expect(try generator.state() == state)
  }

  @Test func uniformNumbersStayBetweenTheirBounds() throws {
    let draws = try TorchTensor.uniform(2, 3, shape: [10_000], using: TorchGenerator(seed: 0))
      .doubles()
    #expect(draws.allSatisfy { (2..<3).contains($0) })
    // The mean of 10,000 is 2.5 ± √(1/12) / 100.
    expectClose(draws.reduce(0, +) / 10_000, 2.5, tolerance: 5 * 0.0029)
  }
}
#endif
