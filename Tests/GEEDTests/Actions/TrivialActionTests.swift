// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct TrivialActionTests {
  @Test("Nothing moves on arrays of any shape", arguments: [[], [7], [3, 4, 5], [0, 2]])
  func laws(shape: [Int]) throws {
    let action = TrivialAction(.dihedral(rotationCount: 4))
    try checkActionLaws(of: action, on: shape)
    #expect(try action.prepared(for: shape).isTrivial)
  }
}
