// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDCommand
import GEEDExperiments
import GEEDReport

private typealias Table = GEEDCommand.Table

/// A figure as tables of means over networks, with intervals at the last iteration.
struct FigureText {
  let figure: Figure
  let record: FigureRecord
  let experiment: any Experiment

  var lines: [String] {
    switch figure.layout {
    case .trajectories: trajectories + [""] + contrast(trained)
    case .courses: courses + [""] + contrast(trained)
    case .data: sideBySide
    case .networks: contrast(trained + untrained) + inputIntervals
    case .diagram: []
    }
  }

  /// The last iteration.
  private var end: Int { experiment.iterations }

  /// The kinds of the trained networks, and those of changed ones.
  private var kinds: [NetworkKind] {
    (experiment.kinds + experiment.measurements.map(\.kind)).uniqued
  }

  /// One table for each kind, with a row for each iteration and a column for each quantity.
  private var trajectories: [String] {
    var lines: [String] = []
    for kind in experiment.kinds {
      var table = Table(
        [("iteration", .right)] + figure.quantities.map { ($0.title, .right) })
      for iteration in record.iterations() {
        table.add(
          ["\(iteration)"] + figure.quantities.map { mean($0, .init(kind, at: iteration)) })
      }
      lines += ["\(kind.rawValue), the mean of \(record.seeds.count):", ""] + table.lines + [""]
    }
    return lines
  }

  /// One table for each quantity, with a row for each kind and a column for some iterations.
  private var courses: [String] {
    let measured = record.iterations()
    let most = 8
    let shown =
      measured.count <= most
      ? measured : (0..<most).map { measured[$0 * (measured.count - 1) / (most - 1)] }
    return figure.quantities.flatMap { quantity in
      var table = Table([("after iteration", .left)] + shown.map { ("\($0)", .right) })
      for kind in experiment.kinds {
        table.add([kind.rawValue] + shown.map { mean(quantity, .init(kind, at: $0)) })
      }
      return ["\(quantity.title), means of \(record.seeds.count) networks:", ""] + table.lines + [
        ""
      ]
    }
  }

  /// The networks of a kind after some iterations, and their name in a table.
  private struct Population {
    let name: String
    let place: FigureRecord.Place
  }

  private var trained: [Population] {
    kinds.map { Population(name: $0.rawValue, place: .init($0, at: end)) }
  }

  /// The networks before the training; kinds that begin with the same weights are one.
  private var untrained: [Population] {
    var places: [[[Double?]]: [NetworkKind]] = [:]
    var order: [[[Double?]]] = []
    for kind in kinds {
      let values = figure.quantities.map { record.values($0, .init(kind, at: 0)) }
      guard values.joined().contains(where: { $0 != nil }) else { continue }
      if places[values] == nil { order.append(values) }
      places[values, default: []].append(kind)
    }
    return order.compactMap { values in
      guard let kinds = places[values], let first = kinds.first else { return nil }
      return Population(
        name: kinds.count > 1 && order.count == 1 ? "untrained" : "untrained \(first.rawValue)",
        place: .init(first, at: 0))
    }
  }

  /// A table of networks with intervals; the shorter of both lists is across.
  private func contrast(_ populations: [Population]) -> [String] {
    let heading = "after \(end) iterations"
    func cell(_ quantity: Quantity, _ population: Population) -> String {
      mean(quantity, population.place, withInterval: true)
    }
    var table: Table
    if populations.count < figure.quantities.count {
      table = Table([(heading, .left)] + populations.map { ($0.name, .left) })
      for quantity in figure.quantities {
        table.add([quantity.title] + populations.map { cell(quantity, $0) })
      }
    } else {
      table = Table([(heading, .left)] + figure.quantities.map { ($0.title, .left) })
      for population in populations {
        table.add([population.name] + figure.quantities.map { cell($0, population) })
      }
    }
    return ["Means with 95 % intervals over networks:", ""] + table.lines
  }

  /// A table with a row for each network, with intervals over examples.
  private var inputIntervals: [String] {
    let quantities = figure.quantities.filter { quantity in
      kinds.contains { kind in
        record.intervals(quantity, .init(kind, at: end)).contains { $0 != nil }
      }
    }
    guard !quantities.isEmpty else { return [] }
    var table = Table(
      [("network", .left), ("seed", .right)] + quantities.map { ($0.title, .left) })
    for kind in kinds {
      for (index, seed) in record.seeds.enumerated() {
        let cells = quantities.map { quantity -> String in
          let place = FigureRecord.Place(kind, at: end)
          guard let value = record.values(quantity, place)[index] else { return "–" }
          return value.short
            + (record.intervals(quantity, place)[index].map {
              " (\($0.lowerBound.short) … \($0.upperBound.short))"
            } ?? "")
        }
        table.add([kind.rawValue, "\(seed)"] + cells)
      }
    }
    return ["", "Single networks with 95 % intervals over examples:", ""] + table.lines
  }

  /// A table with a row for each data set and network, and a column for each quantity.
  private var sideBySide: [String] {
    var table = Table(
      [("data", .left), ("network", .left)] + figure.quantities.map { ($0.title, .left) })
    for data in ([nil] + experiment.measurements.map(\.data)).uniqued
    where !record.iterations(on: data).isEmpty {
      for kind in experiment.kinds {
        for (name, iteration) in [("untrained \(kind.rawValue)", 0), (kind.rawValue, end)] {
          table.add(
            [data ?? experiment.dataName, name]
              + figure.quantities.map {
                mean($0, .init(kind, at: iteration, on: data), withInterval: true)
              })
        }
      }
    }
    return ["Means over \(record.seeds.count) networks with 95 % intervals over networks:", ""]
      + table.lines
  }

  /// Returns the mean over all networks, or a dash if one has no number.
  private func mean(
    _ quantity: Quantity, _ place: FigureRecord.Place, withInterval: Bool = false
  ) -> String {
    let values = record.values(quantity, place).compactMap(\.self)
    guard !values.isEmpty, values.count == record.seeds.count else { return "–" }
    func text(_ value: Double) -> String {
      quantity.isShare ? String(format: "%.2f %%", 100 * value) : value.short
    }
    guard withInterval else { return text(values.reduce(0, +) / Double(values.count)) }
    let statistic = Estimate(values)
    let halfWidth = statistic.confidenceInterval().map { ($0.upperBound - $0.lowerBound) / 2 }
    return text(statistic.value) + (halfWidth.map { " ± \(text($0))" } ?? "")
  }
}

enum OrbitDiagramText {
  /// The three deviations of the example under each element.
  static func lines(_ diagram: OrbitDiagram) -> [String] {
    var table = Table(
      [("deviation", .left)] + diagram.elements.map { ($0, .right) } + [("mean", .right)])
    for (name, deviation) in diagram.deviations {
      table.add([name] + deviation.perElement.map(\.short) + [deviation.value.short])
    }
    return [
      "Example \(diagram.example) of \(diagram.data) under \(diagram.group), in \(diagram.model):",
      "",
    ] + table.lines
  }
}

enum ClaimText {
  static func lines(_ claims: [Claim]) -> [String] {
    let counts = ClaimVerdict.allCases.map { verdict in
      "\(verdict.rawValue): \(claims.count { $0.verdict == verdict })"
    }
    return ["What the paper claims, with 95 % intervals over networks:"]
      + claims.flatMap { [""] + lines($0) } + ["", counts.joined(separator: ", ")]
  }

  private static func lines(_ claim: Claim) -> [String] {
    var table = Table([
      ("", .left), ("", .right), ("", .left), ("", .left), ("", .left),
    ])
    for part in claim.parts { table.add(cells(part)) }
    return ["\(claim.verdict.rawValue.uppercased()): \(claim.statement)"]
      + table.lines.dropFirst().map { "  \($0)" }
  }

  private static func cells(_ part: ClaimPart) -> [String] {
    let interval = part.interval.map { "\($0[0].short) … \($0[1].short)" }
    return [
      part.label, part.mean.short, interval ?? part.note ?? "–",
      "claimed \(part.direction == .above ? ">" : "<") \(part.bound.short)", part.verdict.rawValue,
    ]
  }
}
#endif
