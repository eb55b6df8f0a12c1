// SPDX-License-Identifier: MIT

/// Returns the first `count` examples of a seeded random order.
///
/// The order is a Fisher-Yates shuffle driven by ``SplitMix64``. A smaller choice is the beginning
/// of a larger one: with one seed, the 50 examples of *E* are among the 200 of *M*, a choice of 100
/// keeps the first 50, and an interrupted run has measured a random sample.
///
/// - Parameters:
///   - count: The number of examples to choose; at most `total`.
///   - total: The number of examples that exist.
///   - seed: The seed of the random order.
/// - Returns: `count` different indices in `0..<total`, in drawing order.
/// - Complexity: O(`total`) time and space.
public func randomExamples(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
  precondition(
    (0...total).contains(count), "Expected 0 to \(total) examples, but got \(count).")
  var generator = SplitMix64(seed: seed, for: .examples)
  var order = Array(0..<total)
  for position in 0..<count {
    order.swapAt(position, position + generator.next(below: total - position))
  }
  return Array(order.prefix(count))
}
