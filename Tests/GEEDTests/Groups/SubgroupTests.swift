// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SubgroupTests {
  /// Cₙ has one subgroup for each divisor of n, Dₙ has τ(n) + σ(n); S3, S4 and Q8 are in every
  /// textbook (6, 30, 6), S4's normal ones are 1, V4, A4, S4.
  static let counts: [(group: FiniteGroup, subgroups: Int, normal: Int)] = [
    (.trivial, 1, 1), (.cyclic(12), 6, 6), (.cyclic(7), 2, 2),
    (.dihedral(rotationCount: 4), 10, 6), (.dihedral(rotationCount: 8), 19, 7),
    (.symmetric(3), 6, 3), (.symmetric(4), 30, 4), (.translations(rows: 2, columns: 2), 5, 5),
  ]

  @Test("There are as many subgroups as the literature says", arguments: counts)
  func subgroupCounts(group: FiniteGroup, count: Int, normalCount: Int) {
    let subgroups = group.subgroups()
    #expect(subgroups.count == count)
    #expect(Set(subgroups).count == count)
    #expect(subgroups.filter(\.isNormal).count == normalCount)
    #expect(subgroups.first?.elements == [0])
    #expect(subgroups.last?.order == group.order)
    #expect(subgroups.map(\.order) == subgroups.map(\.order).sorted())
  }

  @Test("All 6 subgroups of the quaternion group are normal")
  func quaternionSubgroups() throws {
    let subgroups = try quaternions().subgroups()
    #expect(subgroups.map(\.order) == [1, 2, 4, 4, 4, 8])
    #expect(subgroups.filter(\.isNormal).count == 6)
  }

  @Test("Every subgroup is a group and its cosets part its parent", arguments: counts)
  func laws(group: FiniteGroup, count: Int, normalCount: Int) {
    for subgroup in group.subgroups() {
      checkGroupLaws(of: subgroup.group)
      #expect(subgroup.order * subgroup.index == group.order)
      #expect(Subgroup(of: group, generatedBy: subgroup.generators) == subgroup)
      let cosets = subgroup.leftCosets
      #expect(cosets.count == subgroup.index)
      #expect(cosets.first == subgroup.elements)
      #expect(cosets.joined().sorted() == Array(group.elements))
      #expect(cosets.allSatisfy { $0.count == subgroup.order && $0 == $0.sorted() })
      #expect(cosets.map { $0[0] } == cosets.map { $0[0] }.sorted())
    }
  }

  @Test("A subgroup is normal if its left cosets multiply", arguments: counts)
  func quotients(group: FiniteGroup, count: Int, normalCount: Int) throws {
    for subgroup in group.subgroups() {
      let cosets = subgroup.leftCosets
      let place = { g in cosets.firstIndex { $0.contains(g) } }
      // The coset of gh may depend on the cosets of g and h alone.
      let isWellDefined = group.elements.allSatisfy { g in
        group.elements.allSatisfy { h in
          guard let i = place(g), let j = place(h) else { return false }
          return place(group.product(g, h)) == place(group.product(cosets[i][0], cosets[j][0]))
        }
      }
      #expect(isWellDefined == subgroup.isNormal)
    }
  }

  @Test("The quotient of C8 by its half turn is C4")
  func quotientOfC8() throws {
    let c8 = FiniteGroup.cyclic(8)
    let cosets = Subgroup(of: c8, generatedBy: [4]).leftCosets
    #expect(cosets == [[0, 4], [1, 5], [2, 6], [3, 7]])
    let table = cosets.map { a in
      cosets.map { b in cosets.firstIndex { $0.contains(c8.product(a[0], b[0])) } ?? -1 }
    }
    let quotient = try FiniteGroup(
      name: "C4", elementNames: (0..<4).map { "r\($0)" }, cayleyTable: table)
    #expect(quotient == .cyclic(4))
  }

  @Test("Subgroups are named after the earliest generators")
  func names() {
    let d4 = FiniteGroup.dihedral(rotationCount: 4)
    #expect(Subgroup(of: d4, generatedBy: []).name == "⟨r0⟩")
    #expect(Subgroup(of: d4, generatedBy: [3]).name == "⟨r1⟩")
    #expect(Subgroup(of: d4, generatedBy: [6, 2]).name == "⟨r2, r0s⟩")
    #expect(Subgroup(of: d4, generatedBy: [1, 4]).name == "D4")
    #expect(Subgroup(of: d4, generatedBy: [2]).group.elementNames == ["r0", "r2"])
  }
}
