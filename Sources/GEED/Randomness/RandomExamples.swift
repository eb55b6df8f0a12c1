// SPDX-License-Identifier: MIT

/// A seeded order of examples, of which a measurement takes the first so many.
///
/// The order is a Fisher-Yates shuffle driven by ``SplitMix64``. Smaller choices are the beginning
/// of larger ones: with one seed, the 50 examples of *E* are among the 200 of *M*, asking for 100
/// keeps the first 50, and a run that is interrupted has measured a random sample.
///
/// - Parameters:
///   - count: How many examples to choose; at most `total`.
///   - total: How many examples there are.
///   - seed: Where the generator starts.
/// - Returns: `count` different indices in `0..<total`, in drawing order.
/// - Complexity: O(`total`) time and space.
public func randomExamples(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
  precondition(
    (0...total).contains(count), "Expected 0 to \(total) examples, but got \(count).")
  var generator = SplitMix64(seed: seed)
  var order = Array(0..<total)
  for position in 0..<count {
    order.swapAt(position, position + generator.next(below: total - position))
  }
  return Array(order.prefix(count))
}
