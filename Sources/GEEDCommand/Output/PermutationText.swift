// SPDX-License-Identifier: MIT

import GEED
import GEEDReport

/// The text about channel permutations that were found.
enum PermutationText {
  /// Returns a table for each result with permutations: the deviations with each kind of them.
  static func tables(
    of results: [ProbeResult], group: String, intervalHeading: String
  ) -> [Table] {
    results.compactMap { result in
      guard let permutations = result.permutations else { return nil }
      var table = Table([
        ("channels of \(result.tensor)", .left), ("value", .right), (intervalHeading, .right),
        ("fitted half", .right),
      ])
      for row in permutations.rows(group: group) {
        table.add([
          row.name, row.deviation.value.short, row.deviation.confidenceInterval.short,
          row.deviation.fitValue.short,
        ])
      }
      return table
    }
  }

  /// Returns a line for each result with permutations, and one that explains the table.
  static func lines(of results: [ProbeResult]) -> [String] {
    let lines = results.compactMap { result in
      result.permutations.map { "channels of \(result.tensor): \($0.summary)" }
    }
    return lines.isEmpty
      ? [] : lines + ["chance: the same with f(x) of another example in place of the same one"]
  }
}
