// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDReport

struct Replicates: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replicates",
    abstract: "Compute the mean over several trained models, measured on the same examples.",
    discussion: """
      Give one run for each model: the same architecture and training, with another seed. The \
      interval holds for another training run on other examples, so it includes both the variation \
      between models and that between examples. Two models allow few conclusions; use ten if you \
      can.

      Example:

        geed replicates seed0.json seed1.json seed2.json
      """)

  @Argument(help: "Runs: files written by 'geed measure --json', or STORE#RUN; at least two.")
  var runs: [String]

  @Option(help: "Match results by the names of their tensors, or only by metric, in order.")
  var match: ResultMatch = .tensor

  @Option(parsing: .unconditional, help: "The level of the confidence intervals, between 0 and 1.")
  var level = 0.95

  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard runs.count >= 2 else {
      throw ValidationError("Give at least 2 runs, one for each model, but there is \(runs.count).")
    }
    guard level > 0, level < 1 else {
      throw ValidationError("'--level' must be between 0 and 1, but is \(level.short).")
    }
  }

  func run() throws {
    let runs = try runs.map(MeasuredRun.init(reading:))
    let rows = try ResultGroup.groups(of: runs, match: match).map {
      ReplicateRow($0, level: level)
    }
    if json {
      return try printJSON(
        ReplicateDocument(
          models: runs.map(\.document.model.path), confidenceLevel: level, results: rows))
    }
    print(
      "\(runs.count) models, \(runs[0].document.data.path) under \(runs[0].document.group)".shown
        + "\n")
    var table = Table(
      ofResults: ["mean", "\(level.percentText) interval", "of models", "of examples"])
    for row in rows {
      table.add([
        row.metric.rawValue, ResultGroup.text(of: row.tensors), row.mean.short,
        row.confidenceInterval.short, row.modelStandardError.short, row.exampleStandardError.short,
      ])
    }
    table.lines.forEach { print($0) }
    print("\nof models, of examples: the standard error that each alone would give")
    for note in rows.flatMap(\.notes) { print("note: \(note)".shown) }
  }
}

private struct ReplicateDocument: Encodable {
  let schema = "geed.replicates/1"
  let models: [String]
  let confidenceLevel: Double
  let results: [ReplicateRow]
}

/// The mean of one metric over models.
private struct ReplicateRow: Encodable {
  let metric: Metric
  let tensors: [String]
  let values: [Double?]
  let exampleCount: Int
  @Nullable private(set) var mean: Double?
  @Nullable private(set) var confidenceInterval: ClosedRange<Double>?
  @Nullable private(set) var modelStandardError: Double?
  @Nullable private(set) var exampleStandardError: Double?
  private(set) var notes: [String] = []

  init(_ group: ResultGroup, level: Double) {
    metric = group.results[0].metric
    tensors = group.results.map(\.tensor)
    values = group.results.map(\.value)
    exampleCount = group.results[0].exampleCount
    let (statistics, note) = group.statistics()
    if let note {
      notes = [note]
      return
    }
    let mean = ReplicateMean(statistics)
    self.mean = mean.value
    let ranges = group.results.map(\.possibleValues)
    confidenceInterval = mean.confidenceInterval(
      level: level,
      in: (ranges.map(\.lowerBound).min() ?? -.infinity)...(ranges.map(\.upperBound).max()
        ?? .infinity))
    modelStandardError = mean.modelVariance.squareRoot()
    exampleStandardError = mean.exampleVariance.squareRoot()
  }
}
