// SPDX-License-Identifier: MIT

import Foundation

/// A piece of a page.
///
/// Interpolated strings are escaped, and pieces of a page are not, so that text of a file, such as
/// the name of a tensor, cannot become markup:
///
///     let cell: HTML = "<td>\(tensorName)</td>"
package struct HTML: Sendable, Hashable {
  /// The markup.
  package private(set) var text: String

  /// Creates a piece from markup that is used unchanged.
  package init(markup text: String) { self.text = text }

  package static func + (first: HTML, second: HTML) -> HTML {
    HTML(markup: first.text + second.text)
  }
}

extension HTML {
  /// Returns an address that contains a PNG file.
  static func address(ofPNG bytes: some Sequence<UInt8>) -> String {
    "data:image/png;base64," + Data(bytes).base64EncodedString()
  }
}

extension HTML: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { text = value }

  package init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) { text += literal }

    /// Appends text, in which characters of markup and of the reading direction are escaped.
    package mutating func appendInterpolation(_ value: String) {
      text += value.shown.escapedForHTML
    }

    package mutating func appendInterpolation(_ value: Int) { text += String(value) }

    package mutating func appendInterpolation(_ piece: HTML) { text += piece.text }

    package mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { text += piece.text + "\n" }
    }
  }
}

extension String {
  /// The text with HTML's special characters escaped, for text and attribute values.
  fileprivate var escapedForHTML: String {
    var text = ""
    text.reserveCapacity(utf8.count)
    for character in unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
