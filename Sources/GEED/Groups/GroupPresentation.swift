// SPDX-License-Identifier: MIT

/// Generators of a cyclic or dihedral group, and the relations that define it.
///
/// C*n* is ⟨r | rⁿ⟩ and D*n* is ⟨r, s | rⁿ, s², (sr)²⟩. Permutations for the generators that meet
/// the relations are those of a representation of the whole group.
package struct GroupPresentation: Sendable, Hashable {
  /// A product of generators that is the identity.
  package struct Relation: Sendable, Hashable {
    /// The relation as it is written, such as `r1^8 = r0`.
    package let name: String
    /// The factors, the last of which acts first.
    package let word: [FiniteGroup.Element]
  }

  package let generators: [FiniteGroup.Element]
  package let relations: [Relation]

  /// Creates the presentation of a group whose elements are in the order of C*n* or D*n*; `nil` for
  /// other groups and for one element.
  package init?(_ group: FiniteGroup) {
    let names = group.elementNames
    func power(_ g: FiniteGroup.Element, _ count: Int) -> Relation {
      Relation(
        name: "\(names[g])^\(count) = \(names[0])", word: Array(repeating: g, count: count))
    }
    func matches(_ other: FiniteGroup) -> Bool {
      group.elements.allSatisfy { g in
        group.elements.allSatisfy { group.product(g, $0) == other.product(g, $0) }
      }
    }
    let n = group.order
    if n >= 2, matches(.cyclic(n)) {
      generators = [1]
      relations = [power(1, n)]
      return
    }
    guard n >= 4, n.isMultiple(of: 2), matches(.dihedral(rotationCount: n / 2)) else { return nil }
    let (r, s) = (1, n / 2)
    generators = [r, s]
    relations = [
      power(r, n / 2), power(s, 2),
      Relation(
        name: "\(names[s])·\(names[r])·\(names[s])·\(names[r]) = \(names[0])",
        word: [s, r, s, r]),
    ]
  }
}

extension GroupPresentation.Relation {
  /// Returns the image of an item under the word, given the permutation for each generator.
  func image(of item: Int, under permutations: [FiniteGroup.Element: Permutation]) -> Int {
    word.reversed().reduce(item) { item, g in permutations[g]?.images[item] ?? item }
  }

  /// Returns whether the word maps an item to itself with its sign, given the signed permutation for
  /// each generator.
  func holds(
    for item: Int, under permutations: [FiniteGroup.Element: SignedPermutation]
  ) -> Bool {
    let start = SignedItem(item)
    return word.reversed().reduce(start) { item, g in permutations[g]?(item) ?? item } == start
  }
}
