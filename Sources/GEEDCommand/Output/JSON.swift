// SPDX-License-Identifier: MIT

import Foundation

/// Prints a value as JSON.
func printJSON(_ value: some Encodable) throws {
  print(try jsonText(value))
}

/// Returns a value as JSON with sorted keys.
func jsonText(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self).escapedJSON
}
