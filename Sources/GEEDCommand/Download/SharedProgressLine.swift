// SPDX-License-Identifier: MIT

import Synchronization

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
