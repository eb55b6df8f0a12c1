// SPDX-License-Identifier: MIT

import ArgumentParser
import GEEDStore

struct Runs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List the runs in a store.",
    discussion: """
      The count is the number of examples measured so far, or of iterations of a training. A run \
      is 'running' while a process of this machine works on it. One that is 'incomplete' was \
      stopped or killed, or belongs to another machine; the same command with '--resume' continues \
      it.

      Example:

        geed measure model.onnx --data images/ --group C8 --latent features \\
          --store geed.sqlite
        geed runs --store geed.sqlite
      """)

  @Option(help: "The store, a SQLite file.") var store = "geed.sqlite"
  @Option(help: "List only the runs with this tag.") var tag: String?

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
