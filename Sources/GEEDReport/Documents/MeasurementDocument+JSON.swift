// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore

extension MeasurementDocument {
  /// Calls `body` with the parts of the indented JSON, in order.
  ///
  /// They are what `json(pretty: true)` returns as a whole. Encoding the examples of all results at once
  /// takes several times the memory of the text, so each result is a part.
  package func forEachPartOfJSON(_ body: (String) throws -> Void) throws {
    var frame = self
    frame.results = []
    let text = try frame.json(pretty: true)
    let empty = "\n  \"results\" : [\n\n  ]"
    guard !results.isEmpty, let place = text.range(of: empty) else {
      return try body(json(pretty: true))
    }
    try body(text[..<place.lowerBound] + "\n  \"results\" : [\n")
    for (index, result) in results.enumerated() {
      try body((index == 0 ? "    " : ",\n    ") + result.json(pretty: true).indented(by: 4))
    }
    try body("\n  ]" + text[place.upperBound...])
  }

  /// The indented JSON as a whole.
  package var indentedJSON: String {
    get throws {
      var text = ""
      try forEachPartOfJSON { text += $0 }
      return text
    }
  }
}

extension String {
  /// Returns the text with spaces at the beginning of every line but the first that is not empty.
  fileprivate func indented(by count: Int) -> String {
    let spaces = [UInt8](repeating: UInt8(ascii: " "), count: count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count * 3 / 2)
    var isAtStart = false
    for byte in utf8 {
      if isAtStart, byte != UInt8(ascii: "\n") { bytes += spaces }
      bytes.append(byte)
      isAtStart = byte == UInt8(ascii: "\n")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
