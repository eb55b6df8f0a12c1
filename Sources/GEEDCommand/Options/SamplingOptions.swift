// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// How many examples are measured, and which.
struct SamplingOptions: ParsableArguments {
  @Option(help: "How many random examples enter E, or all.")
  var samples: SampleCount = .count(50)

  @Option(help: "How many random examples enter M, or all.")
  var scaleSamples: SampleCount = .count(200)

  @Option(help: "Where the examples of M come from, if not from the data that are measured.")
  var scaleData: String?

  @Option(help: "The seed of the choice of examples.")
  var seed: UInt64 = 0

  @Option(help: "How many inputs go through the model at a time.")
  var batch = 16

  @Option(help: "The level of the confidence intervals, between 0 and 1.")
  var level = 0.95

  func validate() throws {
    guard batch >= 1 else {
      throw ValidationError("'--batch' must be at least 1, but is \(batch).")
    }
    guard level > 0, level < 1 else {
      throw ValidationError("'--level' must be between 0 and 1, but is \(level).")
    }
  }

  /// Sets all of this in a measurement.
  func apply(to measurement: inout DeviationMeasurement, _ dataOptions: DataOptions) throws {
    measurement.exampleCount = samples.count
    measurement.scaleExampleCount = scaleSamples.count
    measurement.scaleDataset = try scaleData.map { try dataOptions.open($0) }
    measurement.seed = seed
    measurement.batchSize = batch
    measurement.confidenceLevel = level
  }
}

/// A positive number, or `all`.
enum SampleCount: ExpressibleByArgument, CustomStringConvertible {
  case count(Int)
  case all

  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), count > 0 {
      self = .count(count)
    } else {
      return nil
    }
  }

  /// The number, `nil` for all.
  var count: Int? {
    if case .count(let count) = self { count } else { nil }
  }

  var description: String { count.map(String.init) ?? "all" }
}
