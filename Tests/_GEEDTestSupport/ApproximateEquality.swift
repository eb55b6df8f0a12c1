// SPDX-License-Identifier: MIT

import Testing

/// Expects two numbers that differ by `tolerance` at most.
package func expectClose(
  _ value: Double?, _ expected: Double, tolerance: Double, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let value else {
    Issue.record("No value, expected \(expected). \(comment)", sourceLocation: sourceLocation)
    return
  }
  // Not ">": NaN must fail.
  guard abs(value - expected) <= tolerance || value == expected else {
    Issue.record(
      "\(value) differs from \(expected) by \(abs(value - expected)). \(comment)",
      sourceLocation: sourceLocation)
    return
  }
}

/// Expects two numbers whose difference is `relative` of the second at most.
package func expectClose(
  _ value: Double?, _ expected: Double, relative: Double, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    value, expected, tolerance: relative * abs(expected), comment,
    sourceLocation: sourceLocation)
}
