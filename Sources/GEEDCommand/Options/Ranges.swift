// SPDX-License-Identifier: MIT

import ArgumentParser

/// The most threads that are asked for.
let greatestThreadCount = 1_024

/// The most inputs that go through a model at a time.
let greatestBatch = 65_536

/// Throws, naming the option and the range, unless a number is in it; an option that is left out is.
func requireRange(_ option: String, _ number: Int?, _ range: ClosedRange<Int>) throws {
  guard let number, !range.contains(number) else { return }
  throw ValidationError(
    "'\(option)' must be from \(range.lowerBound) to \(range.upperBound), but is \(number).")
}

/// Reads a seed, or says which there are.
func seed(parsing argument: String) throws -> UInt64 {
  guard let seed = UInt64(argument) else {
    throw ValidationError("expected a whole number from 0 to \(UInt64.max)")
  }
  return seed
}
