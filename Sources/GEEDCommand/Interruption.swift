// SPDX-License-Identifier: MIT

import ArgumentParser
import CGEEDProcess
import Foundation
import GEED
import GEEDOnnx
import GEEDProgram

/// Ctrl-C, SIGTERM and SIGHUP as a state that a loop can query; a second one ends the tool at once.
package enum Interruption {
  /// The error of a command that a signal stopped before it could print or write anything.
  enum Stop: String, Error, CustomStringConvertible {
    case nothingMeasured =
      "Stopped before the first example was measured; there is nothing to print."
    case nothingWritten = "Stopped; the file was not written."

    var description: String { rawValue }
  }

  /// Whether a signal was received since ``watch()``.
  package static var wasRequested: Bool { geed_process_signal() != 0 }

  /// Whether an error is that of a model which a signal stopped.
  static func explains(_ error: any Error) -> Bool {
    switch (error as? ProgramError)?.problem {
    case .stopped: return wasRequested
    case .ended, .reported:
      // Ctrl-C reaches programs too, and the end of one may be known before the signal.
      for _ in 0..<20 where !wasRequested { usleep(10_000) }
      return wasRequested
    case nil: return wasRequested && error is OnnxError
    default: return false
    }
  }

  package static func watch() { geed_process_watch() }

  /// Requests an end because the output is no longer read.
  static func requestEndOfPipe() { geed_process_request(SIGPIPE) }

  /// Ends a command whose partial results were kept: normally after Ctrl-C, otherwise with status
  /// 128 plus the signal's number, so that a job scheduler sees that the run is incomplete.
  package static func end() throws {
    let signal = geed_process_signal()
    if signal != 0, signal != SIGINT { throw ExitCode(128 + signal) }
  }

  /// The exit status of a command without results.
  static var status: Int32 {
    let signal = geed_process_signal()
    return 128 + (signal == 0 ? SIGINT : signal)
  }
}

/// A data set that cannot be read after a signal, so that no partial file of it remains.
struct InterruptibleDataset: DatasetWrapper {
  let base: any Dataset

  /// Wraps a data set and starts to catch signals.
  init(_ base: any Dataset) {
    self.base = base
    Interruption.watch()
  }

  func example(at index: Int) throws -> Tensor {
    if Interruption.wasRequested { throw Interruption.Stop.nothingWritten }
    return try base.example(at: index)
  }
}
