// SPDX-License-Identifier: MIT

import ArgumentParser

/// The error for well-formed arguments that do not fit the model, the data or each other.
package struct UsageError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// The largest number of threads that options accept.
package let greatestThreadCount = 1_024

let greatestBatch = 65_536

/// Throws, naming the option and the range, if a number is outside of it; `nil` is valid.
package func requireRange(_ option: String, _ number: Int?, _ range: ClosedRange<Int>) throws {
  guard let number, !range.contains(number) else { return }
  throw ValidationError(
    "'\(option)' must be from \(range.lowerBound) to \(range.upperBound), but is \(number).")
}

/// Parses a seed, or throws an error that states the valid range.
func seed(parsing argument: String) throws -> UInt64 {
  guard let seed = UInt64(argument) else {
    throw ValidationError("expected a whole number from 0 to \(UInt64.max)")
  }
  return seed
}
