// SPDX-License-Identifier: MIT

extension GridTransform {
  /// Whether it is a quarter turn, a reflection or both: a symmetry of the pixel grid that keeps the
  /// center where it is.
  public var isGridSymmetry: Bool {
    quarterTurns != nil && rowShift == 0 && columnShift == 0
  }

  /// Where a place comes from, for a symmetry about another center than the picture's.
  ///
  /// - Parameters:
  ///   - place: A place on the grid, which may go on beyond the picture.
  ///   - doubledCenter: Twice the center, so that it can lie between pixels.
  /// - Precondition: ``isGridSymmetry``, and the center is one of the grid for this symmetry.
  func preimage(of place: GridSteps, about doubledCenter: GridSteps) -> GridSteps {
    precondition(isGridSymmetry, "Expected a quarter turn or a reflection.")
    let origin = (
      2 * place.rows - doubledCenter.rows, 2 * place.columns - doubledCenter.columns
    )
    let turned = source(row: origin.0, column: origin.1, height: 1, width: 1)
    return GridSteps(
      rows: (Int(turned.row) + doubledCenter.rows) / 2,
      columns: (Int(turned.column) + doubledCenter.columns) / 2)
  }

  /// Where a place goes to.
  ///
  /// - Precondition: As for ``preimage(of:about:)``.
  func image(of place: GridSteps, about doubledCenter: GridSteps) -> GridSteps {
    // A reflection undoes itself; a turn is undone by the three quarters that are missing.
    if reflects { return preimage(of: place, about: doubledCenter) }
    var result = place
    for _ in 0..<3 { result = preimage(of: result, about: doubledCenter) }
    return result
  }
}
