// SPDX-License-Identifier: MIT

import Foundation
import Testing
import _GEEDTestSupport

@testable import GEED

@Suite struct GridTransformTests {
  @Test("Turns are counted around the circle, in both directions")
  func turnsAreReduced() {
    #expect(GridTransform.turn(-1, of: 8) == .turn(7, of: 8))
    #expect(GridTransform.turn(19, of: 8) == .turn(3, of: 8))
    #expect(GridTransform.turn(0, of: 1) == .identity)
  }

  @Test("A turn knows how many quarter turns it is, if it is")
  func quarterTurns() {
    #expect(GridTransform.turn(2, of: 8).quarterTurns == 1)
    #expect(GridTransform.turn(4, of: 8).quarterTurns == 2)
    #expect(GridTransform.turn(1, of: 8).quarterTurns == nil)
    #expect(GridTransform.turn(1, of: 3).quarterTurns == nil)
    #expect(GridTransform.turn(3, of: 12).swapsAxes)
    #expect(!GridTransform.turn(6, of: 12).swapsAxes)
    #expect(!GridTransform.turn(1, of: 8).swapsAxes)
  }

  /// The pixel on the right of the center comes, after a quarter turn counter-clockwise, from
  /// below: what was below has moved to the right.
  @Test("What is read on the right came from below after a quarter turn")
  func quarterTurnSource() {
    let source = GridTransform.turn(1, of: 4).source(row: 1, column: 2, height: 3, width: 3)
    #expect(source == (2, 1))
  }

  /// A turn by 45° moves the right edge (0, 1) of a 3 × 3 grid to the upper right, so the pixel at
  /// the right comes from the lower right, √½ from the center along both axes.
  @Test("What is read on the right came from the lower right after an eighth of a turn")
  func eighthTurnSource() {
    let source = GridTransform.turn(1, of: 8).source(row: 1, column: 2, height: 3, width: 3)
    #expect(source.row == 1 + 0.5.squareRoot())
    #expect(source.column == 1 + 0.5.squareRoot())
  }

  @Test("Places are those of the textbook's rotation matrix", arguments: 1...16)
  func rotationMatrix(turnCount: Int) {
    for turn in 0..<turnCount {
      let angle = 2 * Double.pi * Double(turn) / Double(turnCount)
      for (row, column) in [(0, 0), (2, 5), (3, 1)] {
        // y grows upwards; the source is the pixel turned back, by the transposed matrix.
        let (x, y) = (Double(column) - 2.5, 1.5 - Double(row))
        let expected = (
          x: cos(angle) * x + sin(angle) * y, y: -sin(angle) * x + cos(angle) * y
        )
        for reflects in [false, true] {
          let source = GridTransform.turn(turn, of: turnCount, reflecting: reflects)
            .source(row: row, column: column, height: 4, width: 6)
          // Two products and sums of numbers below 4 in double precision.
          expectClose(source.row, 1.5 - expected.y, tolerance: 1e-14)
          expectClose(
            source.column, 2.5 + (reflects ? -expected.x : expected.x), tolerance: 1e-14)
        }
      }
    }
  }
}
