// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@Suite struct LinearAssignmentTests {
  private func total(_ profits: [Float], _ columns: [Int]) -> Double {
    columns.enumerated().reduce(0) { $0 + Double(profits[$1.0 * columns.count + $1.1]) }
  }

  private func profits(_ count: Int, levels: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count * count).map { _ in
      Float(generator.next(below: 2 * levels + 1) - levels) / 1024
    }
  }

  @Test("No other permutation has a larger sum", arguments: 0...7, [1, 1_000])
  func bruteForce(count: Int, levels: Int) {
    for seed in 0..<(count == 7 ? 2 : 5) {
      let profits = profits(count, levels: levels, seed: UInt64(seed))
      let found = LinearAssignment(maximizing: profits, count: count).columns
      let best = Permutation.all(of: count).map { total(profits, $0.images) }.max()
      #expect(total(profits, found) == best)
    }
  }

  /// The sum of all prices is an upper bound of every assignment, which the found one reaches.
  @Test("The prices prove that the assignment is best", arguments: [1, 3, 20, 80], [2, 1_000])
  func prices(count: Int, levels: Int) {
    for seed in 0..<3 {
      let profits = profits(count, levels: levels, seed: UInt64(seed))
      let found = LinearAssignment(maximizing: profits, count: count)
      #expect(Set(found.columns) == Set(0..<count))
      for row in 0..<count {
        for column in 0..<count {
          let excess =
            Double(profits[row * count + column]) - found.rowPrices[row]
            - found.columnPrices[column]
          // Multiples of 1/1024 are added and subtracted without rounding.
          #expect(found.columns[row] == column ? excess == 0 : excess <= 0)
        }
      }
    }
  }

  @Test("A permutation with larger profits is found, whatever is added to rows and columns")
  func hiddenPermutation() {
    var generator = SplitMix64(seed: 3)
    let count = 50
    let order = (0..<count).shuffled(using: &generator)
    let rows = (0..<count).map { _ in Float(generator.nextGaussian()) }
    let columns = (0..<count).map { _ in Float(generator.nextGaussian()) }
    let profits = (0..<count * count).map { index in
      let (row, column) = (index / count, index % count)
      return rows[row] + columns[column] + (order[row] == column ? 0.5 : 0)
        + Float(0.1 * generator.nextUnit())
    }
    #expect(LinearAssignment(maximizing: profits, count: count).columns == order)
  }

  private struct Golden: Decodable {
    struct Case: Decodable {
      let name: String
      let count: Int
      let profits: [Int]
      let total: Int
      let columns: [Int]
    }

    let cases: [Case]
  }

  /// `Scripts/fixtures/assignment_golden.py`
  @Test("Sums are those of scipy.optimize.linear_sum_assignment")
  func scipy() throws {
    let url = try #require(
      Bundle.module.url(
        forResource: "assignment_golden", withExtension: "json", subdirectory: "Fixtures"))
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    for known in golden.cases {
      let profits = known.profits.map { Float($0) / 1024 }
      let found = LinearAssignment(maximizing: profits, count: known.count)
      #expect(total(profits, found.columns) * 1024 == Double(known.total), "\(known.name)")
      if known.name.hasPrefix("random") || known.name.hasPrefix("hidden") {
        #expect(found.columns == known.columns, "\(known.name)")
      }
    }
  }
}
