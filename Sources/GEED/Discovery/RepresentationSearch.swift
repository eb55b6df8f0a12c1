// SPDX-License-Identifier: MIT

/// A search for the permutation representation of a group that agrees best with the similarities of
/// items: permutations π_g with π_gh = π_g π_h for all *g* and *h* and a large
/// J = Σ_g Σ_b S_g(π_g(b), b).
///
/// The largest J is hard to find in general, because items have to be matched in more than pairs.
/// The search starts from permutations for the generators, each the best one on its own:
///
/// 1. Items are divided into the orbits of the generators. Orbits on which all relations hold are
///    kept.
/// 2. The other items are divided anew. From every item an orbit of every type is built, whose slots
///    are filled one after the other with the item of the largest evidence; the orbit with the
///    largest evidence for each item is kept, and so on until no item remains.
/// 3. Two items change places while that increases J.
///
/// If signs are permitted, g moves item *b* to π_g(b) or to its negative. An orbit on which the relations
/// hold but for signs is kept with the signs of the largest evidence, if that is more than the items
/// have in their places. The other steps choose the better sign of each item.
///
/// If the result has a smaller J than the trivial representation, which moves nothing, the result is
/// the trivial one. Whatever the similarities, the permutations are a representation, because they
/// consist of orbits of the group.
struct RepresentationSearch {
  let group: FiniteGroup
  let evidence: PairEvidence
  let types: [OrbitType]
  var orbits: [PlacedOrbit] = []

  /// - Parameters:
  ///   - generators: A permutation of the items for each generator.
  init(
    _ evidence: PairEvidence, of group: FiniteGroup, presentation: GroupPresentation,
    from generators: [FiniteGroup.Element: SignedPermutation]
  ) {
    self.group = group
    self.evidence = evidence
    types = OrbitType.all(of: group, permitsSigns: evidence.permitsSigns)
    let broken = keepOrbits(of: generators, presentation)
    divide(broken)
    exchange()
    let trivial = (0..<evidence.itemCount).map { PlacedOrbit(type: types[0], items: [$0]) }
    if total(of: trivial) > total(of: orbits) { orbits = trivial }
  }

  /// The permutation of the items by each element.
  var permutations: [SignedPermutation] {
    group.elements.map { g in
      var images = Array(0..<evidence.itemCount)
      var signs = [Bool](repeating: false, count: evidence.itemCount)
      for orbit in orbits {
        for (slot, image) in orbit.type.images[g].images.enumerated() {
          images[orbit.items[slot]] = orbit.items[image]
          signs[orbit.items[slot]] =
            (orbit.type.isNegative[g][slot] != orbit.isNegative[slot]) != orbit.isNegative[image]
        }
      }
      return SignedPermutation(Permutation(images), isNegative: signs)
    }
  }

  private func total(of orbits: [PlacedOrbit]) -> Double {
    orbits.reduce(0) { $0 + Double(evidence.evidence(for: $1)) }
  }

  // MARK: New orbits

  /// Divides items into orbits, the orbit with the largest evidence for each item first.
  private mutating func divide(_ items: [Int]) {
    var isFree = [Bool](repeating: false, count: evidence.itemCount)
    for item in items { isFree[item] = true }
    var candidates = items.map { bestOrbit(from: $0, among: isFree) }
    while let best = candidates.indices.max(by: { candidates[$0].merit < candidates[$1].merit }) {
      let orbit = candidates[best].orbit
      if orbit.items.allSatisfy({ isFree[$0] }) {
        orbits.append(orbit)
        for item in orbit.items { isFree[item] = false }
        candidates.removeAll { !isFree[$0.orbit.items[0]] }
      } else {
        candidates[best] = bestOrbit(from: orbit.items[0], among: isFree)
      }
    }
  }

  /// An orbit with its evidence for each item.
  private typealias Candidate = (orbit: PlacedOrbit, merit: Float)

  private func bestOrbit(from item: Int, among isFree: [Bool]) -> Candidate {
    let fixed = PlacedOrbit(type: types[0], items: [item])
    var best = (orbit: fixed, merit: evidence.evidence(for: fixed))
    for type in types.dropFirst() {
      guard let orbit = fill(type, from: item, among: isFree) else { continue }
      let merit = evidence.evidence(for: orbit) / Float(orbit.items.count)
      if merit > best.merit { best = (orbit, merit) }
    }
    return best
  }

  /// Fills the slots of an orbit in turn, each with the free item of the largest evidence; `nil` if
  /// there are too few.
  private func fill(
    _ type: OrbitType, from first: Int, among isFree: [Bool]
  ) -> PlacedOrbit? {
    var orbit = PlacedOrbit(type: type, items: [first])
    for slot in 1..<type.slotCount {
      var best: (item: SignedItem, merit: Float)?
      for isNegative in evidence.permitsSigns ? [false, true] : [false] {
        let merits = merits(in: slot, of: orbit, isNegative: isNegative)
        for item in merits.indices where isFree[item] && !orbit.items.contains(item) {
          if best.map({ merits[item] > $0.merit }) ?? true {
            best = (SignedItem(item, isNegative: isNegative), merits[item])
          }
        }
      }
      guard let item = best?.item else { return nil }
      orbit.items.append(item.index)
      orbit.isNegative.append(item.isNegative)
    }
    return orbit
  }

  /// Returns the evidence for every item, or its negative, in the next slot of an orbit.
  private func merits(in slot: Int, of orbit: PlacedOrbit, isNegative: Bool) -> [Float] {
    let type = orbit.type
    var merits = [Float](repeating: 0, count: evidence.itemCount)
    for (other, item) in orbit.items.enumerated() {
      for g in type.elements[slot][other] {
        evidence.add(
          g, from: item,
          isNegative: (type.isNegative[g][other] != orbit.isNegative[other]) != isNegative,
          to: &merits)
      }
    }
    for g in type.elements[slot][slot] {
      let changesSign = type.isNegative[g][slot]
      for item in merits.indices {
        merits[item] += evidence.value(g, item, item, isNegative: changesSign) / 2
      }
    }
    return merits
  }

  // MARK: Exchanges

  /// The largest number of passes over all pairs of items.
  static let passLimit = 20
  /// The smallest gain that counts, well above the rounding error of a sum of cosines.
  static let smallestGain: Float = 1e-4

  /// Lets pairs of items of different orbits change places while that increases J.
  private mutating func exchange() {
    var places = [(orbit: Int, slot: Int)](
      repeating: (0, 0), count: evidence.itemCount)
    var own = [Float](repeating: 0, count: evidence.itemCount)
    func update(_ orbit: Int) {
      for (slot, item) in orbits[orbit].items.enumerated() {
        places[item] = (orbit, slot)
        own[item] = evidence.evidence(
          for: item, isNegative: orbits[orbit].isNegative[slot], in: slot, of: orbits[orbit])
      }
    }
    for orbit in orbits.indices { update(orbit) }
    for _ in 0..<Self.passLimit {
      var isChanged = false
      if evidence.permitsSigns {
        for orbit in orbits.indices {
          let other = withBestSigns(orbits[orbit])
          guard other.isNegative != orbits[orbit].isNegative else { continue }
          orbits[orbit] = other
          update(orbit)
          isChanged = true
        }
      }
      for a in 0..<evidence.itemCount {
        for b in 0..<a where places[a].orbit != places[b].orbit {
          let (p, q) = (places[a], places[b])
          let first = evidence.bestSign(for: b, in: p.slot, of: orbits[p.orbit])
          let second = evidence.bestSign(for: a, in: q.slot, of: orbits[q.orbit])
          guard
            first.evidence + second.evidence > own[a] + own[b] + Self.smallestGain
          else { continue }
          orbits[p.orbit].items[p.slot] = b
          orbits[p.orbit].isNegative[p.slot] = first.isNegative
          orbits[q.orbit].items[q.slot] = a
          orbits[q.orbit].isNegative[q.slot] = second.isNegative
          update(p.orbit)
          update(q.orbit)
          isChanged = true
        }
      }
      if !isChanged { return }
    }
  }
}
