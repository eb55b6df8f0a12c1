// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension Tensor {
  /// Returns the picture shifted by `distance` pixels in a random direction; zeros fill the gap.
  func shifted(by distance: Double, using generator: inout SplitMix64) -> Tensor {
    let angle = 2 * Double.pi * generator.nextUnit()
    let (down, right) = (distance * Double.sin(angle), distance * Double.cos(angle))
    return warped { (Double($0) - down, Double($1) - right) }
  }

  /// Returns the picture with rows shifted by `factor` pixels for each row below the middle,
  /// randomly to the right or to the left.
  func sheared(by factor: Double, using generator: inout SplitMix64) -> Tensor {
    let factor = generator.next(below: 2) == 0 ? factor : -factor
    let middle = Double(shape[1] - 1) / 2
    return warped { (Double($0), Double($1) - factor * (Double($0) - middle)) }
  }

  /// Returns the picture scaled down about its middle; zeros fill the border.
  func shrunk(to factor: Double) -> Tensor {
    let scaling = ArrayOperator(
      count: scalars.count, blockSize: shape[1] * shape[2],
      map: .scaling(by: factor, height: shape[1], width: shape[2]))
    return scaling(self)
  }

  private func warped(
    from source: (_ row: Int, _ column: Int) -> (row: Double, column: Double)
  ) -> Tensor {
    let warp = ArrayOperator(
      count: scalars.count, blockSize: shape[1] * shape[2],
      map: .warp(height: shape[1], width: shape[2], from: source))
    return warp(self)
  }
}
