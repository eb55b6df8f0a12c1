// SPDX-License-Identifier: MIT

import GEED
import Testing

@Suite struct GridWarpTests {
  private func warped(
    _ scalars: [Float], from source: (Int, Int) -> (row: Double, column: Double)
  ) -> [Float] {
    let map = GridMap.warp(height: 2, width: 3, from: source)
    return ArrayOperator(count: 6, blockSize: 6, map: map)(
      Tensor(shape: [2, 3], scalars: scalars)
    ).scalars
  }

  @Test func stayingIsTheIdentity() {
    let map = GridMap.warp(height: 4, width: 5) { (Double($0), Double($1)) }
    #expect(map == .identity)
  }

  /// Half a pixel to the right: each pixel is the mean of itself and its left neighbor, or of itself
  /// and the zero outside.
  @Test func halfAPixel() {
    let moved = warped([2, 4, 6, 0, 8, 0]) { (Double($0), Double($1) - 0.5) }
    #expect(moved == [1, 3, 5, 0, 4, 4])
  }

  @Test func zerosEnterFromOutside() {
    let moved = warped([1, 2, 3, 4, 5, 6]) { (Double($0) - 1, Double($1)) }
    #expect(moved == [0, 0, 0, 1, 2, 3])
  }
}
