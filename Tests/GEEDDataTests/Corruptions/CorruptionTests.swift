// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import Testing

@Suite struct CorruptionTests {
  private static let random: [Corruption.Kind] = [
    .gaussianNoise, .shotNoise, .impulseNoise, .glassBlur, .motionBlur, .fog, .dottedLine, .zigzag,
    .translate,
  ]

  private func corrupted(
    _ image: Tensor, _ kind: Corruption.Kind, _ severity: Int, seed: UInt64 = 0
  ) -> Tensor {
    var generator = SplitMix64(seed: seed)
    return Corruption(kind, severity: severity)(image, using: &generator)
  }

  private func distance(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.scalars, b.scalars).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }.squareRoot()
  }

  @Test("Values stay in 0...1 and the shape stays", arguments: Corruption.Kind.allCases)
  func range(kind: Corruption.Kind) throws {
    let glyphs = try Glyphs(count: 5)
    for severity in 1...5 {
      let image = try glyphs.example(at: severity - 1)
      let result = corrupted(image, kind, severity)
      #expect(result.shape == image.shape)
      #expect(result.scalars.allSatisfy { (0...1).contains($0) })
      #expect(result != image)
    }
  }

  @Test("A seed keeps its meaning; another one gives another image", arguments: random)
  func seeded(kind: Corruption.Kind) throws {
    let image = try Glyphs(count: 1).example(at: 0)
    let result = corrupted(image, kind, 3, seed: 1)
    let again = distance(result, corrupted(image, kind, 3, seed: 1))
    let other = distance(result, corrupted(image, kind, 3, seed: 2))
    #expect(again == 0)
    #expect(other > 0)
  }

  /// One chance in 2^19 that twenty seeds agree.
  @Test func shearGoesToBothSides() throws {
    let image = try Glyphs(count: 1).example(at: 0)
    let results = Set((0..<20).map { corrupted(image, .shear, 3, seed: $0) })
    #expect(results.count == 2)
  }

  @Test("Over ten images, more severity is more change", arguments: Corruption.Kind.allCases)
  func severities(kind: Corruption.Kind) throws {
    let glyphs = try Glyphs(count: 10)
    let changes = try (1...5).map { severity in
      try (0..<10).reduce(0) { sum, index in
        let image = try glyphs.example(at: index)
        return sum + distance(image, corrupted(image, kind, severity, seed: UInt64(index)))
      }
    }
    #expect(changes == changes.sorted(), "\(changes)")
  }

  /// Mean (0 + 0 + 0 + 1) / 4 = 0.25; of each distance from it 0.6 is left.
  @Test func contrastByHand() {
    let image = Tensor(shape: [1, 2, 2], scalars: [0, 0, 0, 1])
    let result = corrupted(image, .contrast, 1).scalars
    #expect(zip(result, [0.1, 0.1, 0.1, 0.7]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func brightnessIsCutOff() {
    let image = Tensor(shape: [1, 2, 2], scalars: [0, 0.25, 0.75, 1])
    #expect(corrupted(image, .brightness, 5).scalars == [0.5, 0.75, 1, 1])
  }

  /// In 28 pixels the middle is 13.5; a stripe of 2 covers columns 13 and 14.
  @Test func stripeByHand() {
    let image = Tensor(repeating: 0, shape: [1, 28, 28])
    let row = corrupted(image, .stripe, 1).scalars.prefix(28)
    #expect(row.indices.filter { row[$0] == 1 } == [13, 14])
    #expect(row.filter { $0 == 0 }.count == 26)
  }

  @Test("Blur keeps a constant", arguments: [Corruption.Kind.defocusBlur, .motionBlur, .glassBlur])
  func constants(kind: Corruption.Kind) {
    let image = Tensor(repeating: 0.5, shape: [3, 28, 28])
    // Weights in single precision sum to 1 within a few of its rounding errors.
    #expect(corrupted(image, kind, 5).scalars.allSatisfy { abs($0 - 0.5) < 1e-5 })
  }

  /// 20,000 scalars of mean 0.5, counted with 60 photons: the mean's deviation is
  /// sqrt(0.5 / 60 / 20,000) = 6.5e-4, and the variance is 0.5 / 60 = 8.3e-3 with a deviation of
  /// about 1 %. Cutting off at 1 is 5.5 deviations away. Bounds are 5 deviations.
  @Test func photonsAreCounted() {
    let image = Tensor(repeating: 0.5, shape: [2, 100, 100])
    let counts = corrupted(image, .shotNoise, 1).scalars.map(Double.init)
    let mean = counts.reduce(0, +) / 20_000
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 19_999
    #expect(abs(mean - 0.5) < 3.3e-3)
    #expect(abs(variance * 60 / 0.5 - 1) < 0.05)
    #expect(counts.allSatisfy { abs($0 * 60 - ($0 * 60).rounded()) < 1e-4 })
  }

  /// 10,000 pixels, 27 % of them hit: 2,700 with a deviation of 44; bounds are 5 deviations.
  @Test func impulsesHitAllChannels() {
    let image = Tensor(repeating: 0.5, shape: [2, 100, 100])
    let result = corrupted(image, .impulseNoise, 5)
    let hit = (0..<10_000).filter { result.scalars[$0] != 0.5 }
    #expect(abs(hit.count - 2_700) < 222)
    #expect(hit.allSatisfy { result.scalars[$0] == result.scalars[10_000 + $0] })
  }

  /// A turn by a whole quarter does not matter here: 5 pixels away is 5 pixels away.
  @Test func translationMovesTheCenterOfMass() {
    var image = Tensor(repeating: 0, shape: [1, 28, 28])
    image.scalars[14 * 28 + 14] = 1
    let moved = corrupted(image, .translate, 5)
    var (down, right) = (0.0, 0.0)
    for (i, value) in moved.scalars.enumerated() {
      down += Double(value) * Double(i / 28 - 14)
      right += Double(value) * Double(i % 28 - 14)
    }
    // Bilinear weights reproduce a linear function, up to single precision.
    #expect(abs((down * down + right * right).squareRoot() - 5) < 1e-4)
  }

  @Test func severityIsOneToFive() async {
    await #expect(processExitsWith: .failure) { _ = Corruption(.fog, severity: 6) }
  }
}
