// SPDX-License-Identifier: MIT

import GEED

extension TextTable {
  /// Creates the table of the results of a measurement, a row for each.
  package init(_ document: MeasurementDocument) {
    let level = document.confidenceLevel.percentText
    self.init(
      document.results,
      [
        (Column("metric", .text), { $0.metric.rawValue }),
        (Column("tensor", .code), { $0.tensor }),
        (Column("action", .code), { $0.action }),
        (Column("distance", .text), { $0.distance }),
        (Column("value", .number), { $0.value?.short }),
        (Column("\(level) interval", .number), { $0.confidenceInterval?.brackets }),
        (Column("floor", .number), { $0.floor?.short }),
        (Column("M", .number), { $0.scale?.short }),
        (Column("examples", .number), { "\($0.exampleCount)" }),
      ])
  }

  /// Creates the table of claims, a row for each comparison that they consist of.
  package init(_ claims: [Claim]) {
    self.init(
      claims.flatMap { claim in claim.parts.map { (claim: claim, part: $0) } },
      [
        (Column("claim", .sentence), { $0.claim.statement }),
        (Column("comparison", .sentence), { $0.part.label }),
        (Column("mean", .number), { $0.part.mean?.short }),
        (Column("95 % interval", .number), { $0.part.range?.brackets }),
        (
          Column("claimed", .number),
          { "\($0.part.direction == .above ? ">" : "<") \($0.part.bound.short)" }
        ),
        (Column("verdict", .text), { $0.part.verdict.rawValue }),
      ])
  }
}

extension ClosedRange<Double> {
  fileprivate var brackets: String { "[\(lowerBound.short), \(upperBound.short)]" }
}
