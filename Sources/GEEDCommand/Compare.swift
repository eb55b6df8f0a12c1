// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// `geed compare`.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two models that were measured on the same examples.",
    usage: "geed compare [<options>] <a> <b>",
    discussion: """
      Prints A − B for every metric and tensor that both runs have. Because both models saw the \
      same examples, the difficulty of an example for both cancels out: the interval is often far \
      narrower than those of A and B would suggest.

      The p-value is that of a sign-flip permutation test: the probability of a difference at \
      least as large if exchanging the two models made no difference. The interval contains the \
      differences that the test does not reject, unless '--interval' selects another method; at \
      95 % it requires 6 examples. Among many comparisons some p-values are small by chance; they \
      are not corrected for that.

      Example:

        geed measure a.onnx --data pictures/ --group C8 --latent features \\
          --json > a.json
        geed measure b.onnx --data pictures/ --group C8 --latent features \\
          --json > b.json
        geed compare a.json b.json
      """)

  @Argument(help: "A run: a file written by 'geed measure --json', or STORE#RUN.") var a: String
  @Argument(help: "Another run, with the same data, group and seed.") var b: String

  @Option(help: "Pair results by the names of their tensors, or only by metric, in order.")
  var match: ResultMatch = .tensor

  @OptionGroup var intervals: IntervalOptions

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let runs = [try RunDocument.read(a), try RunDocument.read(b)]
    let groups = try ResultGroup.groups(of: runs, match: match)
    let rule = intervals.rule(seed: runs[0].seed)
    let document = ComparisonDocument(
      a: runs[0].model.path, b: runs[1].model.path, level: intervals.level,
      comparisons: groups.map { Comparison($0, rule: rule) })
    if json { return try printJSON(document) }
    print("A = \(document.a), B = \(document.b)".shown + "\n")
    var table = Table(ofResults: ["A", "B", "A − B", "\(intervals.levelText) interval", "p"])
    for comparison in document.comparisons {
      table.add([
        comparison.metric.rawValue, ResultGroup.text(of: comparison.tensors), comparison.a.short,
        comparison.b.short, comparison.difference.short, comparison.interval.short,
        comparison.pValue.short,
      ])
    }
    table.lines.forEach { print($0) }
    let notes = document.comparisons.compactMap(\.note)
    if !notes.isEmpty { print() }
    notes.forEach { print("note: \($0)".shown) }
  }
}

/// The JSON document that `--json` prints.
private struct ComparisonDocument: Encodable {
  let schema = "geed.comparison/1"
  let a: String
  let b: String
  let confidenceLevel: Double
  let comparisons: [Comparison]

  init(a: String, b: String, level: Double, comparisons: [Comparison]) {
    self.a = a
    self.b = b
    confidenceLevel = level
    self.comparisons = comparisons
  }
}

/// The difference of two results.
private struct Comparison: Encodable {
  let metric: Metric
  let tensors: [String]
  let a: Double?
  let b: Double?
  let exampleCount: Int
  private(set) var difference: Double?
  private(set) var interval: ClosedRange<Double>?
  private(set) var intervalMethod: IntervalMethod?
  private(set) var pValue: Double?
  private(set) var note: String?

  init(_ group: ResultGroup, rule: IntervalRule) {
    metric = group.results[0].metric
    tensors = group.results.map(\.tensor)
    a = group.results[0].value
    b = group.results[1].value
    exampleCount = group.results[0].exampleCount
    let (statistics, note) = group.statistics()
    self.note = note
    guard note == nil else {
      if let a, let b { difference = a - b }
      return
    }
    let difference = PairedDifference(
      of: statistics[0] - statistics[1], valueCount: exampleCount,
      in: group.results[0].possibleValues - group.results[1].possibleValues)
    let outcome = difference.outcome(by: rule)
    self.difference = difference.statistic.value
    interval = outcome.interval
    intervalMethod = outcome.method
    pValue = outcome.pValue
    self.note = outcome.interval == nil ? difference.reasonAgainstInterval(by: rule) : nil
  }

  private enum CodingKeys: String, CodingKey {
    case metric, tensors, a, b, exampleCount, difference, confidenceInterval, intervalMethod, pValue
    case notes
  }

  /// Encodes every field, with `null` for missing values.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(metric, forKey: .metric)
    try container.encode(tensors, forKey: .tensors)
    try container.encode(a, forKey: .a)
    try container.encode(b, forKey: .b)
    try container.encode(exampleCount, forKey: .exampleCount)
    try container.encode(difference, forKey: .difference)
    try container.encode(
      interval.map { [$0.lowerBound, $0.upperBound] }, forKey: .confidenceInterval)
    try container.encode(interval == nil ? nil : intervalMethod, forKey: .intervalMethod)
    try container.encode(pValue, forKey: .pValue)
    try container.encode(note.map { [$0] } ?? [], forKey: .notes)
  }
}
