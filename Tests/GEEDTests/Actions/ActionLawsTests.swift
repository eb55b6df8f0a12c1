// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ActionLawsTests {
  @Test("Turns by 45° are no action, but not far from one", arguments: Interpolation.allCases)
  func eighthTurns(interpolation: Interpolation) throws {
    // A smooth blob in the middle, so that little leaves the picture.
    let size = 15
    let picture = Tensor(
      shape: [size, size],
      scalars: (0..<size * size).map { pixel in
        let (down, right) = (Float(pixel / size) - 6, Float(pixel % size) - 8)
        return 1 / (1 + (down * down + 2 * right * right) / 6)
      })
    let action = try ImageAction.rotations(8, interpolation: interpolation)
      .prepared(for: picture.shape)
    let defects = try #require(action.lawDefects(on: picture))
    #expect(defects.compositionDefect > 0 && defects.compositionDefect < 1)
    #expect(
      defects.meanCompositionDefect > 0 && defects.meanCompositionDefect < defects.compositionDefect
    )
    #expect(defects.roundTrip > 0 && defects.roundTrip <= defects.compositionDefect)
    #expect(defects.worstPair.count == 2)
    // The defect of the named pair, by hand.
    let group = try #require(action.group)
    let (g, h) = try (
      #require(group.elementNames.firstIndex(of: defects.worstPair[0])),
      #require(group.elementNames.firstIndex(of: defects.worstPair[1]))
    )
    let zero = Tensor(repeating: 0, shape: picture.shape)
    expectClose(
      EuclideanDistance()(action(g, action(h, picture)), action(group.product(g, h), picture))
        / EuclideanDistance()(picture, zero),
      defects.compositionDefect, relative: 1e-12)  // the same sums in another order
  }

  @Test("Exact actions have no defects", arguments: ["C4", "D4", "flip", "T3x2"])
  func exactActions(name: String) throws {
    var generator = SplitMix64(seed: 5)
    let action = try #require(GroupName(name)?.action()).prepared(for: [2, 6, 6])
    let defects = try #require(action.lawDefects(on: .random([2, 6, 6], using: &generator)))
    #expect(defects.compositionDefect == 0)
    #expect(defects.meanCompositionDefect == 0)
    #expect(defects.roundTrip == 0)
  }

  @Test("A picture that is zero everywhere shows nothing")
  func zeroPicture() throws {
    let action = try ImageAction.rotations(8).prepared(for: [4, 4])
    #expect(action.lawDefects(on: Tensor(repeating: 0, shape: [4, 4])) == nil)
  }
}
