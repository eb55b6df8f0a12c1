// SPDX-License-Identifier: MIT

extension String {
  /// The text for display: in one line, with escapes such as `\n` or `\u{1B}` in place of
  /// characters that a terminal would interpret, or that change the reading direction.
  ///
  /// Names of tensors and files may contain any of them. JSON and the store keep the names
  /// unchanged.
  var shown: String {
    guard unicodeScalars.contains(where: \.isObeyed) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case let scalar where scalar.isObeyed:
        text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The text for display in several lines: line breaks are kept.
  var shownLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).shown }
      .joined(separator: "\n")
  }

  /// JSON with escapes in place of characters that a terminal would interpret; its value is
  /// unchanged.
  var escapedJSON: String {
    guard unicodeScalars.contains(where: { $0.isObeyed && $0 != "\n" }) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isObeyed, scalar != "\n" {
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Whether a terminal would interpret the character: control characters, line separators, and
  /// marks of the reading direction.
  fileprivate var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
    default: false
    }
  }
}
