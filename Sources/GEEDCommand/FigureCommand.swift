// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData
import GEEDReport

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Write one chart of a report for paper.",
    usage: "geed figure [<run> ...] [<options>]",
    discussion: """
      The ending of '--output' determines the format: .svg, .pdf and .png are pictures, with texts \
      of 8 points; .json is a Vega-Lite specification with its data, which the editor of Vega \
      (vega.github.io/editor) opens. Without '--chart', the names of the charts are listed.

      Pictures are drawn by vl-convert, a Python package. Scripts/setup.sh installs it into \
      .deps/vega; for a tool without its sources, 'python3 -m pip install vl-convert-python' does. \
      PYTHON names another interpreter.

      Examples:

        geed figure 3 --store geed.sqlite
        geed figure result.json --chart depth-channelwise -o depth.pdf
        geed figure result.json --chart orbit --probe softmax:logits -o orbit.svg
      """)

  @OptionGroup var sources: ReportSources

  @Option(help: ArgumentHelp("The name of the chart.", valueName: "name")) var chart: String?
  @Option(
    help: ArgumentHelp(
      "The probe of charts that show one, such as 'orbit'; by default one of the softmax.",
      valueName: "metric:tensor"))
  var probe: String?
  @Flag(help: "The width of a page, 6.75 inches, in place of that of a column, 3.25 inches.")
  var wide = false
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file, which ends in .svg, .pdf, .png or .json; by default the JSON is printed.",
      valueName: "file"))
  var output: String?

  func validate() throws {
    if output != nil { _ = try format }
    if chart == nil, let option = output.map({ _ in "--output" }) ?? probe.map({ _ in "--probe" }) {
      throw ValidationError("'\(option)' needs the name of a chart, '--chart'.")
    }
  }

  /// The format of the picture; `nil` for JSON.
  private var format: ChartConverter.Format? {
    get throws {
      let file = URL(fileURLWithPath: output ?? ".json")
      let ending = file.pathExtension.lowercased()
      if ending == "json" { return nil }
      guard let format = ChartConverter.Format(rawValue: ending) else {
        throw ValidationError(
          "'--output' must end in .svg, .pdf, .png or .json, but is '\(output ?? "")'.")
      }
      return format
    }
  }

  func run() throws {
    let page = ReportPage(try sources.content())
    let charts = page.paperCharts
    guard let chart else { return charts.forEach { print($0.name.shown) } }
    guard let found = charts.first(where: { $0.name == chart }) else {
      let names = charts.map { "'\($0.name)'" }.joined(separator: ", ")
      throw UsageError("'--chart': there is no chart '\(chart)', only \(names).")
    }
    let paper = PaperChart(
      found, tables: page.tables, width: wide ? .wide : .narrow, probe: try probeNumber(in: page))
    guard let output else { return try printJSON(paper.specification) }
    if let format = try format {
      try writeAtomically(try ChartConverter.installed.picture(of: paper, as: format), to: output)
    } else {
      try writeAtomically(Array((try jsonText(paper.specification) + "\n").utf8), to: output)
    }
  }

  /// Returns the number of the selected probe, -1 if there is none.
  private func probeNumber(in page: ReportPage) throws -> Int {
    guard let probe else { return page.primaryProbe ?? -1 }
    let names = page.probeNames
    guard let number = names.firstIndex(of: probe) else {
      let known = names.uniqued.map { "'\($0)'" }.joined(separator: ", ")
      throw UsageError(
        "'--probe': there is no probe '\(probe)', only \(known.isEmpty ? "charts without probes" : known)."
      )
    }
    return number
  }
}
