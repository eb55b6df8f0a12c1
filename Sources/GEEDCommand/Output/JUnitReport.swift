// SPDX-License-Identifier: MIT

import Foundation
import GEEDData

/// A report of checks in the JUnit XML format, which continuous integration systems read.
struct JUnitReport {
  let outcomes: [CheckOutcome]
  let suite: String

  var xml: String {
    let failures = outcomes.count { !$0.isPassed }
    let counts = "tests=\"\(outcomes.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"0\""
    let cases = outcomes.map { outcome in
      let opening = "    <testcase classname=\"geed\" name=\"\(outcome.title.escaped)\""
      guard let failure = outcome.failure else { return opening + "/>\n" }
      return opening + ">\n      <failure message=\"\(failure.escaped)\"/>\n    </testcase>\n"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(counts)>
        <testsuite name="\(suite.escaped)" \(counts)>
      \(cases.joined())  </testsuite>
      </testsuites>

      """
  }

  /// Writes the report atomically: other processes see the old file or the new one, never a part.
  func write(to path: String) throws(DataError) { try writeAtomically(Array(xml.utf8), to: path) }
}

extension String {
  /// The text as an XML attribute value; characters that XML forbids are replaced by '?'.
  fileprivate var escaped: String {
    unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
