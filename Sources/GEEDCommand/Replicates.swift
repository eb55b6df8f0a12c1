// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// `geed replicates`.
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
    let documents = try runs.map(RunDocument.read)
    let rows = try ResultGroup.groups(of: documents, match: match).map {
      ReplicateRow($0, level: level)
    }
    if json {
      return try printJSON(
        ReplicateDocument(models: documents.map(\.model.path), level: level, results: rows))
    }
    print(
      "\(documents.count) models, \(documents[0].data.path) under \(documents[0].group)".shown
        + "\n")
    var table = Table(
      ofResults: ["mean", "\(level.percentText) interval", "of models", "of examples"])
    for row in rows {
      table.add([
        row.metric.rawValue, ResultGroup.text(of: row.tensors), row.mean.short,
        row.interval.short, row.modelError.short, row.exampleError.short,
      ])
    }
    table.lines.forEach { print($0) }
    print("\nof models, of examples: the standard error that each alone would give")
    for note in rows.compactMap(\.note) { print("note: \(note)".shown) }
  }
}

/// The JSON document that `--json` prints.
private struct ReplicateDocument: Encodable {
  let schema = "geed.replicates/1"
  let models: [String]
  let confidenceLevel: Double
  let results: [ReplicateRow]

  init(models: [String], level: Double, results: [ReplicateRow]) {
    self.models = models
    confidenceLevel = level
    self.results = results
  }
}

/// The mean of one metric over models.
private struct ReplicateRow: Encodable {
  let metric: Metric
  let tensors: [String]
  let values: [Double?]
  let exampleCount: Int
  private(set) var mean: Double?
  private(set) var interval: ClosedRange<Double>?
  private(set) var modelError: Double?
  private(set) var exampleError: Double?
  let note: String?

  init(_ group: ResultGroup, level: Double) {
    metric = group.results[0].metric
    tensors = group.results.map(\.tensor)
    values = group.results.map(\.value)
    exampleCount = group.results[0].exampleCount
    let (statistics, note) = group.statistics()
    self.note = note
    guard note == nil else { return }
    let mean = ReplicateMean(statistics)
    self.mean = mean.value
    let ranges = group.results.map(\.possibleValues)
    interval = mean.confidenceInterval(
      level: level,
      in: (ranges.map(\.lowerBound).min() ?? -.infinity)...(ranges.map(\.upperBound).max()
        ?? .infinity))
    modelError = mean.modelVariance.squareRoot()
    exampleError = mean.exampleVariance.squareRoot()
  }

  private enum CodingKeys: String, CodingKey {
    case metric, tensors, values, exampleCount, mean, confidenceInterval, modelStandardError
    case exampleStandardError, notes
  }

  /// Encodes every field, with `null` for missing values.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(tensors, forKey: .tensors)
    try container.encode(values, forKey: .values)
    try container.encode(exampleCount, forKey: .exampleCount)
    try container.encode(mean, forKey: .mean)
    try container.encode(
      interval.map { [$0.lowerBound, $0.upperBound] }, forKey: .confidenceInterval)
    try container.encode(modelError, forKey: .modelStandardError)
    try container.encode(exampleError, forKey: .exampleStandardError)
    try container.encode(note.map { [$0] } ?? [], forKey: .notes)
  }
}
