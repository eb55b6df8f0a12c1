// SPDX-License-Identifier: MIT

/// A figure before it is deformed: strokes through points, within about 1 of the origin, with y
/// pointing down.
struct GlyphFigure {
  struct Stroke {
    let points: [SIMD2<Double>]

    /// Whether the pen runs along a curve through the points, instead of straight lines.
    var isCurved = false

    /// Whether the pen returns to the first point.
    var isClosed = false
  }

  let name: String
  let strokes: [Stroke]

  static let all = [
    GlyphFigure(
      name: "comb",
      strokes: [
        line([-0.45, -0.9], [-0.45, 0.95]), line([-0.45, -0.85], [0.6, -0.85]),
        line([-0.45, -0.1], [0.35, -0.1]),
      ]),
    GlyphFigure(
      name: "flag",
      strokes: [
        line([-0.4, -0.9], [-0.4, 0.95]),
        curve([-0.4, -0.85], [0.25, -0.8], [0.5, -0.4], [0.25, 0.0], [-0.4, 0.05]),
      ]),
    GlyphFigure(
      name: "hook",
      strokes: [
        curve([0.3, -0.85], [0.3, 0.2], [0.2, 0.7], [-0.2, 0.85], [-0.6, 0.55], [-0.6, 0.2]),
        line([-0.25, -0.85], [0.75, -0.85]),
      ]),
    GlyphFigure(
      name: "sail",
      strokes: [line([0.2, 0.95], [0.2, -0.9], [-0.65, 0.35], [0.75, 0.35])]),
    GlyphFigure(
      name: "arrow",
      strokes: [line([0, 0.95], [0, -0.9]), line([-0.6, -0.25], [0, -0.9], [0.6, -0.25])]),
    GlyphFigure(
      name: "key",
      strokes: [
        ring(center: [0, -0.55], radius: 0.38), line([0, -0.17], [0, 0.95]),
        line([0, 0.9], [0.5, 0.9]), line([0, 0.45], [0.4, 0.45]),
      ]),
    GlyphFigure(
      name: "jaw",
      strokes: [
        curve(
          [0.6, -0.6], [0.1, -0.9], [-0.5, -0.65], [-0.75, 0], [-0.5, 0.65], [0.1, 0.88],
          [0.6, 0.6]),
        line([0.6, 0.6], [0.6, 0.05], [0.05, 0.05]),
      ]),
    GlyphFigure(
      name: "zigzag",
      strokes: [line([0.6, -0.85], [-0.55, -0.85], [0.2, 0], [-0.55, 0.85], [0.6, 0.85])]),
    GlyphFigure(
      name: "snail",
      strokes: [
        curve(
          [0.05, -0.05], [0.3, 0.1], [0.2, 0.4], [-0.2, 0.45], [-0.5, 0.1], [-0.35, -0.4],
          [0.15, -0.6], [0.65, -0.3], [0.8, 0.3], [0.55, 0.85])
      ]),
    GlyphFigure(
      name: "anchor",
      strokes: [
        line([0, -0.95], [0, 0.85]), line([-0.35, -0.6], [0.35, -0.6]),
        curve([-0.75, 0.2], [-0.55, 0.65], [0, 0.85], [0.55, 0.65], [0.75, 0.2]),
      ]),
  ]

  private static func line(_ points: SIMD2<Double>...) -> Stroke {
    Stroke(points: points)
  }

  private static func curve(_ points: SIMD2<Double>...) -> Stroke {
    Stroke(points: points, isCurved: true)
  }

  /// A circle through eight points.
  private static func ring(center: SIMD2<Double>, radius: Double) -> Stroke {
    let diagonal = 0.5.squareRoot()
    let directions: [SIMD2<Double>] = [
      [1, 0], [diagonal, diagonal], [0, 1], [-diagonal, diagonal],
      [-1, 0], [-diagonal, -diagonal], [0, -1], [diagonal, -diagonal],
    ]
    return Stroke(points: directions.map { center + radius * $0 }, isCurved: true, isClosed: true)
  }
}
