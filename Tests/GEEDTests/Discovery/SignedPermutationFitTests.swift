// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

@Suite struct SignedPermutationFitTests {
  /// The similarity of items that signed permutations move, and of noise between all pairs.
  private func similarity(
    of permutations: [SignedPermutation], noise: Double, seed: UInt64 = 0
  ) -> ChannelSimilarity {
    let count = permutations[0].images.count
    var generator = SplitMix64(seed: seed)
    var similarity = ChannelSimilarity(
      channelCount: count, order: permutations.count, permitsSigns: true)
    func directions(_ scalars: [Double]) -> ChannelDirections {
      scalars.withUnsafeBufferPointer { ChannelDirections(of: $0, channelCount: count) }
    }
    // One coordinate for each item: that of its image under g gets the largest similarity.
    var identity = [Double](repeating: 0, count: count * count)
    for item in 0..<count { identity[item * count + item] = 1 }
    similarity.add(
      outputs: permutations.dropFirst().map { permutation in
        var scalars = identity.map { _ in noise * (2 * generator.nextUnit() - 1) }
        for item in 0..<count {
          let image = permutation(SignedItem(item))
          scalars[image.index * count + item] += image.isNegative ? -1 : 1
        }
        return directions(scalars)
      }, moved: permutations.dropFirst().map { _ in directions(identity) })
    return similarity
  }

  private func fit(
    _ permutations: [SignedPermutation], of group: FiniteGroup, noise: Double, seed: UInt64 = 0
  ) throws -> PermutationFit {
    PermutationFit(
      similarity(of: permutations, noise: noise, seed: seed),
      channels: Array(permutations[0].images.indices), of: group,
      presentation: try #require(GroupPresentation(group)))
  }

  /// Fields of several types times −1 for elements outside a subgroup of one half, with channels in a
  /// random order and with random signs.
  private func hidden(_ group: FiniteGroup, seed: UInt64) throws -> [SignedPermutation] {
    let subgroups = group.subgroups()
    let parts = [subgroups[0], subgroups[0], subgroups[subgroups.count / 2], subgroups.last]
      .compactMap(\.self).map { ChannelFields.Part(.quotient($0), count: 1) }
    let count = parts.reduce(0) { $0 + $1.type.channelCount(of: group) }
    let fields = try #require(
      ChannelFields(parts).permutations(of: group, channelCount: count))
    let half = subgroups.last { 2 * $0.order == group.order }
    var generator = SplitMix64(seed: seed)
    let order = SignedPermutation(
      Permutation((0..<count).shuffled(using: &generator)),
      isNegative: (0..<count).map { _ in generator.nextUnit() < 0.5 })
    let back = order.permutation.inverse
    let inverse = SignedPermutation(
      back, isNegative: back.images.map { order.isNegative[$0] })
    return group.elements.map { g in
      let isNegative = half.map { !$0.elements.contains(g) } ?? false
      let plain = SignedPermutation(
        fields[g], isNegative: Array(repeating: isNegative, count: count))
      return order.composed(with: plain).composed(with: inverse)
    }
  }

  @Test(
    "A hidden signed representation is found", arguments: PermutationFitTests.groups,
    0..<3 as Range<UInt64>)
  func found(group: FiniteGroup, seed: UInt64) throws {
    let permutations = try hidden(group, seed: seed)
    expectRepresentation(permutations, of: group) { $0.composed(with: $1) }
    let fit = try fit(permutations, of: group, noise: 0.15, seed: seed)
    #expect(fit.own == permutations)
    #expect(fit.representation == permutations)
    #expect(fit.defects.allSatisfy { $0 == 0 })
  }

  /// The rotation of the plane by 90°, e₀ ↦ e₁ ↦ −e₀: no signs of items make all of its signs 1.
  @Test("The signs of a rotation of the plane are found")
  func rotation() throws {
    let quarter = SignedPermutation(Permutation([1, 0]), isNegative: [false, true])
    var powers = [SignedPermutation.identity(2)]
    for _ in 0..<3 { powers.append(quarter.composed(with: powers[powers.count - 1])) }
    #expect(powers[2] == SignedPermutation(.identity(2), isNegative: [true, true]))
    let fit = try fit(powers, of: .cyclic(4), noise: 0)
    #expect(fit.own == powers)
    #expect(fit.representation == powers)
    #expect(fit.defects == [0])
    // Of order 4, it is no representation of C2 or of a reflection.
    let broken = try self.fit([powers[0], powers[1]], of: .cyclic(2), noise: 0)
    #expect(broken.own[1] == quarter)
    #expect(broken.defects == [1])
    expectRepresentation(broken.representation, of: .cyclic(2)) { $0.composed(with: $1) }
  }

  @Test("A single wrong sign of a cycle is the one that changes")
  func repair() throws {
    let group = FiniteGroup.cyclic(8)
    let fields = try #require(ChannelFields(.regular).permutations(of: group, channelCount: 8))
      .map(SignedPermutation.init)
    var wrong = fields
    // The product of the signs along the cycle of r1 is −1, and r1⁸ = −1.
    wrong[1] = SignedPermutation(
      fields[1].permutation, isNegative: [false, false, true] + Array(repeating: false, count: 5))
    let fit = try fit(wrong, of: group, noise: 0)
    #expect(fit.own[1] == wrong[1])
    #expect(fit.defects == [1])
    #expect(fit.representation == fields)
  }

  @Test(
    "Whatever the similarities, the signed permutations compose as the group does",
    arguments: PermutationFitTests.groups, [1, 2, 7, 20])
  func alwaysRepresentation(group: FiniteGroup, count: Int) throws {
    var generator = SplitMix64(seed: UInt64(count))
    let unrelated = group.elements.map { _ in
      SignedPermutation(
        Permutation((0..<count).shuffled(using: &generator)),
        isNegative: (0..<count).map { _ in generator.nextUnit() < 0.5 })
    }
    let similarity = similarity(of: unrelated, noise: 0.9)
    let fit = try fit(unrelated, of: group, noise: 0.9)
    expectRepresentation(fit.representation, of: group) { $0.composed(with: $1) }
    let still = group.elements.map { _ in SignedPermutation.identity(count) }
    let representation = try #require(similarity.deviation(under: fit.representation))
    #expect(try #require(similarity.deviation(under: fit.own)) <= representation + 1e-6)
    #expect(representation <= (try #require(similarity.deviation(under: still))) + 1e-6)
  }

  /// The orbits of C2 are a fixed item, a negated item, and a pair; those of C4 also a pair that r1
  /// rotates by 90°, a negated pair being the plain one with other signs.
  @Test("There is a type of orbit for each class of subgroups and signs")
  func types() {
    #expect(OrbitType.all(of: .cyclic(2), permitsSigns: true).count == 3)
    #expect(OrbitType.all(of: .cyclic(3), permitsSigns: true).count == 2)
    #expect(OrbitType.all(of: .cyclic(4), permitsSigns: true).count == 5)
    #expect(OrbitType.all(of: .cyclic(4)).count == 3)
  }
}
