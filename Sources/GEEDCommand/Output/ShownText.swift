// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import GEEDStore

func printJSON(_ value: some Encodable) throws {
  print(try jsonText(value))
}

/// Prints a measurement as JSON, one result at a time.
func printJSON(_ document: MeasurementDocument) throws {
  try document.forEachPartOfJSON { StandardOutput.write($0.escapedJSON) }
  StandardOutput.write("\n")
}

func jsonText(_ document: MeasurementDocument) throws -> String {
  try document.indentedJSON.escapedJSON
}

func jsonText(_ value: some Encodable) throws -> String { try value.json(pretty: true).escapedJSON }
