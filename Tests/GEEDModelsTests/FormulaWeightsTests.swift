// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite struct FormulaWeightsTests {
  struct Expected: Decodable {
    let name: String
    let shape: [Int]
    let first: [Float]
    let sum: Double
  }

  /// The values of the authors, http://www.isthe.com/chongo/tech/comp/fnv/.
  @Test func hashesAreTheirs() {
    #expect(FormulaWeights.fnv1a("") == 0xCBF2_9CE4_8422_2325)
    #expect(FormulaWeights.fnv1a("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(FormulaWeights.fnv1a("foobar") == 0x8594_4171_F739_67E8)
  }

  @Test func drawsAreThoseOfSplitMix64() {
    var generator = SplitMix64(seed: FormulaWeights.fnv1a("input"))
    for value in FormulaWeights.input([100]).scalars {
      #expect(Double(value) == Double(generator.next() >> 40) * 0x1p-23 - 1)
    }
  }

  @Test func valuesAreThoseOfPython() throws {
    let all: [Expected] = try readFixture("formula_weights")
    #expect(all.count == 8)
    for expected in all {
      let values =
        expected.name == "input"
        ? FormulaWeights.input(expected.shape).scalars
        : FormulaWeights.values(of: expected.name, shape: expected.shape)
      #expect(Array(values.prefix(expected.first.count)) == expected.first, "\(expected.name)")
      // Sums of Float in Double: only their order can differ.
      expectClose(
        values.reduce(0) { $0 + Double($1) }, expected.sum, tolerance: 1e-9, expected.name)
    }
  }

  @Test func everythingInAStoreIsFilled() throws {
    let store = try ParameterStore(seed: 0)
    _ = try ConvolutionNorm(3, 4, size: 3, conv: store.root / "conv1", norm: store.root / "bn1")
    try FormulaWeights.fill(store)
    #expect(store.all.count == 5)
    for entry in store.all {
      #expect(
        try entry.tensor.host().scalars
          == FormulaWeights.values(of: entry.name, shape: entry.tensor.shape))
    }
  }
}
#endif
