// SPDX-License-Identifier: MIT

import ArgumentParser
import CGEEDProcess
import Foundation

/// Ctrl-C, SIGTERM and the like, turned into something that a loop can ask for.
///
/// The first one lets the loop end and keep its results; a second one ends the tool at once, whatever
/// it is in the middle of. Signals that the tool was started to ignore, as `nohup` does, stay ignored.
enum Interruption {
  /// Why nothing is printed: the signal came before the first example was complete.
  struct NothingMeasured: Error, CustomStringConvertible {
    let description = "Stopped before the first example was measured; there is nothing to print."
  }

  /// Why a file is not there: the signal came while it was written.
  struct NothingWritten: Error, CustomStringConvertible {
    let description = "Stopped; the file was not written."
  }

  /// Whether a signal came since ``watch()``.
  static var wasRequested: Bool { geed_process_signal() != 0 }

  /// Starts to catch signals.
  static func watch() { geed_process_watch() }

  /// Stops what is going on because nobody reads the output any more.
  static func requestEndOfPipe() { geed_process_request(SIGPIPE) }

  /// Ends a command whose results so far were kept: normally after Ctrl-C, otherwise with status
  /// 128 plus the signal's number, so that a job scheduler sees that the run is incomplete.
  static func end() throws {
    let signal = geed_process_signal()
    if signal != 0, signal != SIGINT { throw ExitCode(128 + signal) }
  }

  /// The status of a command that has nothing to show.
  static var status: Int32 {
    let signal = geed_process_signal()
    return 128 + (signal == 0 ? SIGINT : signal)
  }
}
