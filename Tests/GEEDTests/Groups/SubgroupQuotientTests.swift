// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct SubgroupQuotientTests {
  @Test(
    "Quotients are groups of the right order, and exist for normal subgroups alone",
    arguments: [FiniteGroup.cyclic(12), .dihedral(rotationCount: 4), .symmetric(4)])
  func quotients(group: FiniteGroup) throws {
    for subgroup in group.subgroups() {
      #expect((subgroup.quotient != nil) == subgroup.isNormal)
      guard let quotient = subgroup.quotient else { continue }
      #expect(quotient.order == subgroup.index)
      checkGroupLaws(of: quotient)
    }
  }

  /// S4 / V4 is S3, the smallest group that is not abelian; C12 / C3 is C4.
  @Test("Known quotients come out")
  func knownQuotients() throws {
    let s4 = FiniteGroup.symmetric(4)
    let klein = try #require(s4.subgroups().first { $0.order == 4 && $0.isNormal })
    let s3 = try #require(klein.quotient)
    #expect(s3.order == 6)
    #expect(!s3.isAbelian)
    let c12 = FiniteGroup.cyclic(12)
    let c4 = try #require(Subgroup(of: c12, generatedBy: [4]).quotient)
    #expect(c4.elements.contains { c4.order(of: $0) == 4 })
  }

  @Test("Labels tell cyclic from dihedral subgroups")
  func labels() {
    let d8 = FiniteGroup.dihedral(rotationCount: 8)
    let labels = Set(d8.subgroups().map { $0.label.split(separator: " ")[0] })
    #expect(labels == ["⟨r0⟩", "C2", "C4", "C8", "D2", "D4", "D8"])
    let s3 = FiniteGroup.symmetric(4).subgroups().first { $0.order == 6 }
    #expect(s3?.label.hasPrefix("D3 ") == true)
    let a4 = FiniteGroup.symmetric(4).subgroups().first { $0.order == 12 }
    #expect(a4?.label.hasPrefix("⟨") == true)
  }
}
