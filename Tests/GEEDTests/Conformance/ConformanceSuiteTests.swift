// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDConformance
import Testing
import _GEEDTestSupport

extension ConformanceCase: CustomTestStringConvertible {
  public var testDescription: String { name }
}

@Suite struct ConformanceSuiteTests {
  @Test("Our estimator finds the known value", arguments: ConformanceSuite.cases)
  func ours(test: ConformanceCase) throws {
    let result = try test.measure()
    let found = test.found(in: result)
    #expect(
      test.accepts(found),
      "\(found.map { "\($0)" } ?? "no value") instead of \(String(describing: test.expected)). \(result.notes.texts)"
    )
    #expect(result.exampleCount == (test.name == "batch-centred" ? 0 : test.examples.count))
  }

  @Test(
    "The definition, computed from the vectors alone, finds it too",
    arguments: ConformanceSuite.cases)
  func definition(test: ConformanceCase) throws {
    let value = ConformanceFormula.definition.value(of: try test.vectors())
    #expect(test.accepts(value), "\(String(describing: value))")
  }

  @Test("Every mistake is found out by some case", arguments: ConformanceFormula.allCases)
  func mistakes(formula: ConformanceFormula) throws {
    let failures = try ConformanceSuite.cases.filter {
      !$0.accepts(formula.value(of: try $0.vectors()))
    }
    #expect(failures.isEmpty == (formula == .definition))
  }

  @Test func namesAreUnique() {
    #expect(Set(ConformanceSuite.cases.map(\.name)).count == ConformanceSuite.cases.count)
  }

  @Test("A value that is no number, or that is missing, is not accepted")
  func acceptance() throws {
    let test = try #require(ConformanceSuite.cases.first { $0.expected == 0 })
    #expect(test.accepts(0) && test.accepts(1e-7))
    #expect(!test.accepts(.nan) && !test.accepts(nil) && !test.accepts(1e-5))
    let none = try #require(ConformanceSuite.cases.first { $0.expected == nil })
    #expect(none.accepts(nil) && !none.accepts(0))
    let end = try #require(ConformanceSuite.cases.first { $0.quantity == .upperEnd })
    #expect(end.accepts(0.2) && !end.accepts(0) && !end.accepts(nil) && !end.accepts(.nan))
  }

  @Test("The table in the article is the one that the suite gives")
  func table() throws {
    let article = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(
        "Sources/GEEDConformance/GEEDConformance.docc/GEEDConformance.md")
    let lines = try String(contentsOf: article, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let written = Array(lines.drop { !$0.hasPrefix("| case |") }.prefix { $0.hasPrefix("|") })
    let computed = try Self.table()
    if written != computed { print(computed.joined(separator: "\n")) }
    #expect(written == computed, "The test has printed the table as it should be.")
  }

  @Test("The published vectors are those of the suite")
  func publishedVectors() throws {
    let file = try #require(
      Bundle.module.url(forResource: "conformance", withExtension: "json", subdirectory: "Fixtures")
    )
    let published = try JSONDecoder().decode(
      PublishedVectors.self, from: Data(contentsOf: file))
    #expect(published.schema == "geed.conformance/1")
    #expect(published.cases.map(\.name) == ConformanceSuite.cases.map(\.name))
    for (case_, test) in zip(published.cases, ConformanceSuite.cases) {
      #expect(case_ == (try test.vectors()), "\(test.name)")
    }
  }

  /// One line for each case, one column for us and for each mistake.
  static func table() throws -> [String] {
    let formulas = ConformanceFormula.allCases.filter { $0 != .definition }
    let header = ["case", "expected", "GEED"] + formulas.map(\.rawValue)
    let rows = try ConformanceSuite.cases.map { test in
      let vectors = try test.vectors()
      return [
        "`\(test.name)`",
        test.expected.map {
          (test.quantity == .upperEnd ? "≥ " : "") + String(format: "%.5g", $0)
        } ?? "no value",
        test.accepts(test.found(in: try test.measure())) ? "pass" : "**fail**",
      ] + formulas.map { test.accepts($0.value(of: vectors)) ? "pass" : "**fail**" }
    }
    return ([header, header.map { _ in "---" }] + rows).map {
      "| " + $0.joined(separator: " | ") + " |"
    }
  }
}

private struct PublishedVectors: Decodable {
  let schema: String
  let cases: [ConformanceVectors]
}
