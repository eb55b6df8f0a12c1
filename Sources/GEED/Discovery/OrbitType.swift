// SPDX-License-Identifier: MIT

/// A transitive permutation of slots by a group, as on the cosets of a subgroup H: *g* moves slot
/// *aH* to *gaH*; with signs also one that a homomorphism of H to ±1 gives each move.
///
/// Every permutation of items by a group divides them into orbits of such types, one for each
/// conjugacy class of subgroups. Every signed one does so too, with one type for each class of
/// subgroups and kernels of a homomorphism, if the signs of some items are changed.
struct OrbitType: Sendable {
  /// The slot to which each element moves each slot, `[g][slot]`.
  let images: [Permutation]

  /// Whether each element moves each slot with the sign −1, `[g][slot]`.
  let isNegative: [[Bool]]

  /// The elements that move slot *u* to slot *t*, `[t][u]`, without the identity.
  let elements: [[[FiniteGroup.Element]]]

  var slotCount: Int { images[0].images.count }

  /// - Parameters:
  ///   - subgroup: The elements that do not move the first slot.
  ///   - kernel: Those of them that do not change its sign, all or one half; all if `nil`.
  init(_ group: FiniteGroup, subgroup: Subgroup, kernel: Subgroup? = nil) {
    let images = FieldType.quotient(subgroup).permutations(of: group)
    let count = images[0].images.count
    var elements = [[[FiniteGroup.Element]]](
      repeating: Array(repeating: [], count: count), count: count)
    for g in group.elements.dropFirst() {
      for slot in 0..<count { elements[images[g].images[slot]][slot].append(g) }
    }
    self.elements = elements
    self.images = images
    // With a representative t of each slot, g t = t' h, and h determines the sign.
    let representatives = subgroup.leftCosets.map { $0[0] }
    let positive = Set((kernel ?? subgroup).elements)
    isNegative = group.elements.map { g in
      representatives.enumerated().map { slot, t in
        let target = representatives[images[g].images[slot]]
        let h = group.product(group.inverse(of: target), group.product(g, t))
        return !positive.contains(h)
      }
    }
  }

  /// Returns the types of all orbits of a group, that of one slot without signs first.
  static func all(of group: FiniteGroup, permitsSigns: Bool = false) -> [OrbitType] {
    var classes: Set<[[FiniteGroup.Element]]> = []
    let subgroups = Array(group.subgroups().reversed())
    return subgroups.flatMap { subgroup in
      kernels(in: subgroup, among: permitsSigns ? subgroups : []).compactMap { kernel in
        guard !classes.contains([subgroup.elements, kernel.elements]) else { return nil }
        for g in group.elements {
          classes.insert(
            [subgroup, kernel].map { part in
              part.elements.map { group.product(group.product(g, $0), group.inverse(of: g)) }
                .sorted()
            })
        }
        return OrbitType(group, subgroup: subgroup, kernel: kernel)
      }
    }
  }

  /// Returns the kernels of the homomorphisms of a subgroup to ±1: itself, and `subgroups` that are one
  /// half of it.
  static func kernels(in subgroup: Subgroup, among subgroups: [Subgroup]) -> [Subgroup] {
    let elements = Set(subgroup.elements)
    return [subgroup]
      + subgroups.filter { 2 * $0.order == subgroup.order && elements.isSuperset(of: $0.elements) }
  }
}

/// Items in the slots of an orbit.
struct PlacedOrbit: Sendable {
  let type: OrbitType
  /// The item in each slot.
  var items: [Int]
  /// Whether the slot holds the negative of its item.
  var isNegative: [Bool]

  init(type: OrbitType, items: [Int], isNegative: [Bool]? = nil) {
    self.type = type
    self.items = items
    self.isNegative = isNegative ?? Array(repeating: false, count: items.count)
  }
}
