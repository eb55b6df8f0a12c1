// SPDX-License-Identifier: MIT

import GEED

/// The verdicts on the results, in words.
enum VerdictText {
  /// Returns a line for each verdict; of more than three with the same metric, those on the smallest
  /// and the largest deviation.
  static func lines(of results: [ProbeResult]) -> [String] {
    Metric.allCases.flatMap { metric -> [String] in
      let own = results.filter { $0.metric == metric && $0.verdict != nil }
      guard own.count > 3 else { return own.compactMap(line) }
      let ordered = own.filter { $0.value != nil }.sorted {
        $0.value ?? 0 < $1.value ?? 0
      }
      guard let least = ordered.first, let greatest = ordered.last, ordered.count > 1 else {
        return own.compactMap(line)
      }
      return [least, greatest].compactMap(line)
    }
  }

  private static func line(_ result: ProbeResult) -> String? {
    result.verdict.map { "\(result.metric.rawValue) \(result.tensor): \($0.sentence)" }
  }
}

/// Numbers as columns of different heights in one line of text.
enum Sparkline {
  /// Returns a character for each value, from the lowest for the smallest value to the highest for
  /// the largest.
  static func text(of values: [Double]) -> String {
    let heights = Array("▁▂▃▄▅▆▇█")
    guard let low = values.min(), let high = values.max() else { return "" }
    return String(
      values.map { value in
        let share = high > low ? (value - low) / (high - low) : 0.5
        return heights[Int((share * Double(heights.count - 1)).rounded())]
      })
  }
}
