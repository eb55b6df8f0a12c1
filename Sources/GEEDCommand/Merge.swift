// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDStore

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Combine the shards of a measurement.",
    discussion: """
      The shards are the runs of 'geed measure --shard i/n --store FILE', in one file or several. \
      The merged run has the same digits as a run without shards; neither the model nor the data \
      are needed.

      Example:

        geed measure … --shard 1/2 --store a.sqlite   # on one machine
        geed measure … --shard 2/2 --store b.sqlite   # on another
        geed merge a.sqlite b.sqlite -o geed.sqlite
        geed export 1 --store geed.sqlite
      """)

  @Argument(help: "The stores of the shards.") var shards: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The store for the whole run.", valueName: "geed.sqlite"))
  var output: String

  func run() throws {
    let parts = try ShardSet(stores: shards.map { try RunStore(opening: $0) })
    let (measurement, document, records) = try parts.measurement()
    // The data need not be present; the results of each shard have their own checksums.
    var run = try measurement.start(resuming: records, checkingExamples: false)
    while try run.advance() {}
    let result = run.result.addingCaveats(untrained: nil)
    let first = parts.shards[0].run
    let recording = try RunStore(creating: output).beginMeasurement(
      try RunDescription(
        settings: parts.settings, model: first.model, modelSHA256: first.modelSHA256,
        data: first.data, group: first.group, seed: first.seed, versions: document.versions ?? [:],
        tag: first.tag),
      of: measurement)
    try recording.append(records)
    let thumbnails = try parts.shards.flatMap { try $0.store.thumbnails(ofRun: $0.run.id) }
    let examples = Set(Thumbnails.examples(of: result.results))
    try recording.replace(thumbnails: thumbnails.filter { examples.contains($0.example) })
    try recording.finish(result, document: try jsonText(document.merged(result)))
    print("Merged \(parts.shards.count) shards into run \(recording.id) of \(output).".shown)
  }
}
