// SPDX-License-Identifier: MIT

extension Chart {
  /// The two ways around the square of Figure 1: transforming the input and then computing, or
  /// computing and then transforming the output, with the deviation between their ends.
  ///
  /// The table `squares` has the words of each probe. Places are in the unit square.
  package static func square() -> JSON {
    let arrows = JSON.array(
      [
        (0.06, 1, 0.94, 1, 90), (0, 0.9, 0, 0.12, 180), (1, 0.9, 1, 0.34, 180),
        (0.06, 0, 0.8, 0, 90),
      ]
      .map { x, y, x2, y2, angle in
        [
          "x": .number(x), "y": .number(y), "x2": .number(x2), "y2": .number(y2),
          "angle": .number(angle),
        ]
      })
    let ends = position("x", "y").with(["x2": end("x2"), "y2": end("y2")])
    let heads = position("x2", "y2").with([
      "angle": field("angle", .quantitative, ["scale": nil])
    ])
    let values: JSON = ["data": ["values": arrows]]
    return chart(
      height: 230, parameters: [probeParameter],
      layers: [
        layer(mark("rule", "arrow"), ends).with(values),
        layer(mark("point", "arrow-head"), heads).with(values),
        layer(mark("rule", "compared"), ends).with([
          "data": ["values": [["x": 1, "y": 0.17, "x2": 1, "y2": 0.07]]]
        ]),
        text("node-name", "'x'", 0, 1),
        text("node-name", "'gx'", 1, 1),
        text("node-name", "'f(x)'", 0, 0),
        text("node-name", "'f(gx)'", 1, 0.24),
        text("node-name", "'g f(x)'", 0.92, 0),
        // Fonts without the combining circumflex would take f̂ from another font.
        text("node-hat", "'ˆ'", 0.92, 0),
        text("square-note", "datum.element", 0.5, 1, ["dy": -6, "baseline": "bottom"]),
        text("square-note", "datum.model", 0, 0.55, ["dx": 6, "align": "left"]),
        text("square-note", "datum.model", 1, 0.55, ["dx": -6, "align": "right"]),
        text("square-note", "datum.action", 0.43, 0, ["dy": 6, "baseline": "top"]),
        text("square-value", "datum.deviation", 0.92, 0.125, ["align": "right"]),
        text("square-note", "datum.mean", 0.5, 0.76),
      ]
    ).with(["padding": ["left": 22, "right": 26, "top": 26, "bottom": 30]])
  }

  private static func position(_ x: String, _ y: String) -> JSON {
    let unit: JSON = ["scale": ["domain": [0, 1], "nice": false], "axis": nil]
    return ["x": field(x, .quantitative, unit), "y": field(y, .quantitative, unit)]
  }

  /// A text of the selected probe.
  private static func text(
    _ style: String, _ expression: String, _ x: Double, _ y: Double, _ more: JSON = [:]
  ) -> JSON {
    layer(
      mark("text", style, more), position("x", "y").with(["text": end("shown")]), data: "squares",
      transform: [
        isSelectedProbe, calculate("x", "\(x)"), calculate("y", "\(y)"),
        calculate("shown", expression),
      ])
  }
}
