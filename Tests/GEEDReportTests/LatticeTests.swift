// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct LatticeTests {
  private static let subgroups = FiniteGroup.dihedral(rotationCount: 4).subgroups()
  private static let sets = subgroups.map { subgroup in
    Set(subgroup.elements.map { subgroup.parent.elementNames[$0] })
  }
  private let layout = LatticeLayout(sets)

  /// D4 has 10 subgroups: 1, five of order 2, three of order 4, and D4. The trivial one is covered
  /// by five; the center r2 by three, and each of the four reflections by one of order 4; these
  /// three by D4: 5 + 3 + 4 + 3 = 15.
  @Test func subgroupsOfD4() {
    #expect(Self.sets.count == 10)
    #expect(layout.covers.count == 15)
    #expect(layout.rowCount == 4)
  }

  @Test func coversAreInclusionsWithNothingBetween() {
    for (a, lower) in Self.sets.enumerated() {
      for (b, upper) in Self.sets.enumerated() {
        let isCovered = layout.covers.contains { $0 == (a, b) }
        let between = Self.sets.filter {
          lower.isStrictSubset(of: $0) && $0.isStrictSubset(of: upper)
        }
        #expect(isCovered == (lower.isStrictSubset(of: upper) && between.isEmpty))
      }
    }
  }

  @Test func rowsAreOrders() {
    let heights = Dictionary(grouping: Self.sets.indices) { Self.sets[$0].count }
      .mapValues { Set($0.map { layout.positions[$0].y }) }
    #expect(heights == [1: [0], 2: [1.0 / 3], 4: [2.0 / 3], 8: [1]])
  }

  @Test func placesAreDistinct() {
    let places = Set(layout.positions.map { [$0.x, $0.y] })
    #expect(places.count == 10)
  }

  /// The center r2 is in all three subgroups of order 4, so without crossings it is in the middle.
  @Test func centerIsInTheMiddle() throws {
    let center = try #require(Self.sets.firstIndex(of: ["r0", "r2"]))
    #expect(layout.positions[center].x == 0.5)
  }
}
