// SPDX-License-Identifier: MIT

extension Subgroup {
  /// The group of cosets G/N of a normal subgroup; element *i* is coset *i* of ``leftCosets``.
  ///
  /// - Returns: `nil` if the subgroup is not normal, so that cosets cannot be multiplied.
  package var quotient: FiniteGroup? {
    guard isNormal else { return nil }
    let cosets = leftCosets
    var cosetIndex = [Int](repeating: 0, count: parent.order)
    for (index, coset) in cosets.enumerated() {
      for g in coset { cosetIndex[g] = index }
    }
    return FiniteGroup(
      name: "\(parent.name)/\(name)", elementNames: cosets.map { parent.elementNames[$0[0]] },
      knownProduct: { cosetIndex[parent.product(cosets[$0][0], cosets[$1][0])] })
  }

  /// The kind of group and its generators, such as `C4 ⟨r2⟩` or `D4 ⟨r2, r1s⟩`.
  ///
  /// The kind is stated for cyclic and dihedral groups; for all others the label has only the
  /// generators.
  package var label: String {
    if order == parent.order || order == 1 { return name }
    let whole = group
    if whole.elements.contains(where: { whole.order(of: $0) == order }) {
      return "C\(order) \(name)"
    }
    let isDihedral =
      order.isMultiple(of: 2)
      && whole.elements.contains { r in
        whole.order(of: r) == order / 2 && whole.isInverted(r)
      }
    return isDihedral ? "D\(order / 2) \(name)" : name
  }
}

extension FiniteGroup {
  /// Whether every element outside the powers of `r` is an involution that conjugates `r` to its
  /// inverse.
  fileprivate func isInverted(_ r: Element) -> Bool {
    let powers = Set(Subgroup(of: self, generatedBy: [r]).elements)
    return elements.filter { !powers.contains($0) }.allSatisfy { s in
      order(of: s) == 2 && product(product(s, r), s) == inverse(of: r)
    }
  }
}
