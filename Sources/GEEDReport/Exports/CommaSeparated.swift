// SPDX-License-Identifier: MIT

import GEED
import GEEDStore

/// Tables as CSV (RFC 4180) in full precision, one observation a line.
///
/// The names of columns and their order stay; new ones are added at the end.
package enum CommaSeparated {
  private static let observationColumns = [
    "iteration", "metric", "tensor", "example", "name", "label", "element", "value",
    "prediction", "weight", "scale", "action", "distance",
  ]

  /// Calls `line` with the heading, then with a line for each observation of a run.
  ///
  /// - Throws: ``StoreError`` if the run cannot be read, and any error of `line`.
  package static func observations(
    ofRun id: Int64, in store: RunStore, _ line: (String) throws -> Void
  ) throws {
    let results = Dictionary(
      try store.results(ofRun: id).map {
        (
          ResultKey(
            iteration: $0.iteration, probe: ProbeKey($0.result.metric, $0.result.tensor)),
          $0.result
        )
      }, uniquingKeysWith: { first, _ in first })
    try line(joined(observationColumns))
    try store.forEachObservation(ofRun: id) { observation in
      let key = ResultKey(
        iteration: observation.iteration, probe: ProbeKey(observation.metric, observation.tensor))
      try line(
        joined([
          "\(observation.iteration)", observation.metric.rawValue, observation.tensor,
          "\(observation.example)", observation.exampleName ?? "",
          observation.label.map(String.init) ?? "", observation.element, observation.value.csv,
          observation.prediction.map(String.init) ?? "", observation.weight.csv,
          (results[key]?.scale).csv, results[key]?.action ?? "", results[key]?.distance ?? "",
        ]))
    }
  }

  /// Returns a heading, and a line for each comparison of claims.
  package static func lines(of claims: [Claim]) -> [String] {
    let columns = [
      "claim", "comparison", "mean", "low", "high", "direction", "bound", "networks", "verdict",
    ]
    let rows = claims.flatMap { claim in
      claim.parts.map { part in
        [
          claim.statement, part.label, part.mean.csv, part.range?.lowerBound.csv ?? "",
          part.range?.upperBound.csv ?? "", part.direction.rawValue, part.bound.csv,
          "\(part.values.count)", part.verdict.rawValue,
        ]
      }
    }
    return ([columns] + rows).map(joined)
  }

  private static func joined(_ fields: [String]) -> String {
    fields.map(\.csvField).joined(separator: ",")
  }
}

private struct ResultKey: Hashable {
  let iteration: Int
  let probe: ProbeKey
}

extension Double {
  /// The number with every digit; empty if it is none.
  fileprivate var csv: String { isNaN ? "" : "\(self)" }
}

extension Double? {
  fileprivate var csv: String { map(\.csv) ?? "" }
}
