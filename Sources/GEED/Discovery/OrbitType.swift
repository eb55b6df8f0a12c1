// SPDX-License-Identifier: MIT

/// A transitive permutation of slots by a group, as on the cosets of a subgroup: *g* moves slot
/// *aH* to *gaH*.
///
/// Every permutation of items by a group divides them into orbits of such types, one for each
/// conjugacy class of subgroups.
struct OrbitType: Sendable {
  /// The slot to which each element moves each slot, `[g][slot]`.
  let images: [Permutation]

  /// The elements that move slot *u* to slot *t*, `[t][u]`, without the identity.
  let elements: [[[FiniteGroup.Element]]]

  var slotCount: Int { images[0].images.count }

  init(_ group: FiniteGroup, subgroup: Subgroup) {
    images = FieldType.quotient(subgroup).permutations(of: group)
    let count = images[0].images.count
    var elements = [[[FiniteGroup.Element]]](
      repeating: Array(repeating: [], count: count), count: count)
    for g in group.elements.dropFirst() {
      for slot in 0..<count { elements[images[g].images[slot]][slot].append(g) }
    }
    self.elements = elements
  }

  /// Returns the types of all orbits of a group, that of one slot first.
  static func all(of group: FiniteGroup) -> [OrbitType] {
    var classes: Set<[FiniteGroup.Element]> = []
    return group.subgroups().reversed().compactMap { subgroup in
      guard !classes.contains(subgroup.elements) else { return nil }
      for g in group.elements {
        classes.insert(
          subgroup.elements.map { group.product(group.product(g, $0), group.inverse(of: g)) }
            .sorted())
      }
      return OrbitType(group, subgroup: subgroup)
    }
  }
}

/// Items in the slots of an orbit.
struct PlacedOrbit: Sendable {
  let type: OrbitType
  /// The item in each slot.
  var items: [Int]
}

/// The evidence that *g* moves item *b* to item *a*, for all elements and pairs of items, in both
/// directions: T_g(a, b) = S_g(a, b) + S_g⁻¹(b, a), the change of Σ_g Σ_b S_g(π_g(b), b) if *g* moves
/// *b* to *a* and thus g⁻¹ moves *a* to *b*.
struct PairEvidence: Sendable {
  let itemCount: Int
  private let group: FiniteGroup
  /// T_g for each element, that of the identity empty, `[|G|][items · items]`.
  private var matrices: [[Float]]

  /// - Parameter similarities: S_g for each element but the identity, in the order of the group,
  ///   `[items, items]`; they are changed into the evidence.
  init(_ similarities: consuming [[Float]], itemCount: Int, of group: FiniteGroup) {
    self.itemCount = itemCount
    self.group = group
    var matrices: [[Float]] = [[]] + similarities
    similarities = []
    for g in group.elements.dropFirst() {
      let inverse = group.inverse(of: g)
      guard g <= inverse else { continue }
      for a in 0..<itemCount {
        for b in 0..<(g == inverse ? a + 1 : itemCount) {
          let sum = matrices[g][a * itemCount + b] + matrices[inverse][b * itemCount + a]
          matrices[g][a * itemCount + b] = sum
          matrices[inverse][b * itemCount + a] = sum
        }
      }
    }
    self.matrices = matrices
  }

  /// Returns T_g(a, b).
  @inline(__always)
  func value(_ g: FiniteGroup.Element, _ a: Int, _ b: Int) -> Float {
    matrices[g][a * itemCount + b]
  }

  /// Adds T_g(a, b) for every item *a* to `result`.
  func add(_ g: FiniteGroup.Element, from b: Int, to result: inout [Float]) {
    // T_g is the transpose of that of the inverse, whose rows are contiguous.
    let matrix = matrices[group.inverse(of: g)]
    let first = b * itemCount
    for a in 0..<itemCount { result[a] += matrix[first + a] }
  }

  /// Returns the evidence for an item in a slot of an orbit, given the items in the other slots.
  func evidence(for item: Int, in slot: Int, of orbit: PlacedOrbit) -> Float {
    var total: Float = 0
    for (other, elements) in orbit.type.elements[slot].enumerated() {
      for g in elements {
        total +=
          other == slot ? value(g, item, item) / 2 : value(g, item, orbit.items[other])
      }
    }
    return total
  }

  /// Returns the evidence for an orbit: Σ S_g(π_g(b), b) over its items and all elements but the
  /// identity.
  func evidence(for orbit: PlacedOrbit) -> Float {
    var total: Float = 0
    for (slot, row) in orbit.type.elements.enumerated() {
      for (other, elements) in row.enumerated() {
        for g in elements { total += value(g, orbit.items[slot], orbit.items[other]) / 2 }
      }
    }
    return total
  }
}
