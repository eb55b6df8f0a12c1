// SPDX-License-Identifier: MIT

// The orbits of the generators, of which the search keeps those that meet the relations.
extension RepresentationSearch {
  /// Keeps the orbits of the generators on which all relations hold; returns the other items.
  mutating func keepOrbits(
    of generators: [FiniteGroup.Element: SignedPermutation], _ presentation: GroupPresentation
  ) -> [Int] {
    let unsigned = generators.mapValues(\.permutation)
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
        items.allSatisfy { relation.holds(for: $0, under: generators) }
      }
      let holdsWithoutSigns =
        holds
        || presentation.relations.allSatisfy { relation in
          items.allSatisfy { relation.image(of: $0, under: unsigned) == $0 }
        }
      if holds, let orbit = orbit(of: first, words: words, generators) {
        orbits.append(orbit)
      } else if holdsWithoutSigns, let orbit = orbitWithBestSigns(of: first, words, unsigned) {
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
    _ generators: [FiniteGroup.Element: SignedPermutation]
  ) -> PlacedOrbit? {
    let images = words.map { word in
      word.reversed().reduce(SignedItem(first)) { item, g in generators[g]?(item) ?? item }
    }
    let stabilizer = group.elements.filter { images[$0].index == first }
    let type = OrbitType(
      group, subgroup: Subgroup(of: group, generatedBy: stabilizer),
      kernel: Subgroup(
        of: group, generatedBy: stabilizer.filter { !images[$0].isNegative }))
    var orbit = PlacedOrbit(type: type, items: Array(repeating: first, count: type.slotCount))
    for g in group.elements {
      let slot = type.images[g].images[0]
      orbit.items[slot] = images[g].index
      orbit.isNegative[slot] = images[g].isNegative != type.isNegative[g][0]
    }
    return Set(orbit.items).count == type.slotCount ? orbit : nil
  }

  /// Returns the orbit of an item under generators that meet the relations on it without signs, with
  /// signs that meet them too; `nil` if the items have more evidence in their places.
  private func orbitWithBestSigns(
    of first: Int, _ words: [[FiniteGroup.Element]],
    _ generators: [FiniteGroup.Element: Permutation]
  ) -> PlacedOrbit? {
    guard
      let plain = orbit(of: first, words: words, generators.mapValues(SignedPermutation.init))
    else { return nil }
    let subgroup = Subgroup(
      of: group,
      generatedBy: group.elements.filter { plain.type.images[$0].images[0] == 0 })
    let candidates = OrbitType.kernels(in: subgroup, among: group.subgroups()).map { kernel in
      let type = OrbitType(group, subgroup: subgroup, kernel: kernel)
      return withBestSigns(PlacedOrbit(type: type, items: plain.items))
    }
    let best = candidates.max { evidence.evidence(for: $0) < evidence.evidence(for: $1) }
    let inPlace = plain.items.reduce(Float(0)) {
      $0 + evidence.evidence(for: PlacedOrbit(type: types[0], items: [$1]))
    }
    return best.flatMap { evidence.evidence(for: $0) > inPlace ? $0 : nil }
  }

  /// Returns an orbit after changes of single signs, each of which increases the evidence.
  func withBestSigns(_ orbit: PlacedOrbit) -> PlacedOrbit {
    var orbit = orbit
    for _ in 0..<Self.passLimit {
      var isChanged = false
      for slot in orbit.items.indices where setBestSign(of: slot, in: &orbit) { isChanged = true }
      if !isChanged { break }
    }
    return orbit
  }

  /// Changes the sign of an item if that increases the evidence; returns whether it does.
  private func setBestSign(of slot: Int, in orbit: inout PlacedOrbit) -> Bool {
    let item = orbit.items[slot]
    let best = evidence.bestSign(for: item, in: slot, of: orbit)
    guard best.isNegative != orbit.isNegative[slot] else { return false }
    let current = evidence.evidence(
      for: item, isNegative: orbit.isNegative[slot], in: slot, of: orbit)
    guard best.evidence > current + Self.smallestGain else { return false }
    orbit.isNegative[slot] = best.isNegative
    return true
  }
}
