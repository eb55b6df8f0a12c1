// SPDX-License-Identifier: MIT

extension GridTransform {
  /// Whether the transform is a quarter turn, a reflection or both: a symmetry of the pixel grid
  /// that fixes the center.
  package var isGridSymmetry: Bool {
    quarterTurns != nil && rowShift == 0 && columnShift == 0
  }

  /// Returns the preimage of a position, for a symmetry about a center other than the picture's.
  ///
  /// - Parameters:
  ///   - place: A position on the grid, which may lie outside the picture.
  ///   - doubledCenter: Twice the center, so that it can lie between pixels.
  /// - Precondition: ``isGridSymmetry``, and the symmetry about this center maps the grid to
  ///   itself.
  func preimage(of place: Size2D, about doubledCenter: Size2D) -> Size2D {
    precondition(isGridSymmetry, "Expected a quarter turn or a reflection.")
    let origin = (
      2 * place.rows - doubledCenter.rows, 2 * place.columns - doubledCenter.columns
    )
    let turned = source(row: origin.0, column: origin.1, height: 1, width: 1)
    return Size2D(
      rows: (Int(turned.row) + doubledCenter.rows) / 2,
      columns: (Int(turned.column) + doubledCenter.columns) / 2)
  }

  /// Returns the image of a position.
  ///
  /// - Precondition: As for ``preimage(of:about:)``.
  func image(of place: Size2D, about doubledCenter: Size2D) -> Size2D {
    // A reflection is its own inverse; the inverse of a rotation by quarter turns is its third
    // power.
    if reflects { return preimage(of: place, about: doubledCenter) }
    var result = place
    for _ in 0..<3 { result = preimage(of: result, about: doubledCenter) }
    return result
  }
}
