// SPDX-License-Identifier: MIT

import Foundation

extension Encodable {
  /// The value as JSON, which is the same for equal values.
  package var canonicalJSON: String {
    get throws { try json() }
  }

  /// Returns the value as JSON with sorted keys, in one line or indented.
  package func json(pretty: Bool = false) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }
}
