// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData
import GEEDReport

struct FigureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Write one chart of a report as a Vega-Lite specification for paper.",
    usage: "geed figure [<run> ...] [<options>]",
    discussion: """
      The specification contains its data, opens in the editor of Vega (vega.github.io/editor), and \
      is converted to SVG, PDF or PNG by 'vl-convert' or Python's vl_convert. Without a name, the \
      names of the charts are listed.

      Examples:

        geed figure 3 --store geed.sqlite
        geed figure result.json --chart depth-channelwise -o depth.json
      """)

  @OptionGroup var sources: ReportSources

  @Option(help: ArgumentHelp("The name of the chart.", valueName: "name")) var chart: String?
  @Flag(help: "The width of a page, 6.75 inches, in place of that of a column, 3.25 inches.")
  var wide = false
  @Option(name: .shortAndLong, help: "The JSON file; by default it is printed.")
  var output: String?

  func run() throws {
    let page = ReportPage(try sources.content())
    let charts = page.charts
    guard let chart else { return charts.forEach { print($0.name.shown) } }
    guard let found = charts.first(where: { $0.name == chart }) else {
      let names = charts.map { "'\($0.name)'" }.joined(separator: ", ")
      throw UsageError("'--chart': there is no chart '\(chart)', only \(names).")
    }
    let specification = PaperChart(
      found, tables: page.tables, width: wide ? .wide : .narrow, probe: page.primaryProbe ?? -1
    ).specification
    if let output {
      try writeAtomically(Array((try jsonText(specification) + "\n").utf8), to: output)
    } else {
      try printJSON(specification)
    }
  }
}
