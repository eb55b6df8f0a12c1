// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// Measures the share of 95 % intervals that contain the true value, on maps with a known
/// deviation, and prints Markdown tables for the article Intervals.
///
///     swift run -c release CoverageSimulation [repetitions]
@main
struct CoverageSimulation {
  static func main() throws {
    let repetitions = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000
    print("95 % intervals, \(repetitions) repetitions, holding the true value in % of them.\n")
    printIntervals(repetitions)
    printReplicates(repetitions)
    try printStopping(repetitions / 10)
  }

  /// Prints the coverage of intervals over examples, for both methods.
  private static func printIntervals(_ repetitions: Int) {
    print("| map | true value | skewness | N | t | bootstrap-t | too low | too high |")
    print("|---|---|---|---|---|---|---|---|")
    for simulatedMap in SimulatedMap.all {
      for count in [20, 50] {
        var (student, bootstrap) = (Coverage(), Coverage())
        var generator = SplitMix64(seed: 1)
        for repetition in 0..<repetitions {
          let statistic = simulatedMap.statistic(count, using: &generator)
          student.add(statistic.confidenceInterval(), truth: simulatedMap.truth)
          bootstrap.add(
            IntervalRule(seed: UInt64(repetition)).interval(of: statistic),
            truth: simulatedMap.truth)
        }
        print(
          "| \(simulatedMap.name) | \(simulatedMap.truth.text(4)) "
            + "| \(simulatedMap.skewness.text(1)) | \(count) | \(student.share.text(1)) "
            + "| \(bootstrap.share.text(1)) | \(bootstrap.shareBelow.text(1)) "
            + "| \(bootstrap.shareAbove.text(1)) |")
        fflush(nil)
      }
    }
  }

  /// Prints the coverage of intervals of runs that stop when they are precise enough.
  private static func printStopping(_ repetitions: Int) throws {
    print("\n| precision | repetitions | covered | examples in the mean | precise |")
    print("|---|---|---|---|---|")
    let stopped = StoppedMeasurement()
    for precision in [0.4, 0.2] {
      var coverage = Coverage()
      var (examples, precise) = (0, 0)
      for repetition in 0..<repetitions {
        let outcome = try stopped.measure(precision: precision, seed: UInt64(repetition))
        coverage.add(outcome.interval, truth: stopped.truth)
        examples += outcome.exampleCount
        precise += outcome.isPrecise ? 1 : 0
      }
      print(
        "| ±\(Int(100 * precision)) % | \(repetitions) | \(coverage.share.text(1)) "
          + "| \(examples / repetitions) | \((100 * Double(precise) / Double(repetitions)).text(1)) |"
      )
    }
  }

  /// Prints the coverage of intervals over models and examples.
  private static func printReplicates(_ repetitions: Int) {
    print(
      "\n| models | N | σ of models | of examples | of both | models x examples | models | examples |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for (models, count) in [(3, 50), (10, 50)] {
      for spread in [(0.0, 1.0, 1.0), (0.1, 1, 1), (0.3, 1, 1), (1, 1, 1)] {
        var coverages = [Coverage(), Coverage(), Coverage()]
        var generator = SplitMix64(seed: 2)
        for _ in 0..<repetitions {
          let replicates = ReplicateMean(
            crossed(models: models, examples: count, spread: spread, using: &generator))
          let means = Estimate(replicates.models.map(\.value))
          let examples = replicates.models[0]
          coverages[0].add(replicates.confidenceInterval(), truth: 0)
          coverages[1].add(means.confidenceInterval(), truth: 0)
          coverages[2].add(examples.confidenceInterval(), truth: 0)
        }
        print(
          "| \(models) | \(count) | \(spread.0.text(1)) | \(spread.1.text(1)) | \(spread.2.text(1)) "
            + "| " + coverages.map { $0.share.text(1) }.joined(separator: " | ") + " |")
      }
    }
  }

  /// Returns statistics of models that differ, on examples that differ.
  private static func crossed(
    models: Int, examples: Int, spread: (Double, Double, Double), using generator: inout SplitMix64
  ) -> [Estimate] {
    let exampleEffects = (0..<examples).map { _ in spread.1 * generator.nextGaussian() }
    return (0..<models).map { _ in
      let modelEffect = spread.0 * generator.nextGaussian()
      return Estimate(
        exampleEffects.map { modelEffect + $0 + spread.2 * generator.nextGaussian() })
    }
  }
}

/// The coverage of intervals, and the shares that miss the value on either side.
struct Coverage {
  private var count = 0
  private var below = 0
  private var above = 0

  /// Adds an interval; a missing interval counts as one that misses the value.
  mutating func add(_ interval: ClosedRange<Double>?, truth: Double) {
    count += 1
    guard let interval else {
      below += 1
      return
    }
    if interval.upperBound < truth { below += 1 }
    if interval.lowerBound > truth { above += 1 }
  }

  /// The share of intervals below the value, in %.
  var shareBelow: Double { 100 * Double(below) / Double(count) }

  /// The share of intervals above the value, in %.
  var shareAbove: Double { 100 * Double(above) / Double(count) }

  /// The share of intervals that contain the value, in %.
  var share: Double { 100 - shareBelow - shareAbove }
}

extension Double {
  /// Returns the number with the given number of digits after the decimal point.
  func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
