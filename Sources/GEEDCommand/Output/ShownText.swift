// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import GEEDStore

func printJSON(_ value: some Encodable) throws {
  print(try jsonText(value))
}

func jsonText(_ value: some Encodable) throws -> String { try value.json(pretty: true).escapedJSON }
