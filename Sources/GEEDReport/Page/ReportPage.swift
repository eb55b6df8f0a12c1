// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// A report as one HTML file, which needs no other file and no network.
///
/// The page is complete without its script: verdicts, tables and the values of charts are HTML. The
/// script draws the charts and connects them. The page's security policy allows the two scripts and
/// the style sheet that it contains, by their hashes, and images that it contains; nothing else.
package struct ReportPage: Sendable {
  /// The largest number of observations on a page.
  package static let observationLimit = 30_000

  let content: ReportContent
  let rows: MeasurementRows
  let panels: [TrainingPanel]
  let comparisons: [ReportedComparison]

  /// Creates the page of a report.
  package init(_ content: ReportContent, observationLimit: Int = ReportPage.observationLimit) {
    self.content = content
    rows = MeasurementRows(content.measurements, observationLimit: observationLimit)
    panels = TrainingPanel.all(of: content.trainings)
    comparisons = content.comparisons + ReportedComparison.all(of: content.measurements)
  }

  /// The charts, in the order of the page.
  package var charts: [NamedChart] {
    sections.flatMap(\.figures).map { NamedChart(name: $0.name, specification: $0.chart) }
  }

  /// The charts that can be drawn on paper: those of the page, and all panels of trainings together.
  package var paperCharts: [NamedChart] {
    let panels = charts.filter { $0.name.hasPrefix("trajectory-") }
    guard let first = charts.firstIndex(where: { $0.name.hasPrefix("trajectory-") }),
      panels.count > 1
    else { return charts }
    let together = NamedChart(
      name: "trajectories", specification: ["concat": .array(panels.map(\.specification))])
    var all = charts
    all.insert(together, at: first)
    return all
  }

  /// The data of the charts.
  package var tables: [String: Table] {
    var tables = rows.tables
    tables["trajectories"] = TrainingPanel.table(of: panels)
    tables["comparisons"] = claimTable
    tables["accuracies"] = accuracyTable
    tables["cells"] = cellTable
    tables["squares"] = squareTable
    tables.merge(orbitDiagramTables) { $1 }
    return tables.filter { $0.value.count > 0 }
  }

  /// The position of the probe that is selected first: a softmax probe if there is one; `nil` if
  /// no probe has examples.
  package var primaryProbe: Int? {
    let probes = rows.probes.filter { !$0.result.perExample.isEmpty && $0.result.value != nil }
    return (probes.first { $0.metric == .softmax } ?? probes.last)?.number
  }

  /// The probes in the order of their numbers: `metric:tensor`.
  package var probeNames: [String] { rows.probes.map(\.result.title) }

  /// Whether results of more than one measurement are compared.
  var isComparison: Bool { content.measurements.count > 1 }

  /// The heading of intervals: `95 % interval`.
  var intervalHeading: String {
    let levels = content.measurements.map(\.confidenceLevel).uniqued
    return levels.count == 1 ? "\(levels[0].percentText) interval" : "interval"
  }

  private var sections: [Section] {
    [
      summarySection, depthSection, exampleSection, squareSection, orbitDiagramSection,
      subgroupSection, permutationSection, controlSection, accuracySection, trainingSection,
      claimSection, comparisonSection, provenanceSection,
    ].compactMap(\.self)
  }
}

// MARK: The page

extension ReportPage {
  /// The page with Vega's bundle of scripts.
  package func html(_ bundle: VegaBundle) -> String {
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    let sections = sections
    let links = sections.map { "<a href=\"#\($0.id)\">\($0.title)</a>" as HTML }
    let data = JSON.object(tables.mapValues(\.json))
    let policy =
      "default-src 'none'; script-src \(hash(bundle.script)) \(hash(script)); "
      + "style-src \(hash(style)); img-src data:; base-uri 'none'; form-action 'none'"
    let page: HTML = """
      <!DOCTYPE html>
      <html lang="en" data-probe="\(primaryProbe ?? -1)">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(HTML(markup: policy))">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title) – GEED</title>
      <style>\(HTML(markup: style))</style>
      </head>
      <body>
      <a class="skip" href="#\(sections.first?.id ?? "")">Skip to the content</a>
      <button type="button" class="theme needs-script">Light or dark</button>
      <header>
      <h1>\(title)</h1>
      \(headline)
      <nav aria-label="Sections">\(links)</nav>
      </header>
      <main>
      \(sections.map(\.html))
      </main>
      <script type="application/json" id="geed-config">\(HTML(markup: Appearance.page.config.text))</script>
      <script type="application/json" id="geed-data">\(HTML(markup: data.text))</script>
      <script>\(HTML(markup: bundle.script))</script>
      <script>\(HTML(markup: script))</script>
      </body>
      </html>

      """
    return page.text
  }

  private var title: String {
    let measurements = content.measurements
    if !measurements.isEmpty {
      let models = measurements.map(\.model.fileName).uniqued.joined(separator: " and ")
      return "\(models) under \(measurements.map(\.group).uniqued.joined(separator: " and "))"
    }
    if !content.trainings.isEmpty {
      return "Training of \(content.trainings.map(\.name).joined(separator: " and "))"
    }
    return content.claims.isEmpty ? "Models and data" : "Claims"
  }

  /// Returns a source of the page's policy that allows a script or a style sheet.
  private func hash(_ text: String) -> String {
    var hash = SHA256()
    hash.add(Array(text.utf8))
    return "'sha256-\(Data(hash.finish()).base64EncodedString())'"
  }
}
