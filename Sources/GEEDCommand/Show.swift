// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDReport

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a kept result again.",
    discussion: """
      Prints what 'geed measure' printed, from a store or from a file of 'geed measure --json', \
      without the model and the data.

      Examples:

        geed show result.json --elements
        geed show 3 --store geed.sqlite --worst 5
      """)

  @Argument(
    help: ArgumentHelp(
      """
      The number of a run, as listed by 'geed runs', 'STORE#RUN', or a file of \
      'geed measure --json'.
      """,
      valueName: "run"))
  var source: StoredRun

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"

  @Flag(help: "Also print the value for every element of the group.")
  var elements = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also list this many examples with the largest deviations.", valueName: "count"))
  var worst = 0

  func validate() throws {
    try requireRange("--worst", worst, 0...1_000_000)
  }

  func run() throws {
    let document = try MeasuredRun(reading: source.path(in: store)).document
    MeasurementText(document: document, elements: elements, subgroups: false, worst: worst)
      .lines.forEach { print($0) }
  }
}
