// SPDX-License-Identifier: MIT

/// A chart of a report alone, for paper: a specification with its data, which Vega's editor opens.
package struct PaperChart: Sendable {
  /// The width of a column or of a page, in points of 1/72 inch.
  package enum Width: Double, Sendable, CaseIterable {
    /// 3.25 inches.
    case narrow = 234
    /// 6.75 inches.
    case wide = 486
  }

  /// The specification.
  package let specification: JSON

  /// Creates the chart for paper.
  ///
  /// - Parameters:
  ///   - chart: A chart of a report.
  ///   - tables: The report's tables.
  ///   - probe: The number of the selected probe, -1 for none.
  ///   - example: The number of the selected example, -1 for none.
  package init(
    _ chart: NamedChart, tables: [String: Table], width: Width, probe: Int = -1, example: Int = -1
  ) {
    var specification = chart.specification.withKeys(of: chart.name)
    if specification["width"] == "container" {
      let height = specification["height"]?.number ?? 0
      specification = specification.with([
        "width": .number(width.rawValue), "height": .number((height * 8 / 12).rounded()),
      ])
    } else {
      // A polar chart is square.
      let side = JSON.number(min(width.rawValue, Width.narrow.rawValue) - 8)
      specification = specification.with(["width": side, "height": side])
    }
    let selection: [JSON: Int] = ["probe": probe, "example": example]
    let parameters = (specification["params"]?.elements ?? []).map { parameter in
      parameter.with(["value": JSON(parameter["name"].flatMap { selection[$0] } ?? -1)])
    }
    if !parameters.isEmpty { specification = specification.with(["params": .array(parameters)]) }
    let names = specification.tableNames
    self.specification = specification.with([
      "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
      "config": Appearance.paper.config,
      "datasets": .object(tables.filter { names.contains($0.key) }.mapValues { .array($0.rows) }),
    ])
  }
}

/// A chart of a report, with the name that it has on the page.
package struct NamedChart: Sendable, Hashable {
  package let name: String
  package let specification: JSON
}

extension JSON {
  /// The specification with what names the series: keys beside a chart are part of the page, and
  /// on paper they are legends, or names at the ends of lines.
  fileprivate func withKeys(of name: String) -> JSON {
    if name.hasPrefix("trajectory") {
      let end = Chart.layer(
        Chart.mark("text", "series-end"),
        ["y": Chart.field("labelAt"), "text": Chart.end("series")],
        transform: [Chart.filter("datum.last")])
      return with([
        "padding": ["left": 2, "top": 2, "bottom": 2, "right": 48],
        "layer": .array((self["layer"]?.elements ?? []) + [end]),
      ])
    }
    return switch name {
    case "accuracy", "orbit": withLegends
    case _ where name.hasPrefix("depth"): withLegends
    default: self
    }
  }

  /// The specification without the members that hide legends; Vega-Lite joins the legends of
  /// channels with the same series, and hides them all if one is hidden.
  private var withLegends: JSON {
    switch self {
    case .array(let elements): .array(elements.map(\.withLegends))
    case .object(let members):
      .object(
        Dictionary(
          uniqueKeysWithValues: members.map { name, value in
            guard ["color", "shape", "strokeDash"].contains(name),
              case .object(var channel) = value
            else { return (name, value.withLegends) }
            channel["legend"] = nil
            return (name, .object(channel))
          }))
    default: self
    }
  }

  /// The names of the tables to which a specification refers.
  package var tableNames: Set<String> {
    switch self {
    case .array(let elements):
      elements.reduce(into: []) { $0.formUnion($1.tableNames) }
    case .object(let members):
      members.reduce(into: []) { names, member in
        if member.key == "data", case .string(let name)? = member.value["name"] {
          names.insert(name)
        }
        names.formUnion(member.value.tableNames)
      }
    default: []
    }
  }
}
