// SPDX-License-Identifier: MIT

import ArgumentParser
import GEEDReport

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print a kept result again.",
    usage: "geed show <run> [--store <store>] [<options>]",
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

  @OptionGroup var listing: ListingOptions

  func run() throws {
    listing.show(try MeasuredRun(reading: source.path(in: store)).document)
  }
}
