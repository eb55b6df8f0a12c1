// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

@Suite struct PermutationFitTests {
  static let groups: [FiniteGroup] = [
    .cyclic(2), .cyclic(3), .cyclic(8), .reflection, .dihedral(rotationCount: 2),
    .dihedral(rotationCount: 3), .dihedral(rotationCount: 4),
  ]

  /// The similarity of items that a representation permutes, and of noise between all pairs.
  private func similarity(
    of permutations: [Permutation], noise: Double, seed: UInt64 = 0
  ) -> ChannelSimilarity {
    let count = permutations[0].images.count
    var generator = SplitMix64(seed: seed)
    var similarity = ChannelSimilarity(channelCount: count, order: permutations.count)
    // One coordinate for each item: that of its image under g gets the largest similarity.
    func directions(_ scalars: [Double]) -> ChannelDirections {
      scalars.withUnsafeBufferPointer { ChannelDirections(of: $0, channelCount: count) }
    }
    var identity = [Double](repeating: 0, count: count * count)
    for item in 0..<count { identity[item * count + item] = 1 }
    similarity.add(
      outputs: permutations.dropFirst().map { permutation in
        var scalars = identity.map { _ in noise * generator.nextUnit() }
        for (item, image) in permutation.images.enumerated() { scalars[image * count + item] += 1 }
        return directions(scalars)
      }, moved: permutations.dropFirst().map { _ in directions(identity) })
    return similarity
  }

  /// Channels of several types in a random order.
  private func hidden(_ group: FiniteGroup, seed: UInt64) throws -> [Permutation] {
    let subgroups = group.subgroups()
    let parts = [subgroups[0], subgroups[0], subgroups[subgroups.count / 2], subgroups.last]
      .compactMap(\.self).map { ChannelFields.Part(.quotient($0), count: 1) }
    let fields = ChannelFields(parts)
    let count = parts.reduce(0) { $0 + $1.type.channelCount(of: group) }
    var generator = SplitMix64(seed: seed)
    let order = Permutation((0..<count).shuffled(using: &generator))
    return try #require(fields.permutations(of: group, channelCount: count)).map {
      order.composed(with: $0).composed(with: order.inverse)
    }
  }

  @Test("A hidden representation is found", arguments: groups, 0..<3 as Range<UInt64>)
  func found(group: FiniteGroup, seed: UInt64) throws {
    let permutations = try hidden(group, seed: seed)
    let count = permutations[0].images.count
    let fit = PermutationFit(
      similarity(of: permutations, noise: 0.3, seed: seed), channels: Array(0..<count), of: group,
      presentation: try #require(GroupPresentation(group)))
    #expect(fit.own == permutations.map(SignedPermutation.init))
    #expect(fit.representation == permutations.map(SignedPermutation.init))
    #expect(fit.defects.allSatisfy { $0 == 0 })
  }

  @Test(
    "Whatever the similarities, the permutations compose as the group does", arguments: groups,
    [1, 2, 7, 20])
  func alwaysRepresentation(group: FiniteGroup, count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    // Every element has a permutation of its own, unrelated to the others.
    let unrelated = group.elements.map { _ in
      Permutation((0..<count).shuffled(using: &generator))
    }
    let similarity = similarity(of: unrelated, noise: 0.9)
    let fit = PermutationFit(
      similarity, channels: Array(0..<count), of: group,
      presentation: try #require(GroupPresentation(group)))
    expectRepresentation(fit.representation.map(\.permutation), of: group) { $0.composed(with: $1) }
    let presentation = try #require(GroupPresentation(group))
    let found = Dictionary(
      uniqueKeysWithValues: presentation.generators.map {
        ($0, fit.representation[$0].permutation)
      })
    for relation in presentation.relations {
      #expect((0..<count).allSatisfy { relation.image(of: $0, under: found) == $0 })
    }
    // Own permutations are the best for each element, and no representation is worse than nothing.
    let still = group.elements.map { _ in SignedPermutation.identity(count) }
    let representation = try #require(similarity.deviation(under: fit.representation))
    #expect(try #require(similarity.deviation(under: fit.own)) <= representation + 1e-6)
    #expect(representation <= (try #require(similarity.deviation(under: still))) + 1e-6)
  }

  @Test("A violated relation is repaired where it is violated, and only there")
  func repair() throws {
    let group = FiniteGroup.cyclic(4)
    // Two regular fields; r1 alone sees one cycle of 8, r2 and r3 see the fields.
    let fields = try #require(ChannelFields(.regular).permutations(of: group, channelCount: 12))
    var wrong = fields
    wrong[1] = Permutation([1, 2, 3, 4, 5, 6, 7, 0, 9, 10, 11, 8])
    let fit = PermutationFit(
      similarity(of: wrong, noise: 0), channels: Array(0..<12), of: group,
      presentation: try #require(GroupPresentation(group)))
    #expect(fit.own[1].permutation == wrong[1])
    #expect(fit.defects == [8.0 / 12])
    expectRepresentation(fit.representation.map(\.permutation), of: group) { $0.composed(with: $1) }
    #expect(fit.representation[1].images[8...] == [9, 10, 11, 8])
    #expect(fit.representation.map(\.permutation) == fields)
  }

  @Test("Channels that are all alike, and those that are left out, keep their places")
  func ties() throws {
    let group = FiniteGroup.cyclic(8)
    var similarity = ChannelSimilarity(channelCount: 5, order: 8)
    let ones = [Double](repeating: 1, count: 20)
    let alike = ones.withUnsafeBufferPointer { ChannelDirections(of: $0, channelCount: 5) }
    similarity.add(
      outputs: Array(repeating: alike, count: 7), moved: Array(repeating: alike, count: 7))
    let fit = PermutationFit(
      similarity, channels: [0, 2, 3, 4], of: group,
      presentation: try #require(GroupPresentation(group)))
    #expect(fit.own.allSatisfy { $0 == .identity(5) })
    #expect(fit.representation.allSatisfy { $0 == .identity(5) })
  }

  @Test("Only cyclic and dihedral groups have a presentation")
  func presentations() throws {
    #expect(GroupPresentation(.trivial) == nil)
    #expect(GroupPresentation(.cyclic(1)) == nil)
    #expect(GroupPresentation(.translations(rows: 4, columns: 4)) == nil)
    #expect(GroupPresentation(.symmetric(4)) == nil)
    #expect(
      try #require(GroupPresentation(.dihedral(rotationCount: 4))).relations.map(\.name)
        == ["r1^4 = r0", "r0s^2 = r0", "r0s·r1·r0s·r1 = r0"])
    #expect(
      try #require(GroupPresentation(.reflection)).relations.map(\.name) == ["r0s^2 = r0"])
  }
}
