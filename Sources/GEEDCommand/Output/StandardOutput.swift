// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// Buffered standard output. A failed write does not stop a measurement or a training: the first
/// failure is remembered, later output is discarded, and the tool ends with ``OutputError``.
enum StandardOutput {
  private struct State {
    var pending: [UInt8] = []
    /// `errno` of the first write that failed.
    var failure: Int32?
  }

  private static let state = Mutex(State())

  /// The number of bytes that are buffered before they are written.
  private static let capacity = 1 << 16

  static func write(_ text: String) {
    state.withLock { state in
      state.pending += text.utf8
      if state.pending.count >= capacity { flush(&state) }
    }
  }

  static func flush() { state.withLock { flush(&$0) } }

  /// Throws if a write has failed: for loops whose only purpose is output.
  static func requireWritten() throws(OutputError) {
    if let code = state.withLock({ $0.failure }) { throw OutputError(code: code) }
  }

  /// Writes the rest and closes the file, as some file systems report then that they are full.
  static func finish() -> OutputError? {
    state.withLock { state in
      flush(&state)
      // The descriptor stays in use, so that later output of other threads does not go to another
      // file.
      let other = open("/dev/null", O_RDONLY | O_CLOEXEC)
      if other >= 0 {
        let isClosed = dup2(STDOUT_FILENO, other) >= 0 && close(STDOUT_FILENO) == 0
        if !isClosed, state.failure == nil { state.failure = errno }
        _ = dup2(other, STDOUT_FILENO)
        close(other)
      }
      return state.failure.map(OutputError.init)
    }
  }

  private static func flush(_ state: inout State) {
    defer { state.pending.removeAll(keepingCapacity: true) }
    guard state.failure == nil, !state.pending.isEmpty else { return }
    if !writeAll(state.pending, to: STDOUT_FILENO) { state.failure = errno }
    if state.failure == EPIPE { Interruption.requestEndOfPipe() }
  }
}

/// Standard error. Failed writes are ignored.
enum StandardError {
  static func write(_ text: String) {
    _ = writeAll(Array(text.utf8), to: STDERR_FILENO, timeout: 1_000)
  }

  static func log(_ line: String) { write("\(line.shown)\n") }
}

struct OutputError: Error, Hashable, CustomStringConvertible {
  let code: Int32

  /// Whether the reader of a pipe has closed it, which is not an error.
  var isEndOfPipe: Bool { code == EPIPE }

  var description: String {
    "Could not write standard output: \(String(cString: strerror(code)))."
  }
}

/// Prints a text and a line break, as Swift's `print` does, through ``StandardOutput``.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {
  StandardOutput.write(items.map { "\($0)" }.joined(separator: separator) + terminator)
}

/// Prints text for display and flushes it, so that progress is visible through a pipe or in a log.
package func printAtOnce(_ text: String) {
  StandardOutput.write("\(text.shownLines)\n")
  StandardOutput.flush()
}
