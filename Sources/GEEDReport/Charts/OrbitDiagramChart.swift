// SPDX-License-Identifier: MIT

extension Chart {
  /// The images of an orbit in columns, and below each the outputs of the parts of a network.
  ///
  /// The table `diagram-images` has images, `diagram-bars` probabilities and `diagram-texts` words,
  /// with places in columns and in pixels from the top.
  package static func orbitDiagram(_ number: Int, columnCount: Int, height: Double) -> JSON {
    let x: JSON = [
      "scale": ["domain": [0, JSON(columnCount)], "nice": false], "axis": nil,
    ]
    let y: JSON = ["scale": ["domain": [.number(height), 0], "nice": false], "axis": nil]
    func place(_ more: JSON) -> JSON {
      (["x": field("x", .quantitative, x), "y": field("y", .quantitative, y)] as JSON).with(more)
    }
    let isShown = filter("datum.diagram === \(number)")
    let ends: JSON = ["x2": end("x2"), "y2": end("y2")]
    // A grid keeps its proportions within its place; a row of features fills it.
    func image(_ kind: String, keepsProportions: Bool) -> JSON {
      layer(
        [
          "type": "image", "aspect": .bool(keepsProportions), "align": "center",
          "baseline": "middle",
        ],
        place(["url": ["field": "image", "type": "nominal"]]).with(ends), data: "diagram-images",
        transform: [isShown, filter("datum.kind === \(literal(kind))")])
    }
    func text(_ style: String, _ more: JSON = [:]) -> JSON {
      layer(
        mark("text", style, more), place(["text": end("text")]), data: "diagram-texts",
        transform: [isShown, filter("datum.style === \(literal(style))")])
    }
    return chart(
      height: height,
      layers: [
        image("grid", keepsProportions: true), image("strip", keepsProportions: false),
        layer(
          mark("rect", "amount"), place(ends),
          data: "diagram-bars", transform: [isShown]),
        text("diagram-row"), text("square-note"), text("square-value", ["align": "center"]),
      ])
  }
}

/// The rows of the diagram, in pixels from the top.
enum OrbitDiagramLayout {
  /// The side of an image.
  static let gridSide = 58.0
  /// The height of a row of features.
  static let stripHeight = 20.0
  /// The height of the bars of probabilities.
  static let barHeight = 44.0
  /// The tops of the images gx, the outputs f(gx), the references g f(x), the features and the
  /// probabilities; a line of text stands above the first and below each of the others.
  static let tops = (inputs: 18.0, outputs: 86.0, references: 154.0, features: 250.0, bars: 308.0)
  static let height = 384.0
}
