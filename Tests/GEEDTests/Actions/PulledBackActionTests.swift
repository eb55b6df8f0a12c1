// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct PulledBackActionTests {
  @Test("C8 through C4 keeps the laws to the bit and has 2 elements in its kernel")
  func throughC4() throws {
    let action = PulledBackAction(ImageAction.rotations(4), along: try c8ToC4())
    try checkActionLaws(of: action, on: [2, 5, 5])
    #expect(try action.prepared(for: [2, 5, 5]).kernel == [0, 4])
    #expect(try action.prepared(for: [2, 1, 1]).isTrivial)
  }

  @Test("D8 through its sign keeps the laws to the bit and has the turns in its kernel")
  func throughSign() throws {
    let sign = try AxisMatrices(group: .reflection, matrices: [[[1]], [[-1]]], axis: .last)
    let action = PulledBackAction(sign, along: try signOfD8Map())
    try checkActionLaws(of: action, on: [3, 1])
    #expect(try action.prepared(for: [3, 1]).kernel == Array(0..<8))
  }

  @Test("An element moves what its image moves")
  func images() throws {
    let action = try PulledBackAction(ImageAction.rotations(4), along: c8ToC4())
      .prepared(for: [3, 3])
    let c4 = try ImageAction.rotations(4).prepared(for: [3, 3])
    let x = Tensor.counting([3, 3])
    for g in 0..<8 { #expect(action(g, x) == c4(g % 4, x)) }
  }

  @Test("What the base refuses is refused")
  func errors() throws {
    let action = PulledBackAction(ImageAction.rotations(4), along: try c8ToC4())
    #expect(throws: ActionError.notSquare(group: "C4", shape: [4, 5])) {
      try action.prepared(for: [4, 5])
    }
  }
}

/// Turns by twice the angle: C8 onto C4.
func c8ToC4() throws -> GroupHomomorphism {
  try GroupHomomorphism(from: .cyclic(8), to: .cyclic(4), images: [0, 1, 2, 3, 0, 1, 2, 3])
}
