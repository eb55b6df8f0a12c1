// SPDX-License-Identifier: MIT

import Foundation

/// The charts of a report, as Vega-Lite specifications without data, colors and fonts.
///
/// Data are the named tables of ``ReportTables``. Marks name a style, such as `value` or
/// `interval`, whose appearance ``Appearance`` defines once. The parameters `probe` and `example`
/// are the numbers of what is selected on the page, -1 for nothing.
package enum Chart {}

// MARK: Parts of specifications

extension Chart {
  enum FieldType: String {
    case quantitative, nominal
  }

  /// An axis without lines and title.
  static let quietAxis: JSON = ["domain": false, "ticks": false, "grid": false, "title": nil]

  /// The axis of rows that are named in the color of text.
  static let nameAxis = quietAxis.with(["style": "names"])

  static let probeParameter: JSON = ["name": "probe", "value": -1]
  static let exampleParameter: JSON = ["name": "example", "value": -1]

  static let isSelectedProbe = filter("datum.probe === probe")
  static let isSelectedExample = filter("datum.probe === probe && datum.example === example")

  static func data(_ table: String) -> JSON { ["name": .string(table)] }

  static func filter(_ expression: String) -> JSON { ["filter": .string(expression)] }

  static func calculate(_ name: String, _ expression: String) -> JSON {
    ["calculate": .string(expression), "as": .string(name)]
  }

  /// A transform that adds fields of the row of another table with the same `key`.
  static func lookup(_ key: String, in table: String, _ fields: [String]) -> JSON {
    [
      "lookup": .string(key),
      "from": ["data": data(table), "key": .string(key), "fields": JSON(fields)],
    ]
  }

  static func field(_ name: String, _ type: FieldType = .quantitative, _ more: JSON = [:]) -> JSON {
    (["field": .string(name), "type": .string(type.rawValue)] as JSON).with(more)
  }

  /// Transforms that add the ends of an interval, `from` and `to`; where there is no interval, both
  /// are the value, because Vega cannot find the extent of fields without numbers.
  static func intervalEnds(of value: String = "value") -> [JSON] {
    [
      calculate("from", "isValid(datum.low) ? datum.low : datum.\(value)"),
      calculate("to", "isValid(datum.high) ? datum.high : datum.\(value)"),
    ]
  }

  /// Returns a title in lines that fit a narrow chart.
  static func title(_ text: String) -> JSON {
    guard text.count > 36, let comma = text.range(of: ", ") else { return .string(text) }
    return [.string("\(text[..<comma.lowerBound]),"), .string(String(text[comma.upperBound...]))]
  }

  /// The name of a series, which has a color, a symbol and a line by its place among `names`.
  static func series(_ name: String, _ names: [String]) -> JSON {
    field(name, .nominal, ["legend": nil, "scale": ["domain": JSON(names)]])
  }

  /// The second end of an interval, whose type, scale and axis are those of the first.
  static func end(_ name: String) -> JSON { ["field": .string(name)] }

  static func mark(_ type: String, _ style: String, _ more: JSON = [:]) -> JSON {
    (["type": .string(type), "style": .string(style)] as JSON).with(more)
  }

  /// The fields that a tooltip shows, with their titles.
  static func tooltip(_ fields: KeyValuePairs<String, String>) -> JSON {
    .array(fields.map { ["field": .string($0.key), "title": .string($0.value)] })
  }

  /// A layer of marks.
  static func layer(
    _ mark: JSON, _ encoding: JSON, data table: String? = nil, transform: [JSON] = []
  ) -> JSON {
    var layer: JSON = ["mark": mark, "encoding": encoding]
    if let table { layer = layer.with(["data": data(table)]) }
    if !transform.isEmpty { layer = layer.with(["transform": .array(transform)]) }
    return layer
  }

  /// A chart as wide as its container, with a height in pixels.
  static func chart(
    height: Double, data table: String? = nil, transform: [JSON] = [], parameters: [JSON] = [],
    encoding: JSON? = nil, layers: [JSON]
  ) -> JSON {
    var chart: JSON = [
      "width": "container", "autosize": ["type": "fit-x", "contains": "padding"],
      "height": .number(height), "layer": .array(layers),
    ]
    if let table { chart = chart.with(["data": data(table)]) }
    if !transform.isEmpty { chart = chart.with(["transform": .array(transform)]) }
    if !parameters.isEmpty { chart = chart.with(["params": .array(parameters)]) }
    if let encoding { chart = chart.with(["encoding": encoding]) }
    return chart
  }

  /// A text as a literal of Vega's expressions.
  static func literal(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "'\(escaped.replacing("\n", with: "\\n"))'"
  }
}
