// SPDX-License-Identifier: MIT

import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The terminal that shows the output.
enum Terminal {
  /// The number of characters in a line: the environment variable `COLUMNS`, or else the width of
  /// the terminal; at least 40. `nil` if the output is not a terminal.
  static let width: Int? = {
    if let text = ProcessInfo.processInfo.environment["COLUMNS"], let columns = Int(text) {
      return columns > 0 ? max(40, columns) : nil
    }
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0,
      size.ws_col > 0
    else { return nil }
    return max(40, Int(size.ws_col))
  }()
}
