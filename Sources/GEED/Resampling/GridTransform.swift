// SPDX-License-Identifier: MIT

import RealModule

/// A movement of the pixel grid: reflect first, then rotate, then shift. Angles are fractions of a
/// full turn, so that quarter turns are performed exactly.
package struct GridTransform: Sendable, Hashable {
  /// Whether left and right are swapped first.
  package let reflects: Bool

  /// The counter-clockwise rotation in units of `1 / turnCount` of a full turn.
  package let turn: Int

  /// The number of units in a full turn.
  package let turnCount: Int

  /// The circular shift downwards, as a fraction of the height.
  package let rowShift: Double

  /// The circular shift to the right, as a fraction of the width.
  package let columnShift: Double
  package static let identity = GridTransform.turn(0, of: 1)

  /// Returns a rotation, after an optional swap of left and right.
  package static func turn(_ turn: Int, of turnCount: Int, reflecting: Bool = false) -> Self {
    precondition(turnCount >= 1, "Expected a positive number of turns, but got \(turnCount).")
    let turn = ((turn % turnCount) + turnCount) % turnCount
    return GridTransform(
      reflects: reflecting, turn: turn, turnCount: turnCount, rowShift: 0, columnShift: 0)
  }

  /// Returns the circular shift by fractions of the height and width.
  package static func shift(rows: Double, columns: Double) -> Self {
    GridTransform(
      reflects: false, turn: 0, turnCount: 1, rowShift: rows, columnShift: columns)
  }

  /// The number of quarter turns, if the rotation is a whole number of them.
  var quarterTurns: Int? {
    (4 * turn).isMultiple(of: turnCount) ? 4 * turn / turnCount : nil
  }

  /// Whether the transform exchanges rows and columns, which requires a square grid.
  var swapsAxes: Bool { quarterTurns.map { !$0.isMultiple(of: 2) } ?? false }

  /// The cosine and sine of the rotation; equal digits for angles that differ by quarter turns.
  package var cosineAndSine: (cosine: Double, sine: Double) {
    let (quarters, rest) = (4 * turn).quotientAndRemainder(dividingBy: turnCount)
    // rest / turnCount is a fraction of a quarter turn; one half of it is an eighth of a circle.
    let angle = Double.pi / 2 * Double(rest) / Double(turnCount)
    let isDiagonal = 2 * rest == turnCount
    let c = rest == 0 ? 1 : isDiagonal ? 0.5.squareRoot() : Double.cos(angle)
    let s = rest == 0 ? 0 : isDiagonal ? 0.5.squareRoot() : Double.sin(angle)
    switch quarters {
    case 0: return (c, s)
    case 1: return (-s, c)
    case 2: return (-c, -s)
    default: return (s, -c)
    }
  }

  /// Returns the position from which a pixel of the result is read. Rows grow downwards and the
  /// grid rotates about its center, so it is the position rotated by −θ.
  func source(row: Int, column: Int, height: Int, width: Int) -> (row: Double, column: Double) {
    let (cosine, sine) = cosineAndSine
    let centerRow = Double(height - 1) / 2
    let centerColumn = Double(width - 1) / 2
    let down = Double(row) - rowShift * Double(height) - centerRow
    let right = Double(column) - columnShift * Double(width) - centerColumn
    let sourceRight = cosine * right - sine * down
    let sourceDown = sine * right + cosine * down
    return (centerRow + sourceDown, centerColumn + (reflects ? -sourceRight : sourceRight))
  }
}
