// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct GroupHomomorphismTests {
  @Test("C8 maps onto C4 with the half turn in its kernel")
  func ontoC4() throws {
    let map = try GroupHomomorphism(
      from: .cyclic(8), to: .cyclic(4), images: [0, 1, 2, 3, 0, 1, 2, 3])
    #expect(map.kernel.elements == [0, 4])
    #expect(map.kernel.isNormal)
  }

  @Test("The sign of D8 has the turns in its kernel")
  func signOfD8() throws {
    let sign = try signOfD8Map()
    #expect(sign.kernel.elements == Array(0..<8))
  }

  @Test("A map that loses a product is refused and the product named")
  func brokenMap() {
    // 1 + 1 = 2 in C8, but the images 1 + 1 = 2 ≠ 3 in C4.
    #expect(throws: GroupLawViolation.notHomomorphic(g: 1, h: 1)) {
      try GroupHomomorphism(from: .cyclic(8), to: .cyclic(4), images: [0, 1, 3, 3, 0, 1, 2, 3])
    }
    #expect(throws: GroupLawViolation.notHomomorphic(g: 0, h: 0)) {
      try GroupHomomorphism(from: .cyclic(1), to: .cyclic(2), images: [1])
    }
  }

  @Test("Conjugation is a map of a group onto itself", arguments: FiniteGroupTests.families)
  func conjugation(group: FiniteGroup) throws {
    for a in group.elements.prefix(8) {
      let images = group.elements.map {
        group.product(group.product(a, $0), group.inverse(of: a))
      }
      let map = try GroupHomomorphism(from: group, to: group, images: images)
      #expect(map.kernel.order == 1)
    }
  }
}

/// D8 → C2: turns to 0, reflections to 1.
func signOfD8Map() throws -> GroupHomomorphism {
  try GroupHomomorphism(
    from: .dihedral(rotationCount: 8), to: .reflection,
    images: Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8))
}
