// SPDX-License-Identifier: MIT

extension Chart {
  /// A value for each model and data set, written into cells that are shaded by it.
  ///
  /// - Parameters:
  ///   - comparison: The number of the comparison in the report.
  ///   - models: The columns.
  ///   - data: The rows.
  ///   - inverse: The smallest value that is written in light on dark.
  package static func matrix(
    comparison: Int, models: [String], data: [String], inverse: Double
  ) -> JSON {
    let axis = quietAxis.with(["labelLimit": 160])
    let columns = axis.with(["labelAngle": 0, "labelExpr": "split(datum.label, ' ')"])
    let encoding: JSON = [
      "x": field("model", .nominal, ["axis": columns, "scale": ["domain": JSON(models)]]),
      "y": field("data", .nominal, ["axis": axis, "scale": ["domain": JSON(data)]]),
    ]
    let isDark = "isValid(datum.value) && datum.value >= \(inverse)"
    let color = field(
      "value", .quantitative, ["legend": nil, "scale": ["type": "quantize", "range": "ramp"]])
    return chart(
      height: Double(26 * data.count), data: "cells", transform: [isComparison(comparison)],
      encoding: encoding,
      layers: [
        layer(
          mark("rect", "tile"), ["color": color, "tooltip": cellTooltip],
          transform: [filter("isValid(datum.value)")]),
        layer(
          mark("text", "tile-text"), ["text": end("shortText")],
          transform: [filter("!(\(isDark))")]),
        layer(
          mark("text", "tile-inverse"), ["text": end("shortText")],
          transform: [filter(isDark)]),
      ])
  }

  /// The values of models on one data set with their intervals, as bars from a perfect model's value.
  ///
  /// - Parameters:
  ///   - domain: The ends of the axis, of which the lower one is the perfect value.
  ///   - count: The number of models.
  package static func bars(
    comparison: Int, title: String, domain: ClosedRange<Double>, count: Int
  ) -> JSON {
    func x(_ name: String) -> JSON {
      let scale: JSON = [
        "domain": [.number(domain.lowerBound), .number(domain.upperBound)], "nice": false,
        "zero": false,
      ]
      return field(name, .quantitative, ["title": Chart.title(title), "scale": scale])
    }
    let axis = quietAxis.with(["labelLimit": 160])
    let bar: JSON = [
      "x": x("value"), "x2": ["datum": .number(domain.lowerBound)], "tooltip": cellTooltip,
    ]
    return chart(
      height: Double(26 * count), data: "cells",
      transform: [isComparison(comparison), filter("isValid(datum.value)")] + intervalEnds(),
      encoding: ["y": field("model", .nominal, ["sort": nil, "axis": axis])],
      layers: [
        layer(mark("bar", "amount"), bar),
        layer(mark("rule", "amount-interval"), ["x": x("from"), "x2": end("to")]),
        layer(mark("text", "amount-text"), ["x": x("to"), "text": end("text")]),
      ])
  }

  /// The values of models on several data sets with their intervals; each model has its own symbol.
  package static func intervals(
    comparison: Int, models: [String], title: String, count: Int
  ) -> JSON {
    func x(_ name: String) -> JSON {
      field(name, .quantitative, ["title": Chart.title(title), "scale": ["zero": false]])
    }
    let model = series("model", models)
    let offset = field(
      "model", .nominal,
      ["sort": nil, "scale": ["domain": JSON(models), "paddingOuter": 0.6]])
    let encoding: JSON = [
      "y": field(
        "data", .nominal, ["sort": nil, "axis": quietAxis.with(["labelLimit": 160, "grid": true])]),
      "yOffset": offset, "color": model,
    ]
    return chart(
      height: Double((14 * models.count + 8) * count), data: "cells",
      transform: [isComparison(comparison), filter("isValid(datum.value)")] + intervalEnds(),
      encoding: encoding,
      layers: [
        layer(mark("rule", "series-line"), ["x": x("from"), "x2": end("to")]),
        layer(mark("point", "series"), ["x": x("value"), "shape": model, "tooltip": cellTooltip]),
      ])
  }

  private static let cellTooltip = tooltip([
    "model": "model", "data": "data", "text": "value and interval", "count": "networks",
  ])

  private static func isComparison(_ number: Int) -> JSON {
    filter("datum.comparison === \(number)")
  }

  /// The comparisons of one claim: means with intervals, and the bounds that they are claimed to
  /// lie above or below.
  ///
  /// - Parameters:
  ///   - claim: The claim's number in the report.
  ///   - labels: The names of the comparisons; long ones have two lines.
  ///   - verdicts: The verdicts that occur; each has its own shape.
  package static func forest(
    claim: Int, title: String, labels: [String], verdicts: [String]
  ) -> JSON {
    func x(_ name: String) -> JSON {
      field(
        name, .quantitative,
        [
          "title": Chart.title(title), "scale": ["zero": false, "padding": 8],
          "axis": ["tickCount": 5],
        ])
    }
    let isLong = labels.contains { $0.count > 28 && $0.contains(": ") }
    let axis = quietAxis.with(["labelLimit": 180])
      .with(isLong ? ["labelExpr": "split(datum.label, ': ')"] : [:])
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
      height: Double((isLong ? 34 : 20) * labels.count), data: "comparisons",
      transform: [filter("datum.claim === \(claim)")] + intervalEnds() + [
        calculate("from", "isValid(datum.from) ? datum.from : datum.bound"),
        calculate("to", "isValid(datum.to) ? datum.to : datum.bound"),
      ],
      encoding: ["y": field("label", .nominal, ["sort": nil, "axis": axis])],
      layers: [
        layer(mark("rule", "threshold"), bound),
        layer(mark("rule", "claim-interval"), ["x": x("from"), "x2": end("to")]),
        layer(
          mark("text", "note"), ["text": ["value": "no value"], "x": ["value": 0]],
          transform: [filter("!isValid(datum.value)")]),
      ] + points)
  }
}
