// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ShiftedImageActionTests {
  @Test(
    "Rotations and reflections with shifts by whole pixels keep the laws to the bit",
    arguments: [
      ("C4xT2x2", [2, 4, 4], 16), ("D4xT3x3", [3, 3], 72), ("D2xT2x4", [1, 4, 8], 32),
      ("flipxT1x4", [4, 4], 8), ("C2xT3x1", [6, 5], 6), ("C1xT2x2", [4, 6], 4),
    ])
  func laws(name: String, shape: [Int], order: Int) throws {
    let action = try #require(GroupName(name)).transformations(on: shape)
    #expect(action.transformations.group?.order == order)
    try checkActionLaws(of: action, on: shape)
    #expect(Set(action.transformations.elementNames).count == order)
  }

  /// r1·(0,1) moves the image one pixel to the right, and then a quarter turn counter-clockwise.
  @Test("The shift acts first")
  func order() throws {
    let action = try #require(GroupName("C4xT3x3")).transformations(on: [3, 3])
    let element = try #require(action.transformations.elementNames.firstIndex(of: "r1·(0,1)"))
    let moved = try action.prepared(for: [3, 3])(element, .counting([3, 3]))
    // 2 0 1 / 5 3 4 / 8 6 7, turned.
    #expect(moved.scalars == [1, 4, 7, 0, 3, 6, 2, 5, 8])
  }

  @Test(
    "Groups whose rotations do not map shifts to shifts do not exist",
    arguments: [
      "C8xT2x2", "D3xT2x2", "C4xT2x4", "D4xT64x64", "xT2x2", "C4xT", "C4xT2", "T2x2xT2x2",
    ])
  func noGroups(name: String) {
    #expect(GroupName(name) == nil)
  }
}
