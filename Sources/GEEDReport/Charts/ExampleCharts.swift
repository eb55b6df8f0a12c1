// SPDX-License-Identifier: MIT

extension Chart {
  /// A dot for each example, stacked where they are close, over the mean and its interval.
  ///
  /// - Parameter rows: The number of dots in the highest stack.
  package static func distribution(rows: Double) -> JSON {
    let y = field("row", .quantitative, ["scale": ["domain": [0, .number(rows)]], "axis": nil])
    let tooltip = tooltip(["name": "example", "text": "deviation"])
    let encoding: JSON = ["x": exampleAxis("middle"), "y": y, "tooltip": tooltip]
    let name = lookup("example", in: "examples", ["name"])
    return exampleChart([
      layer(
        mark("point", "example"), encoding, data: "perExample", transform: [isSelectedProbe, name]),
      layer(
        mark("point", "chosen"), encoding, data: "perExample", transform: [isSelectedExample, name]),
    ])
  }

  /// The number of examples in each interval of deviations, for many examples.
  package static func histogram() -> JSON {
    let bins: JSON = [
      "x": exampleAxis("from"), "x2": end("to"),
      "y": field("count", .quantitative, ["title": "examples", "scale": ["zero": true]]),
      "y2": ["datum": 0], "tooltip": tooltip(["count": "examples"]),
    ]
    return exampleChart([
      layer(mark("rect", "bin"), bins, data: "bins", transform: [isSelectedProbe]),
      layer(
        mark("rule", "chosen-line"), ["x": exampleAxis("value")], data: "perExample",
        transform: [isSelectedExample]),
    ])
  }

  private static func exampleChart(_ layers: [JSON]) -> JSON {
    chart(
      height: 190, parameters: [probeParameter, exampleParameter],
      layers: [
        layer(
          mark("rect", "mean-band"), ["x": exampleAxis("from"), "x2": end("to")], data: "probes",
          transform: [isSelectedProbe] + intervalEnds()),
        layer(
          mark("rule", "mean"), ["x": exampleAxis("value"), "tooltip": tooltip(["text": "mean"])],
          data: "probes", transform: [isSelectedProbe]),
      ] + layers)
  }

  private static func exampleAxis(_ name: String) -> JSON {
    field(
      name, .quantitative,
      ["title": "deviation of one example, mean over the group", "scale": ["zero": false]])
  }
}
