// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData
import GEEDReport
import GEEDStore

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a page with the charts of measurements, trainings and claims.",
    discussion: """
      The page is one HTML file that needs no network and no other file. It is made from results \
      alone, without models and data: files of 'geed measure --json', and runs of a store. Without \
      runs it shows the whole store. Only runs of a store have the values of every example under \
      every element, from which the page draws the orbits of examples.

      Examples:

        geed report --store geed.sqlite -o report.html
        geed report 3 result.json -o report.html
      """)

  @OptionGroup var sources: ReportSources

  @Option(name: .shortAndLong, help: "The HTML file.") var output = "report.html"

  func run() throws {
    let bundle = try VegaBundle.installed()
    let page = ReportPage(try sources.content()).html(bundle)
    try writeAtomically(Array(page.utf8), to: output)
    print(output)
  }
}

/// The runs of which reports and figures are made.
struct ReportSources: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      """
      Numbers of runs, as listed by 'geed runs', 'STORE#RUN', or files of 'geed measure --json'; \
      by default all finished runs of the store that are not shards.
      """,
      valueName: "run"))
  var runs: [StoredRun] = []

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"

  /// Reads the content of all runs.
  func content() throws -> ReportContent {
    var content = ReportContent()
    let numbers = runs.compactMap { if case .number(let id) = $0 { id } else { nil } }
    for case .file(let path) in runs {
      content.measurements.append(try ReportedMeasurement(try MeasuredRun(reading: path)))
    }
    if runs.isEmpty || !numbers.isEmpty {
      try addRuns(runs.isEmpty ? nil : Set(numbers), to: &content)
    }
    guard
      !content.measurements.isEmpty || !content.trainings.isEmpty || !content.claims.isEmpty
        || !content.diagrams.isEmpty
    else {
      let hasShards = try RunStore(opening: store).runs().contains { !$0.shard.isWhole }
      throw DataError.invalid(
        path: store, expected: "finished runs to report",
        found: hasShards ? "shards alone, which 'geed merge' combines" : "none")
    }
    return content
  }

  private func addRuns(_ numbers: Set<Int64>?, to content: inout ReportContent) throws {
    let runs = try RunStore(opening: store)
    for number in numbers?.sorted() ?? [] { _ = try runs.run(number) }
    try content.add(
      try runs.runs().filter {
        numbers?.contains($0.id) ?? ($0.status == .finished && $0.shard.isWhole)
      }, of: runs)
  }
}
