// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct FiniteGroupCayleyTableTests {
  @Test("The table of a group makes the same group", arguments: FiniteGroupTests.families)
  func roundTrip(group: FiniteGroup) throws {
    let table = group.elements.map { g in group.elements.map { group.product(g, $0) } }
    let copy = try FiniteGroup(
      name: group.name, elementNames: group.elementNames, cayleyTable: table)
    #expect(copy == group)
  }

  @Test("The quaternion group is a group that does not commute")
  func quaternionGroup() throws {
    let group = try quaternions()
    checkGroupLaws(of: group)
    #expect(!group.isAbelian)
    // One element of order 2, −1, and six of order 4.
    #expect(group.elements.map(group.order(of:)) == [1, 2, 4, 4, 4, 4, 4, 4])
  }

  @Test("Elements are numbered where they have no names")
  func defaultNames() throws {
    let group = try FiniteGroup(name: "two", cayleyTable: [[0, 1], [1, 0]])
    #expect(group.elementNames == ["g0", "g1"])
  }

  /// A quasigroup with identity in which every element is its own inverse, but (1·1)·2 = 2 and
  /// 1·(1·2) = 1·3 = 4.
  private static let loop = [
    [0, 1, 2, 3, 4],
    [1, 0, 3, 4, 2],
    [2, 4, 0, 1, 3],
    [3, 2, 4, 0, 1],
    [4, 3, 1, 2, 0],
  ]

  @Test("A loop of order 5 that depends on brackets is refused, with a triple that shows it")
  func nonAssociativeLoop() throws {
    let violation = #expect(throws: GroupLawViolation.self) {
      try FiniteGroup(name: "loop", cayleyTable: Self.loop)
    }
    guard case .notAssociative(let g, let h, let k) = violation else {
      Issue.record(
        "Expected a violation of associativity, but got \(String(describing: violation)).")
      return
    }
    let product = { (g: Int, h: Int) in Self.loop[g][h] }
    #expect(product(product(g, h), k) != product(g, product(h, k)))
  }

  @Test("Every broken law is named", arguments: brokenTables)
  func brokenLaws(broken: BrokenTable) {
    #expect(throws: broken.violation) {
      try FiniteGroup(name: "broken", elementNames: broken.names, cayleyTable: broken.table)
    }
    #expect(broken.violation.description == broken.description)
  }

  struct BrokenTable: Sendable {
    let table: [[Int]]
    var names: [String]?
    let violation: GroupLawViolation
    let description: String
  }

  static let brokenTables: [BrokenTable] = [
    BrokenTable(
      table: [], violation: .notSquare(rows: 0, expected: 1),
      description: "A group table needs 1 rows of 1 products, but row or table has 0."),
    BrokenTable(
      table: [[0, 1], [1]], violation: .notSquare(rows: 1, expected: 2),
      description: "A group table needs 2 rows of 2 products, but row or table has 1."),
    BrokenTable(
      table: [[0, 1], [1, 0]], names: ["e"], violation: .notSquare(rows: 2, expected: 1),
      description: "A group table needs 1 rows of 1 products, but row or table has 2."),
    BrokenTable(
      table: [[0, 1], [1, 2]], violation: .notClosed(g: 1, h: 1, product: 2),
      description: "The product of elements 1 and 1 is 2, which is no element."),
    BrokenTable(
      table: [[0, 1], [1, -1]], violation: .notClosed(g: 1, h: 1, product: -1),
      description: "The product of elements 1 and 1 is -1, which is no element."),
    BrokenTable(
      table: [[1, 0], [0, 1]], violation: .noIdentity(g: 0),
      description: "Element 0 must be the identity, but changes element 0."),
    BrokenTable(
      table: [[0, 1], [1, 1]], violation: .noInverse(g: 1),
      description: "Element 1 has no inverse."),
    BrokenTable(
      table: Array(repeating: [], count: 5000), violation: .tooLarge(5000),
      description: "The group has at least 5000 elements; at most 4096 fit."),
  ]

  @Test("Violations that need no table say what they are")
  func otherDescriptions() {
    #expect(
      GroupLawViolation.notAssociative(g: 1, h: 2, k: 3).description
        == "The products of elements 1, 2 and 3 depend on the brackets.")
    #expect(
      GroupLawViolation.notHomomorphic(g: 1, h: 2).description
        == "The map does not keep the product of elements 1 and 2.")
  }
}

/// Q₈ = {1, −1, i, −i, j, −j, k, −k}: a unit 0...3 for 1, i, j, k and a sign.
func quaternions() throws -> FiniteGroup {
  // unit · unit as (sign, unit): ii = jj = kk = −1, ij = k, jk = i, ki = j, and backwards negative.
  let units = [
    [(1, 0), (1, 1), (1, 2), (1, 3)],
    [(1, 1), (-1, 0), (1, 3), (-1, 2)],
    [(1, 2), (-1, 3), (-1, 0), (1, 1)],
    [(1, 3), (1, 2), (-1, 1), (-1, 0)],
  ]
  let table = (0..<8).map { g in
    (0..<8).map { h in
      let (sign, unit) = units[g / 2][h / 2]
      let minusCount = g % 2 + h % 2 + (sign < 0 ? 1 : 0)
      return 2 * unit + minusCount % 2
    }
  }
  return try FiniteGroup(
    name: "Q8", elementNames: ["1", "-1", "i", "-i", "j", "-j", "k", "-k"], cayleyTable: table)
}
