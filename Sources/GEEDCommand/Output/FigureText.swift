// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDExperiments
import GEEDReport

/// A figure as tables of means over networks, with intervals at the last iteration.
struct FigureText {
  let figure: Figure
  let record: FigureRecord
  /// The last iteration.
  let end: Int

  var lines: [String] {
    figure.showsTrajectory ? trajectories + [""] + contrast : sideBySide
  }

  /// One table for each kind, with a row for each iteration and a column for each quantity.
  private var trajectories: [String] {
    var lines: [String] = []
    for kind in NetworkKind.allCases {
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

  /// A table of the last iteration with intervals.
  private var contrast: [String] {
    var table = Table(
      [("after \(end) iterations", .left)] + NetworkKind.allCases.map { ($0.rawValue, .left) })
    for quantity in figure.quantities {
      table.add(
        [quantity.title]
          + NetworkKind.allCases.map { mean(quantity, .init($0, at: end), withInterval: true) })
    }
    return ["Means with 95 % intervals over networks:", ""] + table.lines
  }

  /// A table with a row for each data set and network, and a column for each quantity.
  private var sideBySide: [String] {
    var table = Table(
      [("data", .left), ("network", .left)] + figure.quantities.map { ($0.title, .left) })
    for data in figure.data where !record.iterations(on: data).isEmpty {
      for kind in NetworkKind.allCases {
        for (name, iteration) in [("untrained \(kind.rawValue)", 0), (kind.rawValue, end)] {
          table.add(
            [data, name]
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
      quantity == .accuracy ? String(format: "%.2f %%", 100 * value) : value.short
    }
    guard withInterval else { return text(values.reduce(0, +) / Double(values.count)) }
    let statistic = Estimate(values)
    let halfWidth = statistic.confidenceInterval().map { ($0.upperBound - $0.lowerBound) / 2 }
    return text(statistic.value) + (halfWidth.map { " ± \(text($0))" } ?? "")
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
