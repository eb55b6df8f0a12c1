// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData
import GEEDReport
import GEEDStore

enum ResultMatch: String, ExpressibleByArgument, CaseIterable {
  /// By metric and tensor.
  case tensor
  /// By metric in order, whatever the names of the tensors.
  case metric
}

/// One result of each run, all for the same metric on the same examples.
struct ResultGroup {
  let results: [ProbeResult]

  /// The metric and the tensor, or all tensors if they differ.
  var title: String {
    "\(results[0].metric.rawValue):\(Self.text(of: results.map(\.tensor)))"
  }

  /// Returns the name that all tensors have, or all names.
  static func text(of tensors: [String]) -> String {
    Set(tensors).count == 1 ? tensors[0] : tensors.joined(separator: " / ")
  }

  /// Returns the values with their errors, or the reason that there are none as a note.
  func statistics() -> (statistics: [Estimate], note: String?) {
    if let result = results.first(where: { $0.value == nil }) {
      let reason = result.notes.map(\.description).joined(separator: " ")
      return ([], "\(result.title) has no value: \(reason)")
    }
    let statistics = results.compactMap(\.statistic)
    guard statistics.count == results.count else {
      let note =
        "\(title) has no error: it has one example only, or an older version wrote the run."
      return ([], note)
    }
    return (statistics, nil)
  }

  /// Pairs the results of runs; throws ``RunMismatch`` if they differ in more than their model.
  static func groups(of runs: [MeasuredRun], match: ResultMatch) throws -> [ResultGroup] {
    for other in runs.dropFirst() { try requireSameSettings(runs[0], other) }
    var rests = runs.dropFirst().map(\.results)
    var groups: [ResultGroup] = []
    for result in runs[0].results {
      var results = [result]
      for (i, rest) in rests.enumerated() {
        let index = rest.firstIndex {
          $0.metric == result.metric && (match == .metric || $0.tensor == result.tensor)
        }
        guard let index else { break }
        results.append(rests[i].remove(at: index))
      }
      guard results.count == runs.count else { continue }
      for (run, other) in zip(runs, results).dropFirst() {
        try requireComparable(result, of: runs[0], other, of: run)
      }
      groups.append(ResultGroup(results: results))
    }
    guard !groups.isEmpty else {
      throw RunMismatch(
        first: runs[0].path, second: runs[1].path,
        difference: "have no metric and tensor in common",
        fix: match == .tensor ? "'--match metric' pairs tensors of different names" : nil)
    }
    return groups
  }

  private static func requireSameSettings(_ a: MeasuredRun, _ b: MeasuredRun) throws {
    func require<Value: Equatable>(_ what: String, _ value: (MeasurementDocument) -> Value) throws {
      guard value(a.document) != value(b.document) else { return }
      throw RunMismatch(
        first: a.path, second: b.path,
        difference: "differ in \(what): \(value(a.document)) and \(value(b.document))")
    }
    // Data may lie at another path, such as that of a temporary file.
    if !haveEqualExamples(a.document, b.document) { try require("data", \.data.path) }
    try require("the number of examples to choose from", \.data.exampleCount)
    try require("the shape of examples", \.data.shape)
    try require("what is done to the data") {
      (try? $0.data.adaptation?.canonicalJSON) ?? "nothing"
    }
    try require("the orientation of images") { $0.data.preprocessing?.orientation ?? .apply }
    try require("group", \.group)
    if a.document.interpolation != nil, b.document.interpolation != nil {
      try require("interpolation") { $0.interpolation.map { "\($0)" } ?? "" }
    }
    try require("the actions on several inputs") { document in
      (document.plan?.inputs ?? []).map { input in
        "\(input.name): \(input.action)" + (input.interpolation.map { ", \($0.rawValue)" } ?? "")
      }.joined(separator: "; ")
    }
    try require("seed", \.seed)
    try require("mask") { $0.mask ?? "none" }
  }

  /// Whether the examples that were measured are known to be the same.
  private static func haveEqualExamples(
    _ a: MeasurementDocument, _ b: MeasurementDocument
  ) -> Bool {
    guard let left = a.examples, let right = b.examples else { return false }
    return left.sha256 == right.sha256 && a.data.preprocessing == b.data.preprocessing
      && a.data.preprocessingByInput == b.data.preprocessingByInput
  }

  /// Throws if results are of other examples, or of distributions over classes and of labels.
  private static func requireComparable(
    _ a: ProbeResult, of first: MeasuredRun, _ b: ProbeResult, of second: MeasuredRun
  ) throws {
    func mismatch(_ difference: String) -> RunMismatch {
      RunMismatch(first: first.path, second: second.path, difference: difference)
    }
    if let left = a.scores, let right = b.scores, left.isBernoulli != right.isBernoulli {
      throw mismatch(
        "read other scores: \(left.rawValue) of \(a.tensor) and \(right.rawValue) of \(b.tensor)")
    }
    guard (a.action, a.distance, a.reference) == (b.action, b.distance, b.reference) else {
      throw mismatch("have other actions or distances: \(a.comparison) and \(b.comparison)")
    }
    guard let left = a.statistic, let right = b.statistic else { return }
    guard a.perExample.map(\.index) == b.perExample.map(\.index), left.strata == right.strata
    else {
      throw mismatch(
        "were measured on different examples (\(a.title): \(a.exampleCount) of E and "
          + "\(left.exampleCount) in all, \(b.exampleCount) and \(right.exampleCount))")
    }
    // Models may require different preprocessing; then their inputs differ as well.
    guard let left = first.document.examples, let right = second.document.examples,
      first.document.data.preprocessing == second.document.data.preprocessing,
      first.document.data.preprocessingByInput == second.document.data.preprocessingByInput
    else { return }
    let usesScale = a.metric.scaleMeasure != nil
    guard left.sha256 == right.sha256, !usesScale || left.scaleSHA256 == right.scaleSHA256 else {
      throw mismatch(
        "were measured on different examples, which have the same places in "
          + "\(first.document.data.path)")
    }
  }
}

struct RunMismatch: Error, CustomStringConvertible {
  let first: String
  let second: String
  let difference: String
  var fix: String?

  var description: String {
    "'\(first)' and '\(second)' \(difference); "
      + (fix ?? "only runs that differ in nothing but the model can be compared") + "."
  }
}

extension ProbeResult {
  /// The action and the distance of an equivariance probe in words.
  fileprivate var comparison: String {
    [action, distance, reference.map { "to \($0.rawValue)" }].compactMap(\.self)
      .joined(separator: ", ")
  }
}
