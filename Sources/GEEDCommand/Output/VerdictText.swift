// SPDX-License-Identifier: MIT

import GEED

/// The verdicts on the results, in words.
enum VerdictText {
  /// Returns a line for each verdict, with its style on a terminal; of more than three with the same metric, those on the smallest
  /// and the largest deviation.
  ///
  /// Verdicts are computed from the numbers that are printed, so a document that was edited, or that
  /// an older version wrote, cannot contradict them.
  static func lines(
    of results: [ProbeResult], group: String
  ) -> [(text: String, style: TextStyle)] {
    Metric.allCases.flatMap { metric in
      var shown = results.filter { $0.metric == metric }
      let ordered = shown.filter { $0.value != nil }.sorted { $0.value ?? 0 < $1.value ?? 0 }
      if shown.count > 3, ordered.count > 1 { shown = [ordered[0], ordered[ordered.count - 1]] }
      return shown.map { result in
        let verdict = Verdict(result, group: group)
        return ("\(result.metric.rawValue) \(result.tensor): \(verdict.sentence)", verdict.style)
      }
    }
  }
}

extension Verdict {
  /// The style of the sentence, by the degree at the upper end of the interval.
  fileprivate var style: TextStyle {
    switch worst {
    case .exact, .close: isDoubtful ? .yellow : .green
    case .partial, nil: .yellow
    case .far, .absent: .red
    }
  }
}

/// Numbers as columns of different heights in one line of text.
enum Sparkline {
  /// Returns a character for each value, from the lowest for the smallest value to the highest for
  /// the largest; values that differ by less than 1 % of the largest magnitude are in the middle.
  static func text(of values: [Double]) -> String {
    let heights = Array("▁▂▃▄▅▆▇█")
    guard let low = values.min(), let high = values.max() else { return "" }
    let differs = high - low > 0.01 * max(low.magnitude, high.magnitude)
    return String(
      values.map { value in
        let share = differs ? (value - low) / (high - low) : 0.5
        return heights[Int((share * Double(heights.count - 1)).rounded())]
      })
  }
}
