// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SampledAxisPermutationsTests {
  @Test("Entries along the axis move, nothing else does")
  func moves() throws {
    let sampled = SampledAxisPermutations(20, symmetric: 9, axis: 1, seed: 8)
    let x = Tensor.counting([2, 9, 3])
    let action = try sampled.prepared(for: x.shape)
    for (g, permutation) in sampled.permutations.enumerated() {
      let moved = action(g, x)
      for row in 0..<2 {
        for i in 0..<9 {
          for column in 0..<3 {
            #expect(
              moved.scalars[(row * 9 + permutation.images[i]) * 3 + column]
                == x.scalars[(row * 9 + i) * 3 + column])
          }
        }
      }
    }
  }

  @Test("A seed fixes the sample")
  func seeds() {
    let first = SampledAxisPermutations(5, symmetric: 12, axis: 0, seed: 1)
    #expect(
      first.permutations == SampledAxisPermutations(5, symmetric: 12, axis: 0, seed: 1).permutations
    )
    #expect(
      first.permutations != SampledAxisPermutations(5, symmetric: 12, axis: 0, seed: 2).permutations
    )
    #expect(first.transformations.name == "S12:5:haar")
  }

  /// 6000 draws of S3: each permutation 1000 times, standard error 29.
  @Test("Permutations are uniform")
  func uniform() {
    let drawn = SampledAxisPermutations(6000, symmetric: 3, axis: 0, seed: 3).permutations
      .dropFirst()
    for permutation in Permutation.all(of: 3) {
      #expect(abs(drawn.count { $0 == permutation } - 1000) < 120)
    }
  }

  @Test("Another length is refused")
  func wrongLength() {
    let sampled = SampledAxisPermutations(2, symmetric: 5, axis: 0, seed: 0)
    let error = #expect(throws: ActionError.self) { try sampled.prepared(for: [4, 2]) }
    #expect(
      error?.description == "S5:2:haar cannot act on axis 0 of shape [4, 2]: expected length 5.")
  }
}
