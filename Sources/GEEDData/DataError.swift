// SPDX-License-Identifier: MIT

/// An error that prevents data from being read, written or used.
///
/// The description is one sentence that names the file and states what was expected and what was
/// found. Text that comes from a file is quoted.
public enum DataError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is nothing at `path`, where `expected` should be.
  case missing(path: String, expected: String)

  /// The operating system refused an operation, such as "open", with `reason`.
  case system(path: String, operation: String, reason: String)

  /// A file ends after `foundBytes` bytes, but its own header requires `expectedBytes`.
  case truncated(path: String, expectedBytes: Int, foundBytes: Int)

  /// A decoder failed to decode a file; `reason` is the decoder's own message.
  case undecodable(path: String, format: String, reason: String)

  /// A file or folder holds something other than `expected`.
  case invalid(path: String, expected: String, found: String)

  /// The data are valid, but cannot be used as requested; `fix` states what to request instead.
  case unsuitable(path: String, expected: String, found: String, fix: String)

  /// Whether the file or folder does not exist, as opposed to being unreadable or invalid.
  public var isMissing: Bool {
    if case .missing = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .missing(let path, let expected):
      "Expected \(expected) at '\(path)', but there is nothing."
    case .system(let path, let operation, let reason):
      "Could not \(operation) '\(path)': \(Self.clause(reason))."
    case .truncated(let path, let expected, let found):
      "'\(path)' is truncated: expected \(expected) bytes, but found \(found)."
    case .undecodable(let path, let format, let reason):
      "Could not decode '\(path)' as \(format): \(Self.clause(reason))."
    case .invalid(let path, let expected, let found):
      "'\(path)': expected \(expected), but found \(found)."
    case .unsuitable(let path, let expected, let found, let fix):
      "'\(path)': expected \(expected), but found \(found); \(fix)."
    }
  }

  /// Returns another library's message as the end of a sentence: on one line, without a full stop.
  private static func clause(_ message: String) -> String {
    let words = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.hasSuffix(".") ? String(words.dropLast()) : words
  }
}
