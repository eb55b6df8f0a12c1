// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDReport

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

        geed measure a.onnx --data images/ --group C8 --latent features \\
          --json > a.json
        geed measure b.onnx --data images/ --group C8 --latent features \\
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
    let runs = try [a, b].map(MeasuredRun.init(reading:))
    let groups = try ResultGroup.groups(of: runs, match: match)
    let rule = intervals.rule(seed: runs[0].document.seed)
    let document = ComparisonDocument(
      a: runs[0].document.model.path, b: runs[1].document.model.path,
      confidenceLevel: intervals.level,
      comparisons: groups.map { Comparison($0, rule: rule) })
    if json { return try printJSON(document) }
    print("A = \(document.a), B = \(document.b)".shown + "\n")
    var table = Table(ofResults: [
      "A", "B", "A − B", "\(intervals.level.percentText) interval", "p",
    ])
    for comparison in document.comparisons {
      table.add([
        comparison.metric.rawValue, ResultGroup.text(of: comparison.tensors), comparison.a.short,
        comparison.b.short, comparison.difference.short, comparison.confidenceInterval.short,
        comparison.pValue.short,
      ])
    }
    table.lines.forEach { print($0) }
    let notes = document.comparisons.flatMap(\.notes)
    if !notes.isEmpty { print() }
    notes.forEach { print("note: \($0)".shown) }
  }
}

private struct ComparisonDocument: Encodable {
  let schema = "geed.comparison/1"
  let a: String
  let b: String
  let confidenceLevel: Double
  let comparisons: [Comparison]
}

/// The difference of two results.
private struct Comparison: Encodable {
  let metric: Metric
  let tensors: [String]
  @Nullable var a: Double?
  @Nullable var b: Double?
  let exampleCount: Int
  @Nullable private(set) var difference: Double?
  @Nullable private(set) var confidenceInterval: ClosedRange<Double>?
  @Nullable private(set) var intervalMethod: IntervalMethod?
  @Nullable private(set) var pValue: Double?
  private(set) var notes: [String] = []

  init(_ group: ResultGroup, rule: IntervalRule) {
    metric = group.results[0].metric
    tensors = group.results.map(\.tensor)
    a = group.results[0].value
    b = group.results[1].value
    exampleCount = group.results[0].exampleCount
    let (statistics, note) = group.statistics()
    if let note {
      notes = [note]
      if let a, let b { difference = a - b }
      return
    }
    let difference = PairedDifference(
      of: statistics[0] - statistics[1], valueCount: exampleCount,
      in: group.results[0].possibleValues - group.results[1].possibleValues)
    let outcome = difference.outcome(by: rule)
    self.difference = difference.statistic.value
    confidenceInterval = outcome.interval
    intervalMethod = outcome.interval == nil ? nil : outcome.method
    pValue = outcome.pValue
    if outcome.interval == nil { notes = [difference.reasonAgainstInterval(by: rule)] }
  }
}
