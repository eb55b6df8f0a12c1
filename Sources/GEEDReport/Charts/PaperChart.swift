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
    if let panels = specification["concat"]?.elements {
      specification = Self.grid(of: panels, width: width)
    } else if specification["width"] == "container" {
      let padding = chart.specification["padding"].map { $0.scaled(by: 8 / 12) }
      specification = specification.with([
        "padding": padding ?? specification["padding"] ?? Chart.paperPadding
      ])
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
    let columns = Self.legendColumns(specification.seriesNames, width: width)
    self.specification = specification.with([
      "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
      "config": Appearance.paper.config.with(["legend": ["columns": JSON(columns)]]),
      "datasets": .object(tables.filter { names.contains($0.key) }.mapValues { .array($0.rows) }),
    ])
  }

  /// Returns panels of equal size in rows, with one legend. Their axes have 30 points each.
  private static func grid(of panels: [JSON], width: Width) -> JSON {
    let columns = width == .wide ? 3 : 2
    let gap = 14.0
    let side = (width.rawValue - gap * Double(columns - 1)) / Double(columns) - 30
    let size: JSON = [
      "width": .number(side.rounded(.down)), "height": .number((0.7 * side).rounded()),
    ]
    let shared: JSON = ["color": "shared", "shape": "shared", "strokeDash": "shared"]
    return [
      "concat": .array(panels.map { $0.withLegends.without("autosize").with(size) }),
      "columns": JSON(columns), "spacing": .number(gap), "resolve": ["scale": shared],
      "padding": Chart.paperPadding,
    ]
  }

  /// Returns the number of columns of a legend that is not wider than the chart.
  ///
  /// A letter has about half the size of the text, and a symbol with its space three times that size.
  private static func legendColumns(_ names: [String], width: Width) -> Int {
    let size = Appearance.paper.size
    let widest = Double(names.map(\.count).max() ?? 0) * size * 0.55 + 3 * size
    return max(1, Int((width.rawValue - 3 * size) / widest))
  }
}

/// A chart of a report, with the name that it has on the page.
package struct NamedChart: Sendable, Hashable {
  package let name: String
  package let specification: JSON
}

extension Chart {
  /// The margins on paper. Labels of horizontal axes may extend beyond the last tick.
  fileprivate static let paperPadding: JSON = ["left": 2, "top": 2, "bottom": 2, "right": 10]
}

extension JSON {
  /// The specification with what names the series: keys beside a chart are part of the page, and
  /// on paper they are legends, or names at the ends of lines.
  fileprivate func withKeys(of name: String) -> JSON {
    if name.hasPrefix("trajectory") {
      let widest = seriesNames.map(\.count).max() ?? 0
      let end = Chart.layer(
        Chart.mark("text", "series-end"),
        ["y": Chart.field("labelAt"), "text": Chart.end("series")],
        transform: [Chart.filter("datum.last")])
      return with([
        "padding": Chart.paperPadding.with([
          "right": .number(12 + 0.55 * Appearance.paper.size * Double(widest))
        ]),
        "layer": .array((self["layer"]?.elements ?? []) + [end]),
      ])
    }
    return switch name {
    case "accuracy", "orbit": withLegends
    case _ where name.hasPrefix("depth") || name.hasPrefix("intervals"): withLegends
    default: self
    }
  }

  /// The object with its numbers multiplied.
  fileprivate func scaled(by factor: Double) -> JSON {
    guard case .object(let members) = self else { return self }
    return .object(members.mapValues { JSON($0.number.map { ($0 * factor).rounded() }) })
  }

  /// The specification without a member.
  fileprivate func without(_ name: String) -> JSON {
    guard case .object(var members) = self else { return self }
    members[name] = nil
    return .object(members)
  }

  /// The specification without the members that hide legends; Vega-Lite joins the legends of
  /// channels with the same series, and hides them all if one is hidden.
  fileprivate var withLegends: JSON {
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

  /// The names of the series that have a legend.
  fileprivate var seriesNames: [String] {
    switch self {
    case .array(let elements): elements.flatMap(\.seriesNames)
    case .object(let members):
      members.flatMap { name, value -> [String] in
        guard name == "color", let domain = value["scale"]?["domain"]?.elements else {
          return value.seriesNames
        }
        return domain.compactMap { if case .string(let name) = $0 { name } else { nil } }
      }
    default: []
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
