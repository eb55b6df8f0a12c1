// SPDX-License-Identifier: MIT

import GEED
import Testing

@Suite struct RandomExamplesTests {
  @Test("Examples are different and exist", arguments: [1, 2, 10, 1000], [0, 1, 77] as [UInt64])
  func permutation(total: Int, seed: UInt64) {
    #expect(randomExamples(total, of: total, seed: seed).sorted() == Array(0..<total))
  }

  @Test("Smaller choices begin larger ones", arguments: 0..<10 as Range<UInt64>)
  func prefixes(seed: UInt64) {
    let all = randomExamples(300, of: 300, seed: seed)
    for count in [0, 1, 50, 200, 299] {
      #expect(randomExamples(count, of: 300, seed: seed) == Array(all.prefix(count)))
    }
  }

  /// Three steps of Fisher-Yates by hand with the published outputs of SplitMix64 for seed 0:
  /// 0xE220…/2⁶⁴ = 0.883, 0x6E78…/2⁶⁴ = 0.431, 0x06C4…/2⁶⁴ = 0.026. Of 0 1 2 3 4 the first picks
  /// place ⌊0.883·5⌋ = 4 (4 1 2 3 0), the second 1 + ⌊0.431·4⌋ = 2 (4 2 1 3 0), the third
  /// 2 + ⌊0.026·3⌋ = 2.
  @Test("The shuffle is the one worked by hand")
  func workedByHand() {
    #expect(randomExamples(3, of: 5, seed: 0) == [4, 2, 1])
  }

  @Test("No examples of none are an empty choice")
  func emptyChoice() {
    #expect(randomExamples(0, of: 0, seed: 3).isEmpty)
  }

  @Test("Every example is equally likely at every place")
  func uniformity() {
    let total = 6
    var counts = [[Int]](repeating: [Int](repeating: 0, count: total), count: total)
    for seed in 0..<6000 as Range<UInt64> {
      for (place, example) in randomExamples(total, of: total, seed: seed).enumerated() {
        counts[place][example] += 1
      }
    }
    for place in counts {
      let statistic = place.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
      // Chi-square with 5 degrees of freedom passes 25.7 once in ten thousand.
      #expect(statistic < 25.7)
    }
  }
}
