// SPDX-License-Identifier: MIT

/// The words of a probe in the diagram of Figure 1.
struct SquareRow {
  let probe: Int
  /// The element under which the deviation is largest, other than the one that changes nothing.
  let element: String
  let deviation: Double
  let tensor: String
  let group: String
  /// The deviation over the whole group, with its interval.
  let mean: String

  /// The deviation under the element, and over the whole group.
  var sentence: String {
    "\(tensor): the deviation between f(gx) and g f̂(x) is \(deviation.shown) for g = \(element), the "
      + "largest of \(group), and \(mean) over all elements."
  }
}

extension ReportPage {
  /// The diagram of the paper's Figure 1 with the numbers of the selected probe.
  var squareSection: Section? {
    let squares = squares
    guard let first = squares.first(where: { $0.probe == primaryProbe }) ?? squares.first else {
      return nil
    }
    let figure = Figure(
      name: "square", chart: Chart.square(), alternative: first.sentence,
      caption: """
        The network computes f. The input x is transformed by g before it, or the output f(x) \
        after it; the deviation compares both. The element is the one with the largest mean \
        deviation over examples. f̂ is f, or its mean over those elements that do nothing to the \
        output: over the whole orbit where the network should be invariant. The probe is the one \
        selected above.
        """,
      values: valuesTable(
        ["probe", "element with the largest deviation", "its deviation", "over the group"],
        squares.map { [rows.probes[$0.probe].name, $0.element, $0.deviation.shown, $0.mean] }))
    return Section("square", "What is compared", figures: [figure], figure.html)
  }

  /// A row for each probe with deviations by element.
  private var squares: [SquareRow] {
    let orbits = Dictionary(grouping: rows.orbits, by: \.probe)
    return rows.probes.compactMap { probe in
      let orbit = orbits[probe.number] ?? []
      guard orbit.count > 1, probe.result.value != nil,
        let largest = orbit.dropFirst().max(by: { $0.value < $1.value })
      else { return nil }
      return SquareRow(
        probe: probe.number, element: rows.elements[largest.element].name,
        deviation: largest.value, tensor: probe.label,
        group: content.measurements[probe.run].group, mean: probe.text)
    }
  }

  var squareTable: Table {
    Table(
      squares,
      [
        "probe": { JSON($0.probe) },
        "element": { .string("g = \($0.element) of \($0.group)") },
        "model": { .string("f, up to \($0.tensor)") },
        "action": { .string("g = \($0.element), on the output") },
        "deviation": { .string("deviation \($0.deviation.shown)") },
        "mean": { .string("over \($0.group): \($0.mean)") },
      ])
  }
}
