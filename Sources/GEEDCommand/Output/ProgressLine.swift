// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// A line on standard error with the progress of the work, its rate and the remaining time, which
/// several threads may show. It is shown only on a terminal, so that logs and pipes do not contain it.
package final class ProgressLine: Sendable {
  private struct State {
    /// The time of the first update and the share of the work that was done by then, which an
    /// earlier process may have done.
    var start: (time: ContinuousClock.Instant, share: Double)?
    var lastUpdate: ContinuousClock.Instant?
  }

  private let isVisible = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  package init() {}

  /// Shows the state of a measurement, at most ten times a second.
  func show(_ progress: MeasurementProgress) {
    let total = max(progress.totalInputs, 1)
    show(
      "\(progress.completedInputs) of \(progress.totalInputs) inputs",
      share: Double(progress.completedInputs) / Double(total), count: total)
  }

  /// Shows the work done, in words and as a share of all work; `count` is that of the inputs of all
  /// work, if a rate is to be shown.
  package func show(_ done: String, share: Double, count: Int? = nil) {
    guard isVisible else { return }
    let now = ContinuousClock.now
    let start = state.withLock { state -> (time: ContinuousClock.Instant, share: Double)? in
      if let last = state.lastUpdate, now - last <= .milliseconds(100) { return nil }
      state.lastUpdate = now
      if state.start == nil { state.start = (now, share) }
      return state.start
    }
    guard let start else { return }
    let text = Self.text(
      done, share: share, count: count, shareAtStart: start.share,
      elapsed: (now - start.time) / .seconds(1))
    StandardError.write("\r\u{1B}[K\(text)")
  }

  /// Returns the line, with the rate and the remaining time once some work was done.
  static func text(
    _ done: String, share: Double, count: Int?, shareAtStart: Double, elapsed: Double
  ) -> String {
    var parts = [done, "\(Int(100 * share)) %"]
    let sharePerSecond = elapsed > 0 ? (share - shareAtStart) / elapsed : 0
    if sharePerSecond > 0 {
      if let count {
        let rate = Double(count) * sharePerSecond
        parts.append(String(format: rate < 10 ? "%.1f/s" : "%.0f/s", rate))
      }
      parts.append("\(duration((1 - share) / sharePerSecond)) left")
    }
    return parts.joined(separator: " · ")
  }

  /// Writes a line to standard error in place of the progress, which the next update shows again.
  static func log(_ line: String) {
    if isatty(STDERR_FILENO) == 1 { StandardError.write("\r\u{1B}[K") }
    StandardError.log(line)
  }

  /// Shows that nothing has come from a program for a few seconds.
  static func showWaiting(seconds: Double) {
    guard seconds >= 3, isatty(STDERR_FILENO) == 1 else { return }
    StandardError.write("\r\u{1B}[Kwaiting for the program · \(Int(seconds)) s")
  }

  package func clear() {
    if isVisible { StandardError.write("\r\u{1B}[K") }
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(Int(seconds.rounded(.up))) s"
    case ..<5400: "\(Int((seconds / 60).rounded(.up))) min"
    default: "\(Int((seconds / 3600).rounded(.up))) h"
    }
  }
}
