// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// A line on standard error with the progress of the work and the remaining time, which several
/// threads may show. It is shown only on a terminal, so that logs and pipes do not contain it.
final class ProgressLine: Sendable {
  private let isVisible = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private let lastUpdate = Mutex<ContinuousClock.Instant?>(nil)

  /// Shows the state of a measurement, at most ten times a second.
  func show(_ progress: MeasurementProgress) {
    show(
      "\(progress.completedInputs) of \(progress.totalInputs) inputs",
      share: Double(progress.completedInputs) / Double(max(progress.totalInputs, 1)))
  }

  /// Shows the work done, in words and as a share of all work since the line was created.
  func show(_ done: String, share: Double) {
    let now = ContinuousClock.now
    let isDue = lastUpdate.withLock { last in
      guard isVisible, last.map({ now - $0 > .milliseconds(100) }) ?? true else { return false }
      last = now
      return true
    }
    guard isDue else { return }
    let elapsed = (now - start) / .seconds(1)
    let left = share > 0 ? " · \(duration(elapsed * (1 - share) / share)) left" : ""
    StandardError.write("\r\u{1B}[K\(done) · \(Int(100 * share)) %\(left)")
  }

  func clear() {
    if isVisible { StandardError.write("\r\u{1B}[K") }
  }

  private func duration(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
  }
}
