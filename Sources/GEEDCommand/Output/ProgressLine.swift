// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// A line on standard error with the progress of the work and the remaining time.
///
/// It is shown only on a terminal, so that logs and pipes do not contain it.
struct ProgressLine {
  private let isVisible = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private var lastUpdate: ContinuousClock.Instant?

  /// Shows the state of a measurement, at most ten times a second.
  mutating func show(_ progress: MeasurementProgress) {
    show(
      "\(progress.completedInputs) of \(progress.totalInputs) inputs",
      share: Double(progress.completedInputs) / Double(max(progress.totalInputs, 1)))
  }

  /// Shows the work done, in words and as a share of all work since the line was created.
  mutating func show(_ done: String, share: Double) {
    let now = ContinuousClock.now
    guard isVisible, lastUpdate.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
    lastUpdate = now
    let elapsed = (now - start) / .seconds(1)
    let left = share > 0 ? " · \(duration(elapsed * (1 - share) / share)) left" : ""
    write("\r\u{1B}[K\(done) · \(Int(100 * share)) %\(left)")
  }

  /// Removes the line.
  func clear() {
    if isVisible { write("\r\u{1B}[K") }
  }

  private func duration(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
  }

  private func write(_ text: String) {
    StandardError.write(text)
  }
}

/// A ``ProgressLine`` that several threads may write to.
final class SharedProgressLine: Sendable {
  private let line = Mutex(ProgressLine())

  /// Shows what is done, and the remaining time if the share is known.
  func show(_ done: String, share: Double?) {
    line.withLock { $0.show(done, share: share ?? 0) }
  }

  /// Removes the line.
  func clear() { line.withLock { $0.clear() } }
}
