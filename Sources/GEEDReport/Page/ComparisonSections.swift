// SPDX-License-Identifier: MIT

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
    let parts = claim.parts.map { part in
      "\(part.label) \(part.text), claimed \(part.claimed), \(part.verdict.rawValue)"
    }
    return Figure(
      name: "claim-\(number)",
      chart: Chart.forest(
        claim: number,
        title: "claimed: " + claim.parts.map(\.claimed).uniqued.joined(separator: " or "),
        count: claim.parts.count, verdicts: claim.parts.map(\.verdict.rawValue).uniqued),
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
      claim.parts.map { (claim: number, part: $0) }
    }
    return Table(
      parts,
      [
        "claim": { JSON($0.claim) },
        "label": { .string($0.part.label) },
        "value": { JSON($0.part.mean) },
        "low": { JSON($0.part.range?.lowerBound) },
        "high": { JSON($0.part.range?.upperBound) },
        "bound": { JSON($0.part.bound) },
        "verdict": { .string($0.part.verdict.rawValue) },
        "claim text": { .string($0.part.claimed) },
        "text": { .string($0.part.text) },
      ])
  }

  /// A quantity of several models and data sets.
  var comparisonSection: Section? {
    guard let comparison = content.comparison else { return nil }
    let figures = [matrixFigure(comparison), barFigure(comparison)].compactMap(\.self)
    return Section(
      "comparison", "Models and data", figures: figures, "\(figures.map(\.html))")
  }

  private func matrixFigure(_ comparison: ReportedComparison) -> Figure? {
    let cells = comparison.cells.sorted { $0.value < $1.value }
    guard let first = cells.first, let last = cells.last else { return nil }
    return Figure(
      name: "matrix",
      chart: Chart.matrix(
        "matrix", inverse: first.value + 0.6 * (last.value - first.value),
        count: Set(cells.map(\.data)).count),
      alternative: "The smallest \(comparison.quantity) is \(first.value.shown(digits: 2)) "
        + "(\(first.model), \(first.data)), the largest \(last.value.shown(digits: 2)) "
        + "(\(last.model), \(last.data)).",
      caption: "\(comparison.quantity), means over networks",
      values: valuesTable(
        ["data", "model", "value"],
        comparison.cells.map { [$0.data, $0.model, $0.value.shown] }))
  }

  private func barFigure(_ comparison: ReportedComparison) -> Figure? {
    let bars = comparison.bars
    guard let greatest = bars.map(\.interval.upperBound).max() else { return nil }
    return Figure(
      name: "bars",
      chart: Chart.bars(
        "bars", title: comparison.quantity, greatest: 1.25 * greatest, count: bars.count),
      alternative: bars.map { "\($0.label) \($0.value.shown)" }.joined(separator: "; ") + ".",
      caption: "Means with 95 % intervals over networks.",
      values: valuesTable(
        ["networks", "mean", "95 % interval"],
        bars.map { [$0.label, $0.value.shown, $0.interval.shown] }))
  }

  var matrixTable: Table {
    Table(
      content.comparison?.cells ?? [],
      [
        "model": { .string($0.model) },
        "data": { .string($0.data) },
        "value": { JSON($0.value) },
        "text": { .string($0.value.shown(digits: 2)) },
      ])
  }

  var barTable: Table {
    Table(
      content.comparison?.bars ?? [],
      [
        "label": { .string($0.label) },
        "value": { JSON($0.value) },
        "low": { JSON($0.interval.lowerBound) },
        "high": { JSON($0.interval.upperBound) },
        "text": { .string($0.value.shown) },
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

extension ClaimPart {
  /// The claim: `above 0.98`.
  fileprivate var claimed: String { "\(direction.rawValue) \(bound.shown)" }

  fileprivate var text: String { shown(mean, range) }
}
