// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct FiniteGroupTests {
  @Test("Every family keeps the laws of a group", arguments: families)
  func laws(group: FiniteGroup) {
    checkGroupLaws(of: group)
  }

  @Test("Only the groups that ought to commute do", arguments: families)
  func commutativity(group: FiniteGroup) {
    let abelian = ["trivial", "flip", "T2x3", "T1x4", "C2×C3", "D1", "D2"]
    let expected = abelian.contains(group.name) || group.name.wholeMatch(of: /C\d/) != nil
    #expect(group.isAbelian == expected)
  }

  @Test("Powers return to the identity after the order of the element")
  func ordersOfElements() {
    let c12 = FiniteGroup.cyclic(12)
    // The order of k in ℤ/12 is 12/gcd(k, 12).
    #expect(
      c12.elements.map(c12.order(of:)) == [1, 12, 6, 4, 3, 12, 2, 12, 3, 4, 6, 12])
    let d4 = FiniteGroup.dihedral(rotationCount: 4)
    #expect(d4.elements.map(d4.order(of:)) == [1, 4, 2, 4, 2, 2, 2, 2])
  }

  @Test("A group can be renamed and stays the same otherwise")
  func renaming() {
    let group = FiniteGroup.cyclic(3).named("turns")
    #expect(group.description == "turns")
    #expect(group.elementNames == ["r0", "r1", "r2"])
    #expect(group != .cyclic(3))
    checkGroupLaws(of: group)
  }

  /// Groups of every family, small enough to try all triples.
  static let families: [FiniteGroup] =
    (1...8).map { .cyclic($0) } + (1...8).map { .dihedral(rotationCount: $0) }
    + [
      .trivial, .reflection, .translations(rows: 2, columns: 3), .translations(rows: 1, columns: 4),
      .symmetric(3), .symmetric(4), .product(.cyclic(2), .cyclic(3)),
      .product(.dihedral(rotationCount: 3), .cyclic(2)),
    ]
}

extension FiniteGroup: CustomTestStringConvertible {
  public var testDescription: String { name }
}
