// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct AxisPermutationsTests {
  private let second = ArrayAxis(position: 1)

  @Test("Permutations of an axis keep the laws to the bit", arguments: 1...4)
  func laws(degree: Int) throws {
    let first = AxisPermutations.symmetric(degree, axis: ArrayAxis(position: 0))
    try checkActionLaws(of: first, on: [degree])
    try checkActionLaws(of: first, on: [degree, 3])
    try checkActionLaws(of: AxisPermutations.symmetric(degree, axis: second), on: [2, degree, 3])
    try checkActionLaws(of: AxisPermutations.symmetric(degree, axis: .last), on: [2, 3, degree])
  }

  @Test("Shifts and reversals keep the laws to the bit")
  func lawsOfShifts() throws {
    try checkActionLaws(of: AxisPermutations.shifts(4, axis: .last), on: [3, 12])
    try checkActionLaws(of: AxisPermutations.shifts(5, axis: second), on: [2, 5, 3])
    try checkActionLaws(of: AxisPermutations.reversal(axis: .last), on: [2, 5])
    try checkActionLaws(of: AxisPermutations.reversal(axis: second), on: [2, 4, 3])
  }

  /// 120 sends entry 0 to place 1, 1 to 2 and 2 to 0.
  @Test("Entry i moves to place images[i]")
  func direction() throws {
    let action = AxisPermutations.symmetric(3, axis: second)
    #expect(action.transformations.elementNames[3] == "120")
    let moved = try action.prepared(for: [2, 3])(3, .counting([2, 3]))
    #expect(moved.scalars == [2, 0, 1, 5, 3, 4])
  }

  @Test("Shifts move towards higher positions, and what leaves enters at the beginning")
  func shifts() throws {
    let action = try AxisPermutations.shifts(3, axis: .last).prepared(for: [6])
    #expect(action(1, .counting([6])).scalars == [4, 5, 0, 1, 2, 3])
    let reversal = try AxisPermutations.reversal(axis: .last).prepared(for: [3])
    #expect(reversal(1, .counting([3])).scalars == [2, 1, 0])
  }

  @Test("Permutations that do not compose like the group are refused")
  func brokenPermutations() {
    #expect(throws: GroupLawViolation.notHomomorphic(g: 1, h: 1)) {
      try AxisPermutations(
        group: .cyclic(2), permutations: [.identity(3), Permutation([1, 2, 0])], axis: .last)
    }
  }

  @Test("A group that permutes through a quotient has a kernel")
  func kernel() throws {
    let swap = Permutation([1, 0])
    let action = try AxisPermutations(
      group: .cyclic(4), permutations: [.identity(2), swap, .identity(2), swap],
      axis: ArrayAxis(position: 0))
    #expect(try action.prepared(for: [2, 3]).kernel == [0, 2])
  }

  @Test(
    "Axes that are missing or have another length are refused",
    arguments: [
      ("S3@2", [3], "S3@2 acts on arrays with at least 2 axes, but got shape [3]."),
      (
        "S3@2", [3, 4],
        "S3@2 needs length 3 on that axis, which has length 4 in arrays of shape [3, 4]."
      ),
      (
        "S5@1:2", [4, 2],
        "S5@1:2 needs length 5 on that axis, which has length 4 in arrays of shape [4, 2]."
      ),
      (
        "shift:4@-1", [2, 6],
        "shift:4@-1 needs a length that is a multiple of 4 on that axis, which has length 6 in "
          + "arrays of shape [2, 6]."
      ),
      (
        "SO3@-1:5", [3, 4],
        "SO3@-1:5 needs length 3 on that axis, which has length 4 in arrays of shape [3, 4]."
      ),
    ])
  func wrongShapes(name: String, shape: [Int], sentence: String) throws {
    let group = try #require(GroupName(name))
    let error = #expect(throws: ActionError.self) {
      try group.transformations(on: shape).prepared(for: shape)
    }
    #expect(error?.description == sentence)
  }
}

@Suite struct SampledAxisPermutationsTests {
  @Test("Entries along the axis move, nothing else does")
  func moves() throws {
    let sampled = AxisPermutations.sample(
      20, ofSymmetric: 9, axis: ArrayAxis(position: 1), seed: 8)
    let x = Tensor.counting([2, 9, 3])
    let action = try sampled.prepared(for: x.shape)
    for (g, name) in sampled.transformations.elementNames.enumerated() {
      // The names are the images of 0 to 8.
      let images = g == 0 ? Array(0..<9) : name.compactMap(\.wholeNumberValue)
      let moved = action(g, x)
      for row in 0..<2 {
        for i in 0..<9 {
          for column in 0..<3 {
            #expect(
              moved.scalars[(row * 9 + images[i]) * 3 + column]
                == x.scalars[(row * 9 + i) * 3 + column])
          }
        }
      }
    }
  }

  private func names(_ count: Int, _ degree: Int, seed: UInt64) -> [String] {
    AxisPermutations.sample(count, ofSymmetric: degree, axis: .last, seed: seed)
      .transformations.elementNames
  }

  @Test("A seed fixes the sample")
  func seeds() {
    #expect(names(5, 12, seed: 1) == names(5, 12, seed: 1))
    #expect(names(5, 12, seed: 1) != names(5, 12, seed: 2))
  }

  /// 6000 draws of S3: each permutation 1000 times, standard error 29.
  @Test("Permutations are uniform")
  func uniform() {
    let drawn = names(4000, 3, seed: 3).dropFirst() + names(2000, 3, seed: 4).dropFirst()
    for permutation in Permutation.all(of: 3) {
      #expect(abs(drawn.count { $0 == permutation.description } - 1000) < 120)
    }
  }
}
