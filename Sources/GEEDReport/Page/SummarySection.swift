// SPDX-License-Identifier: MIT

import GEED

extension ReportPage {
  /// The verdicts, the most telling probes first, and notes on what the page does not contain.
  var headline: HTML {
    guard !content.measurements.isEmpty else { return "" }
    let networks = Set(content.measurements.map(\.model)).count == 1 ? "network" : "networks"
    let counts = Set(content.measurements.map(\.exampleCount)).sorted().map(String.init)
      .joined(separator: " or ")
    let examples = counts == "1" ? "1 example" : "\(counts) examples"
    let days = content.measurements.compactMap { $0.date?.prefix(10) }
    let first = days.min() ?? ""
    let last = days.max() ?? ""
    let date =
      days.isEmpty
      ? "" : first == last ? ", measured on \(first)" : ", measured from \(first) to \(last)"
    let data = content.measurements.map(\.data.fileName).uniqued.joined(separator: " and ")
    let invariance = rows.probes.filter { $0.metric != .channelwise }
    let shown = invariance.isEmpty ? Array(rows.probes.prefix(3)) : invariance
    let rest = rows.probes.filter { probe in !shown.contains { $0.number == probe.number } }
    let more: HTML =
      rest.isEmpty
      ? ""
      : """
      <details class="more"><summary>\(rest.count) more</summary>\
      <ul class="verdicts">\(rest.map(verdict))</ul></details>
      """
    let notes = rows.notes.map { "<p class=\"muted\">\($0)</p>" as HTML }
    return """
      <p class="lede">Equivariance and invariance of the \(networks) on \(examples) \
      of \(data)\(date). Larger deviations are less equivariant.</p>
      <ul class="verdicts">\(shown.map(verdict))</ul>\(more)
      \(notes)
      """
  }

  private func verdict(on probe: ProbeRow) -> HTML {
    let name = isComparison ? "\(probe.name), \(probe.model)" : probe.name
    let group = content.measurements[probe.run].group
    return """
      <li><span class="name">\(name)</span>\
      <p>\(Verdict(probe.result, group: group).sentence)</p></li>
      """
  }

  /// The table of all results, which can be sorted and copied.
  var summarySection: Section? {
    guard !rows.probes.isEmpty else { return nil }
    let columns = summaryColumns
    let headings = columns.map { column in
      let style: HTML = column.isNumber ? " class=\"number\"" : ""
      return """
        <th scope="col"\(style)><button type="button">\(column.heading)</button></th>
        """ as HTML
    }
    let lines = rows.probes.map { probe in
      """
      <tr data-probe="\(probe.number)" aria-selected="false">\(columns.map { $0.cell(probe) })</tr>
      """ as HTML
    }
    return Section(
      "summary", "Summary",
      """
      <div class="scroll"><table id="summary-table"><thead><tr>\(headings)</tr></thead>\
      <tbody>\(lines)</tbody></table></div>
      <div class="tools needs-script">Copy as <button type="button" data-copy="markdown">Markdown\
      </button><button type="button" data-copy="latex">LaTeX</button>\
      <button type="button" data-copy="csv">CSV</button><span id="copied" role="status"></span>\
      </div>
      """)
  }

  private var summaryColumns: [SummaryColumn] {
    let names = [
      SummaryColumn("metric") { "<td>\($0.metric.rawValue)</td>" },
      SummaryColumn("tensor") { probe in
        let tensor = probe.result.tensor
        return """
          <td data-value="\(tensor)"><button type="button" class="pick name" title="\(tensor)">\
          \(probe.label)</button></td>
          """
      },
      SummaryColumn(number: "value") { $0.result.value },
      SummaryColumn(intervalHeading, isNumber: true) { probe in
        let interval = probe.result.confidenceInterval
        let ends = interval.map { "\($0.lowerBound.exact) \($0.upperBound.exact)" } ?? ""
        return "<td class=\"number\" data-value=\"\(ends)\">\(interval.shown)</td>"
      },
    ]
    let optional: [(heading: String, value: (ProbeRow) -> Double?)] = [
      ("floor", { $0.result.floor }), ("noise floor", { $0.result.noiseFloor }),
      ("untrained", { $0.twin?.value }),
      ("noise", { $0.result.noiseResponse }),
    ]
    let model = SummaryColumn("model") { "<td>\($0.model)</td>" }
    let caveat = SummaryColumn("caveat") { probe in
      let caveats = [probe.result.caveat].compactMap(\.self) + probe.result.notes.map(\.description)
      return "<td class=\"caveat\">\(caveats.joined(separator: " "))</td>"
    }
    return (isComparison ? [model] : []) + names
      + optional.filter { column in rows.probes.contains { column.value($0) != nil } }
      .map { SummaryColumn(number: $0.heading, $0.value) } + [caveat]
  }
}

/// A column of the table of results.
private struct SummaryColumn {
  let heading: String
  let isNumber: Bool
  let cell: (ProbeRow) -> HTML

  init(_ heading: String, isNumber: Bool = false, _ cell: @escaping (ProbeRow) -> HTML) {
    (self.heading, self.isNumber, self.cell) = (heading, isNumber, cell)
  }

  init(number heading: String, _ value: @escaping (ProbeRow) -> Double?) {
    self.init(heading, isNumber: true) { probe in
      "<td class=\"number\" data-value=\"\(value(probe).exact)\">\(value(probe).shown)</td>"
    }
  }
}
