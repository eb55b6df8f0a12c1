// SPDX-License-Identifier: MIT

import Foundation

/// Numbers from numpy and scipy, made by `Scripts/fixtures/statistics_golden.py`.
struct StatisticsGolden: Decodable {
  struct Interval: Decodable {
    let sample: [Double]
    let level: Double
    let seed: UInt64
    let student, bootstrap: [Double]
  }

  /// The sum of the means of two independent samples.
  struct Sum: Decodable {
    let samples: [[Double]]
    let seed: UInt64
    let bootstrap: [Double]
  }

  struct SignFlip: Decodable {
    let a, b: [Double]
    let pValue: Double
  }

  /// Betting on numbers of a range: for a fixed number of them, and at any time.
  struct Bet: Decodable {
    let sample, range: [Double]
    let level: Double
    let fixed, sequence: [Double]
  }

  struct SignFlipInterval: Decodable {
    let differences: [Double]
    let level: Double
    let interval: [Double]
  }

  let intervals: [Interval]
  let sums: [Sum]
  let signFlips: [SignFlip]
  let bets: [Bet]
  let signFlipIntervals: [SignFlipInterval]

  /// The file, read once.
  static let values: StatisticsGolden = {
    let url = Bundle.module.url(
      forResource: "statistics_golden", withExtension: "json", subdirectory: "Fixtures")
    guard let url, let data = try? Data(contentsOf: url),
      let golden = try? JSONDecoder().decode(StatisticsGolden.self, from: data)
    else { preconditionFailure("Expected Fixtures/statistics_golden.json beside the tests.") }
    return golden
  }()
}
