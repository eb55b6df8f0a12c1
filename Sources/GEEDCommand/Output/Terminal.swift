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

  /// Whether text may have colours: the output is a terminal that can show them, and the environment
  /// variable `NO_COLOR` is not set (https://no-color.org).
  static let hasColors: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && environment["NO_COLOR", default: ""].isEmpty
      && environment["TERM"] != "dumb"
  }()
}

/// The appearance of text in a terminal; the number is that of the control sequence.
enum TextStyle: Int {
  case bold = 1
  case dim = 2
  case red = 31
  case green = 32
  case yellow = 33
}

extension [String] {
  /// The lines for display: without characters that the terminal would interpret, broken to its
  /// width, and in a style if it has colours.
  func shown(_ style: TextStyle? = nil) -> [String] {
    map(\.shown).flatMap { $0.wrapped(to: Terminal.width) }.map { line in
      guard let style, Terminal.hasColors, !line.isEmpty else { return line }
      return "\u{1B}[\(style.rawValue)m\(line)\u{1B}[0m"
    }
  }
}
