// SPDX-License-Identifier: MIT

import ArgumentParser
import GEEDStore

/// `geed runs`.
struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs that a store keeps.",
    discussion: """
      The count is that of the examples measured so far, or of the iterations of a training. A \
      process of this machine is at a run that is 'running'. One that is 'incomplete' was stopped or \
      killed, or is another machine's; 'geed measure' with '--resume' finishes it.

      Example:

        geed measure model.onnx --data pictures/ --group C8 --latent features \\
          --store geed.sqlite
        geed runs --store geed.sqlite
      """)

  @Option(help: "The store.") var store = "geed.sqlite"
  @Option(help: "List the runs with this tag only.") var tag: String?

  func run() throws {
    var table = Table([
      ("run", .right), ("begun", .left), ("kind", .left), ("status", .left), ("count", .right),
      ("shard", .right), ("group", .left), ("seed", .right), ("tag", .left), ("model", .left),
      ("data", .left),
    ])
    for run in try RunStore(opening: store).runs(tag: tag) {
      table.add([
        String(run.id), run.created, run.kind.rawValue, run.status.rawValue, String(run.count),
        run.shard.isWhole ? "–" : run.shard.text, run.group, String(run.seed), run.tag ?? "–",
        run.model, run.data,
      ])
    }
    table.lines.forEach { print($0) }
  }
}
