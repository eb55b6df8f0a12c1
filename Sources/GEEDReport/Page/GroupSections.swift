// SPDX-License-Identifier: MIT

import GEED

extension ReportPage {
  /// The subgroups of the selected probe.
  var subgroupSection: Section? {
    let probes = Set(rows.subgroups.map(\.probe))
    guard let probe = primaryProbe.flatMap({ probes.contains($0) ? $0 : probes.min() }) else {
      return nil
    }
    let subgroups = rows.subgroups.filter { $0.probe == probe }
    let valued = subgroups.filter { $0.order > 1 && $0.value != nil }
    let name = rows.probes[probe].name
    func words(_ subgroup: SubgroupRow?) -> String {
      subgroup.map { "\($0.name), \($0.value.shown)" } ?? "none"
    }
    let figure = Figure(
      name: "lattice",
      chart: Chart.lattice(height: Double(88 * (Set(subgroups.map(\.order)).count - 1))),
      alternative: "\(name): the deviation is smallest under "
        + "\(words(valued.min { ($0.value ?? 0) < ($1.value ?? 0) })), and largest under "
        + "\(words(valued.max { ($0.value ?? 0) < ($1.value ?? 0) })).",
      caption: """
        Each subgroup, by its generators, with its deviation. Rows are orders; lines connect a \
        subgroup with the largest ones that it contains. The probe is the one selected above.
        """,
      values: valuesTable(
        ["subgroup", "order", name],
        subgroups.map { [$0.name, "\($0.order)", $0.value.shown] }))
    return Section("subgroups", "Subgroups", figures: [figure], figure.html)
  }

  /// The controls of each measurement: the untrained twin and the response to noise.
  var controlSection: Section? {
    let runs = content.measurements.indices.map { run in
      (run, Metric.shownOrder.compactMap { controlFigure($0, run: run) })
    }.filter { !$0.1.isEmpty }
    guard !runs.isEmpty else { return nil }
    let body = runs.map { run, figures in
      let title: HTML = isComparison ? "<h3>\(rows.models[run])</h3>" : ""
      return "\(title)<div class=\"columns\">\(figures.map(\.html))</div>" as HTML
    }
    let keys = [
      Key.dot.html("model"),
      Key.twin.html("untrained twin: the same network with shuffled weights"),
      Key.noise.html("response to noise as strong as the change by the group"),
      Key.floor.html("up to the floor"),
    ]
    return Section(
      "controls", "Controls", figures: runs.flatMap(\.1),
      """
      <p>A small deviation means little if the untrained twin has it too, or if the model does not \
      respond to noise either.</p>
      <p class="caption">\(keys)</p>
      \(body)
      """)
  }

  private func controlFigure(_ metric: Metric, run: Int) -> Figure? {
    let probes = rows.probes.filter {
      $0.run == run && $0.metric == metric
        && ($0.twin?.value != nil || $0.result.noiseResponse != nil)
    }
    guard !probes.isEmpty else { return nil }
    let examples = probes.prefix(3).map {
      "\($0.label) \($0.result.value.shown), \(($0.twin?.value).shown), "
        + $0.result.noiseResponse.shown
    }
    return Figure(
      name: "controls-\(run)-\(metric.rawValue)",
      chart: Chart.controls(
        metric, run: run, title: metric.title, domain: domain(of: probes), count: probes.count),
      alternative: "\(metric.title) of the model, its untrained twin and under noise: "
        + examples.joined(separator: "; ") + ".",
      values: valuesTable(
        ["tensor", "model", "untrained twin", "noise", "floor"],
        probes.map {
          [
            $0.result.tensor, $0.result.value.shown, ($0.twin?.value).shown,
            $0.result.noiseResponse.shown, $0.result.floor.shown,
          ]
        }),
      selects: .probe)
  }
}
