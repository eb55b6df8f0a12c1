// SPDX-License-Identifier: MIT

#if Torch
import GEED
import Testing
import _GEEDTestSupport

@testable import GEEDModels

@Suite struct PlanarGroupTests {
  @Test(
    "Groups are found by the names that GEED's actions have", arguments: ["C1", "C8", "D4", "flip"])
  func names(name: String) throws {
    let symmetry = try #require(PlanarGroup(name))
    let action = try #require(GroupName(name)?.action())
    #expect(symmetry.imageAction.transforms == action.transforms)
    #expect(symmetry.order == action.group.order)
  }

  @Test("Names of other things stand for no group", arguments: ["C0", "T4x4", "C", "D-2", "8", ""])
  func otherNames(name: String) {
    #expect(PlanarGroup(name) == nil)
  }

  @Test(
    "Harmonics are a representation of the group",
    arguments: [PlanarGroup.cyclic(6), .dihedral(rotationCount: 1), .dihedral(rotationCount: 8)],
    [1, 2, 3, 7])
  func harmonicsAreARepresentation(symmetry: PlanarGroup, frequency: Int) {
    let group = symmetry.group
    for g in group.elements {
      for h in group.elements {
        let first = symmetry.harmonicTurn(of: h, frequency: frequency)(0.6, -0.8)
        let both = symmetry.harmonicTurn(of: g, frequency: frequency)(first.0, first.1)
        let product = symmetry.harmonicTurn(of: group.product(g, h), frequency: frequency)(
          0.6, -0.8)
        // Products and sums of a few numbers below 1.
        expectClose(both.0, product.0, tolerance: 1e-14)
        expectClose(both.1, product.1, tolerance: 1e-14)
      }
    }
  }

  /// cos(2θ) turned by 45° is cos(2θ − 90°) = sin(2θ); swapping left and right takes sin(2θ) to
  /// sin(360° − 2θ) = −sin(2θ), and sin(θ) to sin(180° − θ) = sin(θ).
  @Test func turnsWorkedByHand() {
    let symmetry = PlanarGroup.dihedral(rotationCount: 8)
    #expect(symmetry.harmonicTurn(of: 1, frequency: 2)(1, 0) == (0, 1))
    #expect(symmetry.harmonicTurn(of: 8, frequency: 2)(0, 1) == (0, -1))
    #expect(symmetry.harmonicTurn(of: 8, frequency: 1)(0, 1) == (0, 1))
    #expect(symmetry.harmonicTurn(of: 8, frequency: 1)(1, 0) == (-1, 0))
  }
}
#endif
