// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDConformance

struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Measure maps with known deviations, and compare the values.",
    discussion: """
      The second table lists the values that common wrong formulas give, on the cases that detect \
      them; a formula of your own that gives such a value probably has that mistake.

      With --json the cases are printed as plain numbers, the outputs f(gx) with the expected \
      value, so that other programs can be tested on them.
      """)

  @Flag(help: "Print the cases as JSON, without measuring them.")
  var json = false

  func run() throws {
    if json {
      return try printJSON(Vectors(cases: ConformanceSuite.cases.map { try $0.vectors() }))
    }
    var table = Table([
      ("case", .left), ("metric", .left), ("expected", .right), ("found", .right), ("", .left),
    ])
    var hasFailed = false
    for test in ConformanceSuite.cases {
      let value = test.found(in: try test.measure())
      let passes = test.accepts(value)
      hasFailed = hasFailed || !passes
      table.add([
        test.name, test.probe.metric.rawValue, test.expectation, value.short,
        passes ? "pass" : "FAIL",
      ])
    }
    table.lines.forEach { print($0) }
    print()
    try wrongFormulas().lines.forEach { print($0) }
    if hasFailed { throw ExitCode(ExitStatus.checkFailed.rawValue) }
  }

  /// Returns a table of the results of the wrong formulas, on the cases that detect the mistake.
  private func wrongFormulas() throws -> Table {
    var table = Table([
      ("wrong formula", .left), ("case", .left), ("gives", .right), ("right", .right),
    ])
    for formula in ConformanceFormula.allCases where formula != .definition {
      for test in ConformanceSuite.cases {
        let value = formula.value(of: try test.vectors())
        guard !test.accepts(value) else { continue }
        table.add([formula.rawValue, test.name, value.short, test.expectation])
      }
    }
    return table
  }
}

extension ConformanceCase {
  /// The expected value, such as `0.3681`, or `≥ 0.1794` for the end of an interval.
  fileprivate var expectation: String {
    (quantity == .upperEnd ? "≥ " : "") + expected.short
  }
}

private struct Vectors: Encodable {
  let schema = "geed.conformance/1"
  let cases: [ConformanceVectors]
}
