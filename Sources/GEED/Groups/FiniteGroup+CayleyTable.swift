// SPDX-License-Identifier: MIT

/// A law that a multiplication table, or a map between groups, violates.
public enum GroupLawViolation: Error, Hashable, CustomStringConvertible {
  /// The table is not square, or its size differs from the number of names.
  case notSquare(rows: Int, expected: Int)
  /// A product lies outside the group.
  case notClosed(g: Int, h: Int, product: Int)
  /// Element 0 is not neutral with respect to this element.
  case noIdentity(g: Int)
  /// This element has no inverse.
  case noInverse(g: Int)
  /// The products (gh)k and g(hk) differ.
  case notAssociative(g: Int, h: Int, k: Int)
  /// A map does not send the product gh to the product of the images.
  case notHomomorphic(g: Int, h: Int)
  /// The group has more elements than can be enumerated.
  case tooLarge(Int)

  /// One sentence that names the law and the elements.
  public var description: String {
    switch self {
    case .notSquare(let rows, let expected):
      "A group table needs \(expected) rows of \(expected) products, but row or table has \(rows)."
    case .notClosed(let g, let h, let product):
      "The product of elements \(g) and \(h) is \(product), which is no element."
    case .noIdentity(let g):
      "Element 0 must be the identity, but changes element \(g)."
    case .noInverse(let g):
      "Element \(g) has no inverse."
    case .notAssociative(let g, let h, let k):
      "The products of elements \(g), \(h) and \(k) depend on the brackets."
    case .notHomomorphic(let g, let h):
      "The map does not keep the product of elements \(g) and \(h)."
    case .tooLarge(let count):
      "The group has at least \(count) elements; at most \(FiniteGroup.maximumOrder) fit."
    }
  }
}

extension FiniteGroup {
  /// Creates a group from its Cayley table and checks the group laws.
  ///
  /// - Parameters:
  ///   - name: The name of the group.
  ///   - elementNames: One name for each element; `g0`, `g1`, … by default.
  ///   - table: `table[g][h]` is the position of *gh*, "first `h`, then `g`"; element 0 must be the
  ///     identity.
  /// - Throws: ``GroupLawViolation`` with the first law that fails, and for which elements.
  /// - Complexity: O(*n*²·*k*) for order *n* and *k* ≤ log₂ *n* generators (Light's test).
  public init(
    name: String, elementNames: [String]? = nil, cayleyTable table: [[Element]]
  ) throws(GroupLawViolation) {
    let order = table.count
    let names = elementNames ?? (0..<order).map { "g\($0)" }
    guard order <= Self.maximumOrder else { throw .tooLarge(order) }
    guard order >= 1, names.count == order else {
      throw .notSquare(rows: order, expected: max(names.count, 1))
    }
    for row in table where row.count != order {
      throw .notSquare(rows: row.count, expected: order)
    }
    for g in 0..<order {
      for h in 0..<order where !(0..<order).contains(table[g][h]) {
        throw .notClosed(g: g, h: h, product: table[g][h])
      }
      guard table[g][0] == g, table[0][g] == g else { throw .noIdentity(g: g) }
    }
    for g in 0..<order
    where !(0..<order).contains(where: { table[g][$0] == 0 && table[$0][g] == 0 }
    ) {
      throw .noInverse(g: g)
    }
    try Self.checkAssociativity(of: table)
    self.init(name: name, elementNames: names, knownProduct: { table[$0][$1] })
  }

  /// Light's test: if (xa)y = x(ay) for all x, y and every generator a, it holds for all a.
  private static func checkAssociativity(of table: [[Element]]) throws(GroupLawViolation) {
    for a in generators(of: table) {
      for x in table.indices {
        for y in table.indices where table[table[x][a]][y] != table[x][table[a][y]] {
          throw .notAssociative(g: x, h: a, k: y)
        }
      }
    }
  }

  /// Returns a set of elements whose products include every element of the table.
  private static func generators(of table: [[Element]]) -> [Element] {
    var generators: [Element] = []
    var reached: Set<Element> = [0]
    for candidate in table.indices where !reached.contains(candidate) {
      generators.append(candidate)
      var frontier = Array(reached)
      while let x = frontier.popLast() {
        for y in generators.flatMap({ [table[x][$0], table[$0][x]] })
        where reached.insert(y).inserted {
          frontier.append(y)
        }
      }
    }
    return generators
  }
}
