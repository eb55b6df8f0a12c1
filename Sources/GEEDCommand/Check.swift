// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDReport

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Fail if the interval of a measured deviation exceeds a limit.",
    discussion: """
      A check passes if the upper end of the confidence interval is at most the limit: then the \
      deviation is below it with the confidence of the run, not only in this sample. Few examples \
      give wide intervals, and so fail rather than pass: after N examples without a failure the \
      95 % interval of a softmax or channelwise deviation still extends over about 3.7/N of the \
      range of the metric. A result without a value or an upper end fails.

      '--below' takes PROBE=LIMIT, where PROBE is a metric, or a metric and a tensor or pattern: \
      'softmax=0.1', 'latent:features=0.3', 'channelwise:/layer*=-0.8'. Every result that matches \
      is checked.

      Exit codes: 0 all checks passed, 1 a check failed, 65 a check matches no result.

      Example:

        geed check run.json --below latent:features=0.3 --junit check.xml
      """)

  @Argument(
    help: ArgumentHelp(
      "A run: a file written by 'geed measure --json', or STORE#RUN.", valueName: "run"))
  var path: String

  @Option(
    help: ArgumentHelp(
      "The largest upper end that passes; repeatable.", valueName: "probe=limit"))
  var below: [Limit]

  @Option(help: ArgumentHelp("Also write a JUnit report to this file.", valueName: "out.xml"))
  var junit: String?

  func validate() throws {
    guard !below.isEmpty else {
      throw ValidationError("Give at least one check, such as '--below latent:features=0.3'.")
    }
  }

  func run() throws {
    let run = try MeasuredRun(reading: path)
    let document = run.document
    if let note = run.partNote { StandardError.log("note: \(note)") }
    let outcomes = try below.flatMap { limit in
      let results = document.results.filter(limit.matches)
      guard !results.isEmpty else { throw UnmatchedLimit(limit: limit, run: run) }
      return results.map { CheckOutcome($0, limit: limit, level: document.confidenceLevel) }
    }
    outcomes.forEach { print($0.line.shown) }
    if let junit {
      try JUnitReport(outcomes: outcomes, suite: document.model.path).write(to: junit)
    }
    if outcomes.contains(where: { !$0.isPassed }) {
      throw ExitCode(ExitStatus.checkFailed.rawValue)
    }
  }
}

/// A limit, written `METRIC=NUMBER` or `METRIC:TENSOR=NUMBER`, where the tensor may be a pattern.
struct Limit: ExpressibleByArgument {
  let text: String
  let metric: Metric
  let tensor: String?
  let bound: Double

  init?(argument: String) {
    // Names of tensors may contain ':' and '='; metrics and numbers do not.
    guard let separator = argument.lastIndex(of: "="),
      let bound = Double(argument[argument.index(after: separator)...]), bound.isFinite
    else { return nil }
    let probe = argument[..<separator]
    let colon = probe.firstIndex(of: ":")
    guard let metric = Metric(rawValue: String(probe[..<(colon ?? probe.endIndex)])) else {
      return nil
    }
    text = argument
    self.metric = metric
    tensor = colon.map { String(probe[probe.index(after: $0)...]) }
    self.bound = bound
  }

  func matches(_ result: ProbeResult) -> Bool {
    guard result.metric == metric else { return false }
    return tensor.map { $0 == result.tensor || fnmatch($0, result.tensor, 0) == 0 } ?? true
  }
}

/// The error for a check that matches no result, and so would always pass.
struct UnmatchedLimit: Error, CustomStringConvertible {
  let limit: Limit
  let run: MeasuredRun

  var description: String {
    "'--below \(limit.text)' matches none of the results of '\(run.path)': "
      + run.results.map(\.title).joined(separator: ", ") + "."
  }
}

struct CheckOutcome {
  /// The metric and the tensor.
  let title: String

  /// The reason that the check failed, or `nil` if it passed.
  private(set) var failure: String?
  /// The comparison of a check that passed.
  private var summary = ""

  /// Whether the upper bound is at most the limit.
  var isPassed: Bool { failure == nil }

  var line: String { "\(isPassed ? "pass" : "FAIL")  \(title)  \(failure ?? summary)" }

  init(_ result: ProbeResult, limit: Limit, level: Double) {
    title = result.title
    guard let value = result.value else {
      failure = (["no value"] + result.notes.map(\.description)).joined(separator: ": ")
      return
    }
    guard let interval = result.confidenceInterval else {
      failure =
        "\(value.short), but no upper bound: "
        + (result.exampleCount < 2
          ? "it takes at least 2 examples" : result.notes.map(\.description).joined(separator: " "))
      return
    }
    let upper = interval.upperBound
    guard result.intervalMethod != nil, interval.lowerBound != upper else {
      failure =
        "\(value.short), but its interval "
        + (result.intervalMethod == nil
          ? "is of an older version, which did not allow for failures that have not come up"
          : "has no width") + "; measure again"
      return
    }
    let bound = "\(value.short), \(level.percentText) interval up to \(upper.short)"
    if upper <= limit.bound {
      summary = "\(bound) <= \(limit.bound)"
    } else {
      failure = "\(bound) > \(limit.bound)"
    }
  }
}
