// SPDX-License-Identifier: MIT

extension Chart {
  /// The subgroups as a Hasse diagram: rows are orders, lines are covers, shades are deviations.
  package static func lattice(height: Double) -> JSON {
    let unit: JSON = ["scale": ["domain": [0, 1]], "axis": nil]
    let position: JSON = [
      "x": field("x", .quantitative, unit), "y": field("y", .quantitative, unit),
    ]
    let label = position.with(["text": end("label")])
    let lines: JSON = ["lineBreak": "\n"]
    let color = field(
      "value", .quantitative, ["legend": nil, "scale": ["type": "quantize", "range": "ramp"]])
    let tooltip = tooltip(["group": "subgroup", "order": "order", "text": "deviation"])
    let nodes = [isSelectedProbe]
    return chart(
      height: height, parameters: [probeParameter],
      layers: [
        layer(
          mark("rule", "edge"), position.with(["x2": end("x2"), "y2": end("y2")]), data: "covers",
          transform: nodes),
        layer(
          mark("circle", "node"), position.with(["color": color, "tooltip": tooltip]),
          data: "subgroups", transform: nodes),
        layer(mark("text", "node-halo", lines), label, data: "subgroups", transform: nodes),
        layer(mark("text", "node-text", lines), label, data: "subgroups", transform: nodes),
      ]
    ).with(["padding": ["left": 22, "right": 22, "top": 14, "bottom": 44]])
  }
}
