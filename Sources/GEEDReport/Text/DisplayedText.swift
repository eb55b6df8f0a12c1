// SPDX-License-Identifier: MIT

import Foundation

extension String {
  /// The text for display: in one line, with escapes such as `\n` or `\u{1B}` in place of
  /// characters that a terminal would interpret, and of marks of the reading direction. JSON and the
  /// store keep names unchanged.
  package var shown: String {
    replacingObeyed { scalar in
      switch scalar {
      case "\n": "\\n"
      case "\r": "\\r"
      case "\t": "\\t"
      default: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
  }

  /// The text for display in several lines: line breaks are kept.
  package var shownLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).shown }
      .joined(separator: "\n")
  }

  /// JSON of the same value without characters that a terminal would interpret.
  package var escapedJSON: String {
    replacingObeyed { $0 == "\n" ? "\n" : "\\u" + String(format: "%04x", $0.value) }
  }

  private func replacingObeyed(_ escape: (Unicode.Scalar) -> String) -> String {
    guard unicodeScalars.contains(where: \.isObeyed) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.isObeyed { text += escape(scalar) } else { text.unicodeScalars.append(scalar) }
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character, a line separator or a mark of the reading direction.
  fileprivate var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
