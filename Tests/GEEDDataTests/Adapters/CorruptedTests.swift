// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import Testing

@Suite struct CorruptedDatasetTests {
  @Test("What happens to an image depends on the seed and its number alone")
  func repeatable() throws {
    let corruption = Corruption(.gaussianNoise, severity: 2)
    let many = try Glyphs(count: 8).corrupted(by: corruption, seed: 4)
    let fewer = try Glyphs(count: 3).corrupted(by: corruption, seed: 4)
    #expect(try many.example(at: 2) == fewer.example(at: 2))
    #expect(try many.example(at: 1) == many.example(at: 1))
    #expect(many.label(at: 7) == 7)
    #expect(many.name == "glyphs (test), gaussian-noise 2")
  }

  /// (0.5 - 0.1) / 0.2 = 2 and (1 - 0.5) / 0.25 = 2
  @Test func normalizedByHand() throws {
    let base = ArrayDataset([Tensor(shape: [2, 1, 1], scalars: [0.5, 1])])
    let normalized = try base.normalized(
      mean: [0.1, 0.5], standardDeviation: [0.2, 0.25])
    #expect(try normalized.example(at: 0).scalars == [2, 2])
  }

  @Test func oneMeanForEachChannel() throws {
    let base = ArrayDataset([Tensor(repeating: 0, shape: [3, 2, 2])], name: "colors")
    let error = try #require(throws: DataError.self) {
      try base.normalized(mean: [0.1], standardDeviation: [0.2])
    }
    #expect(error.description.contains("3 means"))
  }

  @Test func vectorsAreNoImages() throws {
    let base = ArrayDataset([Tensor(repeating: 0, shape: [3])])
    #expect(throws: DataError.self) {
      try base.corrupted(by: Corruption(.fog, severity: 1))
    }
  }
}
