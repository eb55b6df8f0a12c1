// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// `geed conformance`.
struct Conformance: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Measure maps whose deviation is known, and compare.",
    discussion: """
      With --json the cases are printed as plain numbers, the outputs f(gx) with the value that has \
      to be found, so that other programs can be tried on them as well.
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
      let value = try test.measure().value
      let passes = test.accepts(value)
      hasFailed = hasFailed || !passes
      table.add([
        test.name, test.probe.metric.rawValue, test.expected.short, value.short,
        passes ? "pass" : "FAIL",
      ])
    }
    table.lines.forEach { print($0) }
    if hasFailed { throw ExitCode(ExitStatus.checkFailed.rawValue) }
  }
}

/// What `--json` prints.
private struct Vectors: Encodable {
  let schema = "geed.conformance/1"
  let cases: [ConformanceVectors]
}
