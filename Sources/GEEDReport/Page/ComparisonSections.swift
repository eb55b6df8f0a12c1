// SPDX-License-Identifier: MIT

import Foundation

extension ReportPage {
  /// Claims with their comparisons and verdicts.
  var claimSection: Section? {
    guard !content.claims.isEmpty else { return nil }
    let figures = content.claims.enumerated().map { claimFigure($1, number: $0) }
    let items = zip(content.claims, figures).map { claim, figure in
      """
      <li><div><p>\(claim.statement)</p><p>\(claim.verdict.html)</p></div>\(figure.html)</li>
      """ as HTML
    }
    return Section(
      "claims", "Claims", figures: figures,
      """
      <p class="muted">Means over networks with 95 % intervals; the vertical line is the bound \
      that each is claimed to lie above or below.</p>
      <ul class="claims">\(items)</ul>
      """)
  }

  private func claimFigure(_ claim: Claim, number: Int) -> Figure {
    let (labels, subject) = claim.shortLabels
    let claimed = "claimed: " + claim.parts.map(\.claimed).uniqued.joined(separator: " or ")
    let parts = claim.parts.map { part in
      "\(part.label) \(part.text), claimed \(part.claimed), \(part.verdict.rawValue)"
    }
    return Figure(
      name: "claim-\(number)",
      chart: Chart.forest(
        claim: number,
        title: subject.map { "\($0), \(claimed)" } ?? claimed, labels: labels,
        verdicts: claim.parts.filter { $0.mean != nil }.map(\.verdict.rawValue).uniqued),
      alternative: "\(claim.statement) \(claim.verdict.rawValue): "
        + parts.joined(separator: "; ") + ".",
      values: valuesTable(
        ["comparison", "mean", "95 % interval", "claimed", "verdict"],
        claim.parts.map {
          [$0.label, $0.mean.shown, $0.range.shown, $0.claimed, $0.verdict.rawValue]
        }))
  }

  var claimTable: Table {
    let parts = content.claims.enumerated().flatMap { number, claim in
      zip(claim.parts, claim.shortLabels.labels).map { (claim: number, part: $0, label: $1) }
    }
    return Table(
      parts,
      [
        "claim": { JSON($0.claim) },
        "label": { .string($0.label) },
        "value": { JSON($0.part.mean) },
        "low": { JSON($0.part.range?.lowerBound) },
        "high": { JSON($0.part.range?.upperBound) },
        "bound": { JSON($0.part.bound) },
        "verdict": { .string($0.part.verdict.rawValue) },
        "claim text": { .string($0.part.claimed) },
        "text": { .string($0.part.text) },
      ])
  }

  /// Each quantity of several models and data sets: a matrix, and the values with their intervals.
  var comparisonSection: Section? {
    let figures = comparisons.enumerated().flatMap { number, comparison in
      [
        matrixFigure(comparison, number), barFigure(comparison, number),
        intervalFigure(comparison, number),
      ].compactMap(\.self)
    }
    guard !figures.isEmpty else { return nil }
    return Section(
      "comparison", "Models and data", figures: figures,
      "<div class=\"columns\">\(figures.map(\.html))</div>")
  }

  private func matrixFigure(_ comparison: ReportedComparison, _ number: Int) -> Figure? {
    let cells = comparison.valued
    guard comparison.data.count > 1, comparison.models.count > 1,
      let first = cells.first, let last = cells.last
    else { return nil }
    let range = last.value - first.value
    return Figure(
      name: "matrix-\(comparison.slug)",
      chart: Chart.matrix(
        comparison: number, models: comparison.models, data: comparison.data,
        inverse: first.value + 0.6 * range),
      alternative: "The smallest \(comparison.quantity) is \(first.value.shown(digits: 2)) "
        + "(\(first.cell.model), \(first.cell.data)), the largest "
        + "\(last.value.shown(digits: 2)) (\(last.cell.model), \(last.cell.data)).",
      caption: "\(comparison.title). \(comparison.gaps)", values: values(of: comparison))
  }

  /// Bars for one data set, if a perfect model's value is known.
  private func barFigure(_ comparison: ReportedComparison, _ number: Int) -> Figure? {
    let cells = comparison.valued
    guard comparison.data.count == 1, let perfect = comparison.perfect, cells.count > 1,
      let greatest = cells.map(\.cell.greatest).max()
    else { return nil }
    // Texts beside the bars need a quarter of the width.
    let end = perfect + 1.35 * max(greatest - perfect, 1e-9)
    return Figure(
      name: "bars-\(comparison.slug)",
      chart: Chart.bars(
        comparison: number, title: comparison.quantity, domain: perfect...end, count: cells.count),
      alternative: comparison.sentence,
      caption: "\(comparison.title). \(comparison.intervals) \(comparison.gaps)",
      values: values(of: comparison))
  }

  /// The values with their intervals; not of every block, whose matrices have them as values.
  private func intervalFigure(_ comparison: ReportedComparison, _ number: Int) -> Figure? {
    guard comparison.data.count > 1 || comparison.perfect == nil, comparison.valued.count > 1,
      comparison.metric != .channelwise
        || comparisons.count(where: { $0.metric == .channelwise }) == 1
    else { return nil }
    let models = comparison.models
    return Figure(
      name: "intervals-\(comparison.slug)",
      chart: Chart.intervals(
        comparison: number, models: models, title: comparison.quantity,
        count: comparison.data.count),
      alternative: comparison.sentence,
      caption: """
        \(Key.series(models, withLines: false))<br>\(comparison.title). \(comparison.intervals) \
        \(comparison.gaps)
        """,
      values: values(of: comparison))
  }

  private func values(of comparison: ReportedComparison) -> HTML {
    valuesTable(
      ["data", "model", "value", intervalHeading(of: comparison), "networks"],
      comparison.cells.map {
        [$0.data, $0.model, $0.value.shown, $0.interval.shown, "\($0.count)"]
      })
  }

  private func intervalHeading(of comparison: ReportedComparison) -> String {
    comparison.population == .networks ? "95 % interval" : intervalHeading
  }

  var cellTable: Table {
    let cells = comparisons.enumerated().flatMap { number, comparison in
      comparison.cells.map { (comparison: number, cell: $0, digits: comparison.digits) }
    }
    return Table(
      cells,
      [
        "comparison": { JSON($0.comparison) },
        "model": { .string($0.cell.model) },
        "data": { .string($0.cell.data) },
        "value": { JSON($0.cell.value) },
        "low": { JSON($0.cell.interval?.lowerBound) },
        "high": { JSON($0.cell.interval?.upperBound) },
        "count": { JSON($0.cell.count) },
        "text": { .string(shown($0.cell.value, $0.cell.interval)) },
        "shortText": { row in
          .string(row.cell.value.map { $0.shown(digits: row.digits) } ?? "–")
        },
      ])
  }

  /// Settings, hashes, versions and commands.
  var provenanceSection: Section? {
    let parts = content.measurements.map { measurement in
      let entries = measurement.provenance.map {
        "<dt>\($0.name)</dt><dd>\($0.value)</dd>" as HTML
      }
      let command = measurement.command.joined(separator: " ")
      let pre: HTML = command.isEmpty ? "" : "<pre>\(command)</pre>"
      return "<dl>\(entries)</dl>\(pre)" as HTML
    }
    guard !parts.isEmpty else { return nil }
    return Section("provenance", "Provenance", "\(parts)")
  }
}

extension Claim {
  /// The names of the comparisons without the end that all of them share, such as `latent: A − B`,
  /// and that end.
  fileprivate var shortLabels: (labels: [String], subject: String?) {
    let labels = parts.map(\.label)
    let ends = Set(labels.map { $0.split(separator: ", ", maxSplits: 1).dropFirst().first ?? "" })
    guard labels.count > 1, ends.count == 1, let end = ends.first, !end.isEmpty else {
      return (labels, nil)
    }
    return (labels.map { String($0.dropLast(end.count + 2)) }, String(end))
  }
}

extension ClaimPart {
  /// The claim: `above 0.98`.
  fileprivate var claimed: String { "\(direction.rawValue) \(bound.shown)" }

  fileprivate var text: String { shown(mean, range) }
}

extension ReportedComparison {
  /// The cells with a value, the smallest first.
  fileprivate var valued: [(cell: Cell, value: Double)] {
    cells.compactMap { cell in cell.value.map { (cell, $0) } }.sorted { $0.1 < $1.1 }
  }

  /// The number of digits that tell the values apart, from 2 to 4.
  fileprivate var digits: Int {
    let values = cells.compactMap(\.value)
    guard let least = values.min(), let greatest = values.max(), greatest > least else { return 2 }
    let share = max(abs(least), abs(greatest)) / (greatest - least)
    return min(4, 2 + Int(log10(max(1, share)).rounded()))
  }

  /// The quantity as a part of a name.
  fileprivate var slug: String {
    quantity.replacing(" deviation of", with: "").replacing(" deviation", with: "").slug
  }

  fileprivate var title: String { quantity.prefix(1).uppercased() + quantity.dropFirst() }

  fileprivate var sentence: String {
    let isOne = data.count == 1
    return cells.map { cell in
      "\(cell.model)\(isOne ? "" : " on \(cell.data)") \(shown(cell.value, cell.interval))"
    }.joined(separator: "; ") + "."
  }

  /// What the intervals hold for, in a sentence.
  fileprivate var intervals: String {
    let counts = Set(cells.map(\.count)).sorted()
    return switch population {
    case .examples: "Intervals are those over examples."
    case .networks where counts == [1]: "There is one network of each kind, so no interval."
    case .networks:
      "Means over \(counts.map(String.init).joined(separator: " or ")) networks of each kind, with "
        + "95 % intervals over networks (Student’s t)."
    }
  }

  /// A sentence on cells without a value; empty if there is none.
  fileprivate var gaps: String {
    cells.contains { $0.value == nil }
      ? "There is no value (–) where it does not exist for every network." : ""
  }
}

extension ReportedComparison.Cell {
  fileprivate var greatest: Double { interval?.upperBound ?? value ?? 0 }
}
