// SPDX-License-Identifier: MIT

import RealModule

/// A movement of the pixel grid: reflect first, then turn, then shift.
///
/// Angles are fractions of a full turn, kept as fractions, so that a quarter turn is known to be
/// one and is carried out exactly.
public struct GridTransform: Sendable, Hashable {
  /// Whether left and right are swapped first.
  public let reflects: Bool

  /// The turn in units of `1 / turnCount` of a full turn, counter-clockwise as seen, in
  /// `0..<turnCount`.
  public let turn: Int

  /// Into how many parts the full turn is divided.
  public let turnCount: Int

  /// How far the picture moves down, as a fraction of its height, around the border.
  public let rowShift: Double

  /// How far the picture moves right, as a fraction of its width, around the border.
  public let columnShift: Double

  private init(reflects: Bool, turn: Int, turnCount: Int, rowShift: Double, columnShift: Double) {
    self.reflects = reflects
    self.turn = turn
    self.turnCount = turnCount
    self.rowShift = rowShift
    self.columnShift = columnShift
  }

  /// Changes nothing.
  public static let identity = GridTransform.turn(0, of: 1)

  /// A turn by `turn / turnCount` of a circle, after an optional swap of left and right.
  ///
  /// - Precondition: `turnCount` is positive.
  public static func turn(_ turn: Int, of turnCount: Int, reflecting: Bool = false) -> Self {
    precondition(turnCount >= 1, "Expected a positive number of turns, but got \(turnCount).")
    let turn = ((turn % turnCount) + turnCount) % turnCount
    return GridTransform(
      reflects: reflecting, turn: turn, turnCount: turnCount, rowShift: 0, columnShift: 0)
  }

  /// A shift by fractions of the height and width; what leaves on one side enters on the other.
  public static func shift(rows: Double, columns: Double) -> Self {
    GridTransform(
      reflects: false, turn: 0, turnCount: 1, rowShift: rows, columnShift: columns)
  }

  /// The number of quarter turns, if the turn is a whole number of them.
  var quarterTurns: Int? {
    (4 * turn).isMultiple(of: turnCount) ? 4 * turn / turnCount : nil
  }

  /// Whether rows and columns trade places, which only a square grid survives.
  var swapsAxes: Bool { quarterTurns.map { !$0.isMultiple(of: 2) } ?? false }

  /// cos and sin of the turn; angles that differ by quarter turns give the same digits.
  private var cosineAndSine: (Double, Double) {
    let (quarters, rest) = (4 * turn).quotientAndRemainder(dividingBy: turnCount)
    // rest / turnCount is a fraction of a quarter turn; an eighth of a circle is its half.
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

  /// The place in the source from which a pixel of the result is read.
  ///
  /// Rows grow downwards and the grid turns about `((height - 1) / 2, (width - 1) / 2)`, so a pixel
  /// at (r, c) of the picture turned by θ comes from the place turned by −θ.
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
