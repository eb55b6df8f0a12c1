// SPDX-License-Identifier: MIT

import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct ChannelCosinesTests {
  private func actions(_ shape: [Int]) throws -> [PreparedAction] {
    [
      try ImageAction.rotations(8).prepared(for: shape),
      try ImageAction.rotationsAndReflections(4).prepared(for: shape),
      try FieldAction(ImageAction.rotations(8), fields: ChannelFields(.regular)).prepared(
        for: shape),
    ]
  }

  /// 6·10⁻⁸ is the rounding of a number in single precision; of a mean cosine little of it remains.
  @Test(
    "The mean is that of moved channels in double precision, and exact where nothing is blended",
    arguments: [2, 5, 8, 13, 40])
  func againstDoubles(side: Int) throws {
    var generator = SplitMix64(seed: 5)
    let shape = [16, side, side]
    let x = Tensor.random(shape, using: &generator)
    let y = Tensor.random(shape, using: &generator)
    for action in try actions(shape) {
      let cosines = try #require(ChannelCosines(action, distance: ChannelMean(of: .negativeCosine)))
      for g in action.transformations.indices {
        let found = x.scalars.withUnsafeBufferPointer { x in
          y.scalars.withUnsafeBufferPointer { cosines.compare(x, by: g, with: $0) }
        }
        let output = x.scalars.map(Double.init)
        let moved = action.operators[g](y.scalars.map(Double.init))
        let expected = ChannelMean(of: .negativeCosine).compare(
          output.span, moved.span, shape: shape)
        #expect(found.zeroVectorCount == expected.zeroVectorCount)
        #expect(abs(found.distance - expected.distance) < 1e-8)
        if moved.allSatisfy({ Double(Float($0)) == $0 }) { #expect(found == expected) }
      }
    }
  }

  @Test("An output that is the moved reference has exactly -1", arguments: [3, 4, 9, 32])
  func equivariant(side: Int) throws {
    var generator = SplitMix64(seed: 6)
    let x = Tensor.random([8, side, side], using: &generator)
    for action in try actions(x.shape) {
      let cosines = try #require(ChannelCosines(action, distance: ChannelMean(of: .negativeCosine)))
      for g in action.transformations.indices {
        let moved = action(g, x)
        let found = moved.scalars.withUnsafeBufferPointer { moved in
          x.scalars.withUnsafeBufferPointer { cosines.compare(moved, by: g, with: $0) }
        }
        #expect(found == Comparison(-1))
      }
    }
  }

  @Test("Zero channels, and numbers of extreme size, are those of the distance")
  func extremes() throws {
    let action = try ImageAction.rotations(4).prepared(for: [4, 2, 2])
    let cosines = try #require(ChannelCosines(action, distance: ChannelMean(of: .negativeCosine)))
    // Equal zeros, a zero and another vector, tiny parallel vectors, huge opposite ones.
    let x: [Float] = [0, 0, 0, 0, 0, 0, 0, 0, 1e-36, 0, 0, 0, 1e38, 1e38, 0, 0]
    let y: [Float] = [0, 0, 0, 0, 1, 2, 3, 4, 3e-36, 0, 0, 0, -1e38, -1e38, 0, 0]
    let found = x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { cosines.compare(x, by: 0, with: $0) }
    }
    #expect(found == Comparison((-1 + 0 - 1 + 1) / 4, zeroVectorCount: 2))
  }

  @Test("Other distances, and actions on parts of channels, are left to readings")
  func unsuitable() throws {
    let action = try ImageAction.rotations(4).prepared(for: [2, 4, 4])
    #expect(ChannelCosines(action, distance: ChannelMean(of: .euclidean)) == nil)
    #expect(ChannelCosines(action, distance: NegativeCosine()) == nil)
  }
}
