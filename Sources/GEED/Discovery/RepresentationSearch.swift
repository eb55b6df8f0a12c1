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
/// If the result has a smaller J than the trivial representation, which moves nothing, the result is
/// the trivial one. Whatever the similarities, the permutations are a representation, because they
/// consist of orbits of the group.
struct RepresentationSearch {
  private let group: FiniteGroup
  private let evidence: PairEvidence
  private let types: [OrbitType]
  private var orbits: [PlacedOrbit] = []

  /// - Parameters:
  ///   - generators: A permutation of the items for each generator.
  init(
    _ evidence: PairEvidence, of group: FiniteGroup, presentation: GroupPresentation,
    from generators: [FiniteGroup.Element: Permutation]
  ) {
    self.group = group
    self.evidence = evidence
    types = OrbitType.all(of: group)
    let broken = keepOrbits(of: generators, presentation)
    divide(broken)
    exchange()
    let trivial = (0..<evidence.itemCount).map { PlacedOrbit(type: types[0], items: [$0]) }
    if total(of: trivial) > total(of: orbits) { orbits = trivial }
  }

  /// The permutation of the items by each element.
  var permutations: [Permutation] {
    var images = group.elements.map { _ in Array(0..<evidence.itemCount) }
    for orbit in orbits {
      for g in group.elements {
        for (slot, image) in orbit.type.images[g].images.enumerated() {
          images[g][orbit.items[slot]] = orbit.items[image]
        }
      }
    }
    return images.map(Permutation.init)
  }

  private func total(of orbits: [PlacedOrbit]) -> Double {
    orbits.reduce(0) { $0 + Double(evidence.evidence(for: $1)) }
  }

  // MARK: Orbits of the generators

  /// Keeps the orbits of the generators on which all relations hold; returns the other items.
  private mutating func keepOrbits(
    of generators: [FiniteGroup.Element: Permutation], _ presentation: GroupPresentation
  ) -> [Int] {
    let words = words(presentation)
    var isSeen = [Bool](repeating: false, count: evidence.itemCount)
    var broken: [Int] = []
    for first in 0..<evidence.itemCount where !isSeen[first] {
      var items = [first]
      isSeen[first] = true
      var next = 0
      while next < items.count {
        for g in presentation.generators {
          guard let image = generators[g]?.images[items[next]], !isSeen[image] else { continue }
          isSeen[image] = true
          items.append(image)
        }
        next += 1
      }
      let holds = presentation.relations.allSatisfy { relation in
        items.allSatisfy { relation.image(of: $0, under: generators) == $0 }
      }
      if holds, let orbit = orbit(of: first, words: words, generators) {
        orbits.append(orbit)
      } else {
        broken += items
      }
    }
    return broken.sorted()
  }

  /// Returns a word of generators for each element, the last of which acts first.
  private func words(_ presentation: GroupPresentation) -> [[FiniteGroup.Element]] {
    var words = [[FiniteGroup.Element]?](repeating: nil, count: group.order)
    words[group.identity] = []
    var frontier = [group.identity]
    while let g = frontier.popLast() {
      for generator in presentation.generators {
        let product = group.product(generator, g)
        guard words[product] == nil else { continue }
        words[product] = [generator] + (words[g] ?? [])
        frontier.insert(product, at: 0)
      }
    }
    return words.map { $0 ?? [] }
  }

  /// Returns the orbit of an item under generators that meet the relations on it.
  private func orbit(
    of first: Int, words: [[FiniteGroup.Element]],
    _ generators: [FiniteGroup.Element: Permutation]
  ) -> PlacedOrbit? {
    let images = words.map { word in
      word.reversed().reduce(first) { item, g in generators[g]?.images[item] ?? item }
    }
    let stabilizer = group.elements.filter { images[$0] == first }
    let type = OrbitType(group, subgroup: Subgroup(of: group, generatedBy: stabilizer))
    var items = [Int](repeating: first, count: type.slotCount)
    for g in group.elements { items[type.images[g].images[0]] = images[g] }
    return Set(items).count == items.count ? PlacedOrbit(type: type, items: items) : nil
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
    var items = [first]
    for slot in 1..<type.slotCount {
      var merits = [Float](repeating: 0, count: evidence.itemCount)
      for (other, item) in items.enumerated() {
        for g in type.elements[slot][other] { evidence.add(g, from: item, to: &merits) }
      }
      for g in type.elements[slot][slot] {
        for item in merits.indices { merits[item] += evidence.value(g, item, item) / 2 }
      }
      var best: Int?
      for item in merits.indices where isFree[item] && !items.contains(item) {
        if best.map({ merits[item] > merits[$0] }) ?? true { best = item }
      }
      guard let best else { return nil }
      items.append(best)
    }
    return PlacedOrbit(type: type, items: items)
  }

  // MARK: Exchanges

  /// The largest number of passes over all pairs of items.
  private static let passLimit = 20
  /// The smallest gain that counts, well above the rounding error of a sum of cosines.
  private static let smallestGain: Float = 1e-4

  /// Lets pairs of items of different orbits change places while that increases J.
  private mutating func exchange() {
    var places = [(orbit: Int, slot: Int)](
      repeating: (0, 0), count: evidence.itemCount)
    var own = [Float](repeating: 0, count: evidence.itemCount)
    func update(_ orbit: Int) {
      for (slot, item) in orbits[orbit].items.enumerated() {
        places[item] = (orbit, slot)
        own[item] = evidence.evidence(for: item, in: slot, of: orbits[orbit])
      }
    }
    for orbit in orbits.indices { update(orbit) }
    for _ in 0..<Self.passLimit {
      var isChanged = false
      for a in 0..<evidence.itemCount {
        for b in 0..<a where places[a].orbit != places[b].orbit {
          let (p, q) = (places[a], places[b])
          let swapped =
            evidence.evidence(for: b, in: p.slot, of: orbits[p.orbit])
            + evidence.evidence(for: a, in: q.slot, of: orbits[q.orbit])
          guard swapped > own[a] + own[b] + Self.smallestGain else { continue }
          orbits[p.orbit].items[p.slot] = b
          orbits[q.orbit].items[q.slot] = a
          update(p.orbit)
          update(q.orbit)
          isChanged = true
        }
      }
      if !isChanged { return }
    }
  }
}
