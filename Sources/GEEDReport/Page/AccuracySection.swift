// SPDX-License-Identifier: MIT

import GEED

/// The accuracy and the deviation under one element.
private struct AccuracyRow {
  let label: String
  /// The name of the model, or the kind of the element.
  let kind: String
  let deviation: Double
  let accuracy: Double
}

extension ReportPage {
  /// The accuracy on examples that each element transforms, against their deviation.
  var accuracySection: Section? {
    let points = accuracies
    guard let best = points.max(by: { $0.accuracy < $1.accuracy }) else { return nil }
    let kinds = points.map(\.kind).uniqued
    let figure = Figure(
      name: "accuracy",
      chart: Chart.scatter(
        "accuracies", kinds: kinds, x: "softmax deviation of the element, nats", y: "accuracy"),
      alternative:
        "Accuracy is highest for \(best.label), \(best.accuracy.percent), where the "
        + "deviation is \(best.deviation.shown).",
      caption: """
        \(Key.series(kinds, withLines: false))<br>One point for each element of the group: the \
        accuracy on the examples that it transforms, against their divergence from the orbit’s mean.
        """,
      values: valuesTable(
        ["element", "softmax deviation", "accuracy"],
        points.map { [$0.label, $0.deviation.shown, $0.accuracy.percent] }))
    return Section("accuracies", "Accuracy and deviation", figures: [figure], figure.html)
  }

  var accuracyTable: Table {
    let points = accuracies
    let width = points.map(\.deviation).extent
    let height = points.map(\.accuracy).extent
    // Labels are left out where they would overlap.
    func isCrowded(_ point: AccuracyRow) -> Bool {
      points.contains { other in
        other.label != point.label
          && abs(other.deviation - point.deviation) < 0.13 * width
          && abs(other.accuracy - point.accuracy) < 0.07 * height
      }
    }
    return Table(
      points,
      [
        "label": { .string($0.label) },
        "shown": { .string(isCrowded($0) ? "" : $0.label) },
        "kind": { .string($0.kind) },
        "x": { JSON($0.deviation) },
        "y": { JSON($0.accuracy) },
        "xText": { .string($0.deviation.shown) },
        "yText": { .string($0.accuracy.percent) },
      ])
  }

  private var accuracies: [AccuracyRow] {
    rows.probes.flatMap { probe in
      let accuracies = Dictionary(
        (probe.result.predictions?.accuracy ?? []).map { ($0.element, $0.value) },
        uniquingKeysWith: { $1 })
      return rows.orbits.filter { $0.probe == probe.number }.compactMap { row in
        let element = rows.elements[row.element]
        return accuracies[element.name].map { accuracy in
          AccuracyRow(
            label: element.name,
            kind: isComparison ? probe.model : element.place?.kind.rawValue ?? "element",
            deviation: row.value, accuracy: accuracy)
        }
      }
    }
  }
}

extension [Double] {
  /// The difference of the largest and the smallest number.
  fileprivate var extent: Double { (self.max() ?? 0) - (self.min() ?? 0) }
}
