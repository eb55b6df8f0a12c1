// SPDX-License-Identifier: MIT

extension Chart {
  /// A value for each model and data set, written into cells that are shaded by it.
  ///
  /// - Parameters:
  ///   - inverse: The smallest value that is written in light on dark.
  ///   - count: The number of data sets.
  package static func matrix(_ table: String, inverse: Double, count: Int) -> JSON {
    let axis = quietAxis.with(["labelLimit": 160])
    let columns = axis.with(["labelAngle": 0, "labelExpr": "split(datum.label, ' ')"])
    let encoding: JSON = [
      "x": field("model", .nominal, ["sort": nil, "axis": columns]),
      "y": field("data", .nominal, ["sort": nil, "axis": axis]),
    ]
    let color = field(
      "value", .quantitative, ["legend": nil, "scale": ["type": "quantize", "range": "ramp"]])
    let tooltip = tooltip(["model": "model", "data": "data", "text": "deviation"])
    return chart(
      height: Double(26 * count), data: table, encoding: encoding,
      layers: [
        layer(mark("rect", "tile"), ["color": color, "tooltip": tooltip]),
        layer(
          mark("text", "tile-text"), ["text": end("text")],
          transform: [filter("datum.value < \(inverse)")]),
        layer(
          mark("text", "tile-inverse"), ["text": end("text")],
          transform: [filter("datum.value >= \(inverse)")]),
      ])
  }

  /// Values with their intervals, as bars from 0.
  ///
  /// - Parameter greatest: The end of the axis.
  package static func bars(_ table: String, title: String, greatest: Double, count: Int) -> JSON {
    func x(_ name: String) -> JSON {
      field(
        name, .quantitative,
        ["title": .string(title), "scale": ["domain": [0, .number(greatest)]]])
    }
    let axis = quietAxis.with(["labelLimit": 160])
    let tooltip = tooltip(["label": "networks", "text": "mean and interval"])
    return chart(
      height: Double(26 * count), data: table,
      encoding: ["y": field("label", .nominal, ["sort": nil, "axis": axis])],
      layers: [
        layer(mark("bar", "amount"), ["x": x("value"), "tooltip": tooltip]),
        layer(mark("rule", "amount-interval"), ["x": x("low"), "x2": end("high")]),
        layer(mark("text", "amount-text"), ["x": x("high"), "text": end("text")]),
      ])
  }

  /// The comparisons of one claim: means with intervals, and the bounds that they are claimed to
  /// lie above or below.
  ///
  /// - Parameters:
  ///   - claim: The claim's number in the report.
  ///   - verdicts: The verdicts that occur; each has its own shape.
  package static func forest(claim: Int, title: String, count: Int, verdicts: [String]) -> JSON {
    func x(_ name: String) -> JSON {
      field(
        name, .quantitative,
        [
          "title": .string(title), "scale": ["zero": false, "padding": 8],
          "axis": ["tickCount": 5],
        ])
    }
    let axis = quietAxis.with(["labelLimit": 150])
    let bound: JSON = [
      "x": x("bound"), "y": field("label", .nominal, ["sort": nil, "bandPosition": 0]),
      "y2": ["field": "label", "bandPosition": 1],
    ]
    let tooltip = tooltip([
      "label": "comparison", "text": "mean and 95 % interval", "claim text": "claimed",
      "verdict": "verdict",
    ])
    let points = verdicts.map { verdict in
      layer(
        mark("point", verdict.replacing(" ", with: "-")), ["x": x("value"), "tooltip": tooltip],
        transform: [filter("datum.verdict === \(literal(verdict))")])
    }
    return chart(
      height: Double(20 * count), data: "comparisons",
      transform: [filter("datum.claim === \(claim)")],
      encoding: ["y": field("label", .nominal, ["sort": nil, "axis": axis])],
      layers: [
        layer(mark("rule", "threshold"), bound),
        layer(mark("rule", "claim-interval"), ["x": x("low"), "x2": end("high")]),
      ] + points)
  }
}
