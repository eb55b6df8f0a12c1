// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct AxisPermutationActionTests {
  @Test("Permutations of an axis keep the laws to the bit", arguments: 1...4)
  func laws(degree: Int) throws {
    try checkActionLaws(of: AxisPermutationAction(symmetric: degree, axis: 0), on: [degree])
    try checkActionLaws(of: AxisPermutationAction(symmetric: degree, axis: 0), on: [degree, 3])
    try checkActionLaws(of: AxisPermutationAction(symmetric: degree, axis: 1), on: [2, degree, 3])
    try checkActionLaws(of: AxisPermutationAction(symmetric: degree, axis: 2), on: [2, 3, degree])
  }

  /// 120 sends entry 0 to place 1, 1 to 2 and 2 to 0.
  @Test("Entry i moves to place images[i]")
  func direction() throws {
    let action = AxisPermutationAction(symmetric: 3, axis: 1)
    #expect(action.group.elementNames[3] == "120")
    let moved = try action.prepared(for: [2, 3])(3, .counting([2, 3]))
    #expect(moved.scalars == [2, 0, 1, 5, 3, 4])
  }

  @Test("Permutations that do not compose like the group are refused")
  func brokenPermutations() {
    #expect(throws: GroupLawViolation.notHomomorphic(g: 1, h: 1)) {
      try AxisPermutationAction(
        group: .cyclic(2), permutations: [.identity(3), Permutation([1, 2, 0])], axis: 0)
    }
  }

  @Test("A group that permutes through a quotient has a kernel")
  func kernel() throws {
    let swap = Permutation([1, 0])
    let action = try AxisPermutationAction(
      group: .cyclic(4), permutations: [.identity(2), swap, .identity(2), swap], axis: 0)
    #expect(try action.prepared(for: [2, 3]).kernel == [0, 2])
  }

  @Test("Axes that are missing or have another length are refused")
  func wrongShapes() {
    let action = AxisPermutationAction(symmetric: 3, axis: 1)
    let missing = #expect(throws: ActionError.self) { try action.prepared(for: [3]) }
    #expect(
      missing?.description == "S3 acts on arrays of shape at least 2 axes, but got shape [3].")
    let wrong = #expect(throws: ActionError.self) { try action.prepared(for: [3, 4]) }
    #expect(wrong?.description == "S3 cannot act on axis 1 of shape [3, 4]: expected length 3.")
  }
}
