// SPDX-License-Identifier: MIT

import GEED

extension Chart {
  /// Every probed tensor of one measurement, from the input (top) to the output (bottom).
  ///
  /// - Parameters:
  ///   - run: The measurement's number in the report.
  ///   - domain: The ends of the axis of deviations.
  ///   - count: The number of tensors.
  package static func depth(
    _ metric: Metric, run: Int, title: String, domain: ClosedRange<Double>, count: Int
  ) -> JSON {
    let tooltip = tooltip([
      "tensor": "tensor", "depthText": "depth", "text": "deviation", "floorText": "floor",
      "twinText": "untrained twin",
    ])
    let interval: JSON = ["x": deviation("low", title, domain), "x2": end("high")]
    let x = deviation("value", title, domain)
    return rows(
      metric, run, domain, count,
      layers: [
        floorLayer(title, domain),
        layer(mark("rule", "interval"), interval),
        layer(mark("point", "twin"), ["x": deviation("twin", title, domain), "tooltip": tooltip]),
        layer(mark("point", "value"), ["x": x, "tooltip": tooltip]),
        layer(
          mark("point", "chosen"), ["x": x, "tooltip": tooltip], transform: [isSelectedProbe]),
      ])
  }

  /// The deviations of a model, its untrained twin and its response to noise, with the floor.
  package static func controls(
    _ metric: Metric, run: Int, title: String, domain: ClosedRange<Double>, count: Int
  ) -> JSON {
    let values = tooltip([
      "tensor": "tensor", "text": "deviation", "floorText": "floor", "twinText": "untrained twin",
    ])
    let noise = tooltip(["tensor": "tensor", "noiseText": "response to noise"])
    let x = deviation("value", title, domain)
    return rows(
      metric, run, domain, count,
      layers: [
        floorLayer(title, domain),
        layer(
          mark("rule", "edge"), ["x": deviation("least", title, domain), "x2": end("greatest")]),
        layer(mark("point", "noise"), ["x": deviation("noise", title, domain), "tooltip": noise]),
        layer(mark("point", "twin"), ["x": deviation("twin", title, domain), "tooltip": values]),
        layer(mark("point", "value"), ["x": x, "tooltip": values]),
        layer(mark("point", "chosen"), ["x": x, "tooltip": values], transform: [isSelectedProbe]),
      ])
  }

  /// Several measurements on a common axis of depth, from the input (0 %) to the output (100 %).
  ///
  /// - Parameters:
  ///   - axis: The meaning of depth, which is the title of its axis.
  ///   - hasFloor: Whether a probe has a floor.
  package static func depths(
    _ metric: Metric, models: [String], title: String, axis: String, hasFloor: Bool
  ) -> JSON {
    let x = field(
      "depth", .quantitative,
      [
        "title": .string(axis), "scale": ["domain": [0, 100]],
        "axis": ["values": [0, 25, 50, 75, 100]],
      ])
    func y(_ name: String) -> JSON {
      field(name, .quantitative, ["title": .string(title), "scale": ["zero": false]])
    }
    let model = series("model", models)
    let tooltip = tooltip([
      "model": "model", "tensor": "tensor", "depthText": "depth", "text": "deviation",
      "floorText": "floor",
    ])
    let floor = layer(mark("line", "floorline"), ["y": y("floor"), "color": model])
    return chart(
      height: 260, data: "probes", transform: [isMetric(metric)] + intervalEnds(),
      encoding: ["x": x],
      layers: (hasFloor ? [floor] : []) + [
        layer(
          mark("rule", "series-interval"), ["y": y("from"), "y2": end("to"), "color": model]),
        layer(
          mark("line", "series-line"), ["y": y("value"), "color": model, "strokeDash": model]),
        layer(
          mark("point", "series"),
          ["y": y("value"), "tooltip": tooltip, "color": model, "shape": model]),
      ])
  }

  /// A row for each tensor of a measurement.
  private static func rows(
    _ metric: Metric, _ run: Int, _ domain: ClosedRange<Double>, _ count: Int, layers: [JSON]
  ) -> JSON {
    let names = field("label", .nominal, ["sort": ["field": "rank"], "axis": nameAxis])
    return chart(
      height: Double(22 * count), data: "probes",
      transform: [
        isMetric(metric), filter("datum.run === \(run)"),
        calculate("start", "\(domain.lowerBound)"),
      ],
      parameters: [probeParameter], encoding: ["y": names], layers: layers)
  }

  private static func floorLayer(_ title: String, _ domain: ClosedRange<Double>) -> JSON {
    layer(mark("rect", "floor"), ["x": deviation("start", title, domain), "x2": end("floor")])
  }

  private static func isMetric(_ metric: Metric) -> JSON {
    filter("datum.metric === \(literal(metric.rawValue))")
  }

  private static func deviation(
    _ name: String, _ title: String, _ domain: ClosedRange<Double>
  ) -> JSON {
    let scale: JSON = [
      "domain": [.number(domain.lowerBound), .number(domain.upperBound)], "nice": false,
      "zero": false,
    ]
    return field(name, .quantitative, ["scale": scale, "title": .string(title)])
  }
}
