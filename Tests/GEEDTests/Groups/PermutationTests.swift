// SPDX-License-Identifier: MIT

import GEED
import Testing

@Suite struct PermutationTests {
  @Test("Permutations compose and invert", arguments: 0...4)
  func laws(count: Int) {
    let all = Permutation.all(of: count)
    let identity = Permutation.identity(count)
    for p in all {
      #expect(p.composed(with: p.inverse) == identity)
      #expect(p.inverse.composed(with: p) == identity)
      #expect(p.composed(with: identity) == p)
      for q in all {
        let pq = p.composed(with: q)
        #expect((0..<count).allSatisfy { pq.images[$0] == p.images[q.images[$0]] })
        #expect(pq.inverse == q.inverse.composed(with: p.inverse))
      }
    }
  }

  @Test("All permutations come once each, in the order of a dictionary", arguments: 0...6)
  func lexicographicOrder(count: Int) {
    let all = Permutation.all(of: count).map(\.images)
    #expect(all.count == (0..<count).reduce(1) { $0 * ($1 + 1) })
    #expect(zip(all, all.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
  }

  /// 0 → 1 → 1, 1 → 2 → 0, 2 → 0 → 2 for "first 120, then 210".
  @Test("The right one acts first")
  func composition() {
    let first = Permutation([1, 2, 0])
    let second = Permutation([2, 1, 0])
    #expect(second.composed(with: first).images == [1, 0, 2])
    #expect(first.composed(with: second).images == [0, 2, 1])
    #expect(first.inverse.images == [2, 0, 1])
  }

  @Test("Images are written in a row, with dashes once they have two digits")
  func descriptions() {
    #expect(Permutation([0, 2, 1]).description == "021")
    #expect(Permutation.identity(10).description == "0123456789")
    #expect(Permutation.identity(11).description == "0-1-2-3-4-5-6-7-8-9-10")
  }
}
