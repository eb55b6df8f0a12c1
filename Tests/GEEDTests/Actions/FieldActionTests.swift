// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct FieldActionTests {
  @Test("Fields keep the laws to the bit", arguments: ["C4", "D4", "flip"])
  func laws(name: String) throws {
    let image = try #require(GroupName(name)?.action())
    let order = image.group.order
    try checkActionLaws(of: FieldAction(image, fieldType: .trivial), on: [3, 5, 5])
    try checkActionLaws(of: FieldAction(image, fieldType: .regular), on: [2 * order, 4, 4])
    for subgroup in image.group.subgroups() {
      try checkActionLaws(
        of: FieldAction(image, fieldType: .quotient(subgroup)), on: [3 * subgroup.index, 3, 3])
    }
  }

  @Test(
    "Channels that only trade places keep the laws",
    arguments: [FiniteGroup.symmetric(3), .cyclic(6), .dihedral(rotationCount: 3)])
  func channelsAlone(group: FiniteGroup) throws {
    for shape in [[2 * group.order], [group.order, 3], [group.order, 2, 5]] {
      try checkActionLaws(
        of: FieldAction(permutingChannelsBy: group, fieldType: .regular), on: shape)
    }
    for subgroup in group.subgroups() {
      let action = FieldAction(permutingChannelsBy: group, fieldType: .quotient(subgroup))
      try checkActionLaws(of: action, on: [subgroup.index, 2])
      // What moves no coset is the largest normal subgroup inside; the whole of a normal one.
      let kernel = try action.prepared(for: [subgroup.index, 2]).kernel
      #expect(!subgroup.isNormal || kernel == subgroup.elements)
    }
  }

  /// g = r1 of C4 moves channel h to h + 1 and turns each 1 × 1 grid, which moves nothing.
  @Test("A regular field moves channel h to gh")
  func regularChannels() throws {
    let action = try FieldAction(ImageAction.rotations(4), fieldType: .regular)
      .prepared(for: [8, 1, 1])
    #expect(action(1, .counting([8, 1, 1])).scalars == [3, 0, 1, 2, 7, 4, 5, 6])
    #expect(action.isFaithful)
  }

  /// Cosets of the half turn in C4 are {0, 2} and {1, 3}; r1 swaps them, r2 does not.
  @Test("A quotient field moves coset hH to ghH")
  func quotientChannels() throws {
    let halfTurn = Subgroup(of: .cyclic(4), generatedBy: [2])
    let action = try FieldAction(ImageAction.rotations(4), fieldType: .quotient(halfTurn))
      .prepared(for: [2, 2, 2])
    let x = Tensor.counting([2, 2, 2])
    // [[4, 5], [6, 7]] turned: 5 7 / 4 6. Then [[0, 1], [2, 3]] turned: 1 3 / 0 2.
    #expect(action(1, x).scalars == [5, 7, 4, 6, 1, 3, 0, 2])
    #expect(action(2, x).scalars == [3, 2, 1, 0, 7, 6, 5, 4])
  }

  /// Lifting: channel h of the layer is the correlation of the picture with a kernel turned by h.
  /// Turning the picture turns every response and hands it on to the next channel, in this order.
  @Test("Lifting a picture by turned copies is equivariant to the regular field")
  func liftingIsEquivariant() throws {
    let d4 = ImageAction.rotationsAndReflections(4)
    let picture = try d4.prepared(for: [5, 5])
    let field = try FieldAction(d4, fieldType: .regular).prepared(for: [8, 5, 5])
    var generator = SplitMix64(seed: 6)
    let weights = Tensor.random([5, 5], using: &generator)
    // Channel h at p: the picture times the weights, both moved by h⁻¹, moved back by h.
    func lift(_ x: Tensor) -> Tensor {
      Tensor.stacking(
        d4.group.elements.map { h in
          let moved = picture(d4.group.inverse(of: h), x)
          return picture(
            h, Tensor(shape: [5, 5], scalars: zip(moved.scalars, weights.scalars).map { $0 * $1 }))
        })
    }
    let x = Tensor.random([5, 5], using: &generator)
    for g in d4.group.elements {
      #expect(lift(picture(g, x)) == field(g, lift(x)))
    }
  }

  @Test("Fields may have more axes than pictures, and bases that move nothing")
  func otherBases() throws {
    let c4 = ImageAction.rotations(4)
    try checkActionLaws(of: FieldAction(c4, fieldType: .regular), on: [4, 3, 5, 5])
    try checkActionLaws(
      of: FieldAction(TrivialAction(.cyclic(4)), fieldType: .regular), on: [4, 2, 3])
    let steps = try AxisPermutations(
      group: .cyclic(3),
      permutations: [Permutation([0, 1, 2]), Permutation([1, 2, 0]), Permutation([2, 0, 1])],
      axis: ArrayAxis(position: 1))
    try checkActionLaws(
      of: FieldAction(.cyclic(3), gridAction: steps, fields: ChannelFields(.regular)),
      on: [6, 3, 2])
    // [[0, 1], [2, 3], [4, 5]]: every channel is turned by its base, then channels go round.
    let field = try FieldAction(TrivialAction(.cyclic(3)), fieldType: .regular)
      .prepared(for: [3, 2])
    #expect(field(1, .counting([3, 2])).scalars == [4, 5, 0, 1, 2, 3])
  }

  @Test("Fields of several types, in either order, keep the laws to the bit")
  func mixedFields() throws {
    let d4 = ImageAction.rotationsAndReflections(4)
    let turns = Subgroup(of: d4.group, generatedBy: [1])
    for order in ChannelFields.Order.allCases {
      let fields = ChannelFields(
        [
          .init(.regular, count: 2), .init(.trivial, count: 3), .init(.quotient(turns), count: 1),
        ], order: order)
      try checkActionLaws(of: FieldAction(d4, fields: fields), on: [21, 3, 3])
      let error = #expect(throws: ActionError.self) {
        try FieldAction(d4, fields: fields).prepared(for: [20, 3, 3])
      }
      #expect(error?.description.hasSuffix("expected 21 channels.") == true)
    }
  }

  /// Two fields of C4 and one channel that stays. Field-major, r1 sends 0 1 2 3 to 1 2 3 0 and
  /// 4 5 6 7 to 5 6 7 4; group-major it sends pairs, 0 1 to 2 3 and 6 7 to 0 1.
  @Test("Group-major channels move in runs of the number of fields")
  func groupMajor() throws {
    let parts = [ChannelFields.Part(.regular, count: 2), .init(.trivial, count: 1)]
    func moved(_ order: ChannelFields.Order) throws -> [Float] {
      let fields = ChannelFields(parts, order: order)
      return try FieldAction(ImageAction.rotations(4), fields: fields)
        .prepared(for: [9, 1, 1])(1, .counting([9, 1, 1])).scalars
    }
    #expect(try moved(.fieldMajor) == [3, 0, 1, 2, 7, 4, 5, 6, 8])
    #expect(try moved(.groupMajor) == [6, 7, 0, 1, 2, 3, 4, 5, 8])
    #expect(ChannelFields(parts).description == "regular*2+trivial*1")
    #expect(
      ChannelFields(.quotient(Subgroup(of: .cyclic(4), generatedBy: [2])), order: .groupMajor)
        .description == "quotient:2:group-major")
  }

  @Test("Channels that do not fill runs are refused")
  func wrongChannelCount() {
    let error = #expect(throws: ActionError.self) {
      try FieldAction(ImageAction.rotations(8), fieldType: .regular).prepared(for: [12, 5, 5])
    }
    #expect(
      error?.description
        == "C8 cannot act on axis 0 of shape [12, 5, 5]: expected a multiple of 8 channels.")
  }

  @Test("A base that cannot act says so")
  func baseErrors() {
    #expect(throws: ActionError.notSquare(group: "C4", shape: [4, 5, 6])) {
      try FieldAction(ImageAction.rotations(4), fieldType: .regular).prepared(for: [4, 5, 6])
    }
    #expect(throws: ActionError.missingAxes(group: "C4", shape: [], expected: "[C, ...]")) {
      try FieldAction(permutingChannelsBy: .cyclic(4), fieldType: .regular).prepared(for: [])
    }
  }
}
