// SPDX-License-Identifier: MIT

extension Chart {
  /// The mean of a quantity over networks during training, with the band of its interval.
  ///
  /// - Parameters:
  ///   - panel: The quantity, as in the column `panel`.
  ///   - names: The kinds of networks, in the order of their colors and symbols.
  ///   - isShare: Whether the quantity is a share, from 0 to 100 %.
  package static func trajectory(
    _ panel: String, series names: [String], title: String, isShare: Bool
  ) -> JSON {
    func y(_ name: String) -> JSON {
      let share: JSON = ["scale": ["domain": [0, 1]], "axis": ["format": "%"]]
      let options = isShare ? share : ["scale": ["zero": false]]
      return field(name, .quantitative, options.with(["title": .string(title)]))
    }
    let tooltip = tooltip([
      "series": "networks", "iteration": "iteration", "text": "mean and 95 % interval",
    ])
    let series = series("series", names)
    let iteration = field(
      "iteration", .quantitative, ["title": "iteration", "axis": ["tickCount": 4]])
    return chart(
      height: 170, data: "trajectories",
      transform: [filter("datum.panel === \(literal(panel))")] + intervalEnds(of: "mean"),
      encoding: ["x": iteration, "color": series],
      layers: [
        layer(mark("area", "band"), ["y": y("from"), "y2": end("to")]),
        layer(mark("line", "series-line"), ["y": y("mean"), "strokeDash": series]),
        layer(mark("point", "series"), ["y": y("mean"), "shape": series, "tooltip": tooltip]),
      ])
  }

  /// Accuracy against deviation, with labels where there is space.
  package static func scatter(
    _ table: String, kinds: [String], x: String, y: String
  ) -> JSON {
    let kind = series("kind", kinds)
    let share: JSON = [
      "title": .string(y), "scale": ["domain": [0, 1]], "axis": ["format": "%"],
    ]
    let encoding: JSON = [
      "x": field(
        "x", .quantitative, ["title": .string(x), "scale": ["zero": false, "padding": 16]]),
      "y": field("y", .quantitative, share),
      "tooltip": tooltip(["label": "point", "xText": "deviation", "yText": "accuracy"]),
    ]
    return chart(
      height: 260, data: table, encoding: encoding,
      layers: [
        layer(mark("point", "series"), ["color": kind, "shape": kind]),
        layer(mark("text", "note"), ["text": end("shown")]),
      ])
  }
}
