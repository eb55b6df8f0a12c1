// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct FiniteGroupFamiliesTests {
  @Test("Names and orders are the usual ones")
  func names() {
    #expect(FiniteGroup.cyclic(8).name == "C8")
    #expect(FiniteGroup.dihedral(rotationCount: 4).name == "D4")
    #expect(FiniteGroup.dihedral(rotationCount: 4).order == 8)
    #expect(
      FiniteGroup.dihedral(rotationCount: 2).elementNames == ["r0", "r1", "r0s", "r1s"])
    #expect(FiniteGroup.reflection.elementNames == ["r0", "r0s"])
    #expect(
      FiniteGroup.translations(rows: 2, columns: 2).elementNames
        == ["(0,0)", "(0,1)", "(1,0)", "(1,1)"])
    #expect(
      FiniteGroup.symmetric(3).elementNames == ["012", "021", "102", "120", "201", "210"])
    #expect(FiniteGroup.product(.cyclic(2), .reflection).name == "C2×flip")
  }

  /// s·r1 = r(−1)·s: turning and then swapping left and right is swapping, then turning back.
  @Test("A reflection turns a turn around", arguments: 1...8)
  func reflectionsReverseTurns(n: Int) {
    let group = FiniteGroup.dihedral(rotationCount: n)
    for k in 0..<n {
      #expect(group.product(n, k) == group.product((n - k) % n, n))
      #expect(group.product(k, n) == n + k)
    }
  }

  /// (1,2) then (1,2) on a 2 × 3 torus: rows 1 + 1 = 0, columns 2 + 2 = 1.
  @Test("Translations add around the border")
  func translations() {
    let group = FiniteGroup.translations(rows: 2, columns: 3)
    #expect(group.product(5, 5) == 1)
    #expect(group.inverse(of: 5) == 4)
  }

  /// In S3 "first 021, then 102": 0 → 0 → 1, 1 → 2 → 2, 2 → 1 → 0, so 120.
  @Test("The product of permutations applies the right one first")
  func symmetric() {
    let group = FiniteGroup.symmetric(3)
    #expect(group.product(2, 1) == 3)
  }

  @Test("Pairs multiply side by side")
  func directProduct() {
    let first = FiniteGroup.dihedral(rotationCount: 3)
    let second = FiniteGroup.cyclic(4)
    let group = FiniteGroup.product(first, second)
    for a in group.elements {
      for b in group.elements {
        let ab = group.product(a, b)
        #expect(ab / 4 == first.product(a / 4, b / 4))
        #expect(ab % 4 == second.product(a % 4, b % 4))
      }
    }
  }

  @Test("A quarter turn and a reflection of the square generate a group of order 8")
  func generatedDihedralGroup() throws {
    // Corners 0 1 2 3 in a ring.
    let group = try FiniteGroup.generated(
      by: [Permutation([1, 2, 3, 0]), Permutation([1, 0, 3, 2])], name: "square")
    checkGroupLaws(of: group)
    #expect(group.order == 8)
    #expect(group.elements.map(group.order(of:)).sorted() == [1, 2, 2, 2, 2, 2, 4, 4])
    #expect(group.elementNames[0] == "0123")
  }

  @Test("The numbering of a generated group agrees with its permutations", arguments: [3, 4, 5])
  func generatedProducts(degree: Int) throws {
    let cycle = Permutation(Array(1..<degree) + [0])
    let swap = Permutation([1, 0] + Array(2..<degree))
    let group = try FiniteGroup.generated(by: [cycle, swap], name: "all")
    #expect(group.order == (1...degree).reduce(1, *))
    let permutations = group.elementNames.map { Permutation($0.compactMap(\.wholeNumberValue)) }
    for g in group.elements {
      for h in group.elements {
        #expect(
          permutations[group.product(g, h)] == permutations[g].composed(with: permutations[h]))
      }
    }
  }

  @Test("No generators give the trivial group")
  func noGenerators() throws {
    for generators in [[], [Permutation.identity(3)]] {
      let group = try FiniteGroup.generated(by: generators, name: "none")
      #expect(group.order == 1)
    }
  }

  @Test("A generated group that is too large is an error, not a wait")
  func tooLarge() {
    // S7 has 5040 elements.
    #expect(throws: GroupLawViolation.tooLarge(FiniteGroup.maximumOrder + 1)) {
      try FiniteGroup.generated(
        by: [Permutation([1, 2, 3, 4, 5, 6, 0]), Permutation([1, 0, 2, 3, 4, 5, 6])], name: "S7")
    }
  }
}
