// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// How many examples are measured, and which.
struct SamplingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "How many random examples enter E, the deviation; or all.")
  var samples: SampleCount = .count(50)

  @Option(
    parsing: .unconditional,
    help: "How many random examples enter M, the scale of latent metrics; or all.")
  var scaleSamples: SampleCount = .count(200)

  @Option(
    help: ArgumentHelp(
      "Where the examples of M come from, if not from the data that are measured.",
      valueName: "data"))
  var scaleData: String?

  @Option(help: "The seed of the choice of examples.")
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "How many inputs go through the model at a time.")
  var batch = 16

  @Option(parsing: .unconditional, help: "The level of the confidence intervals, between 0 and 1.")
  var level = 0.95

  func validate() throws {
    guard batch >= 1 else {
      throw ValidationError("'--batch' must be at least 1, but is \(batch).")
    }
    guard level > 0, level < 1 else {
      throw ValidationError(
        "'--level' must be between 0 and 1, such as 0.95, but is \(level.short).")
    }
  }

  /// Sets all of this in a measurement.
  func apply(to measurement: inout DeviationMeasurement, _ dataOptions: DataOptions) throws {
    measurement.exampleCount = samples.count
    measurement.scaleExampleCount = scaleSamples.count
    measurement.scaleDataset = try scaleData.map { try dataOptions.open($0) }
    let shape = measurement.dataset.exampleShape
    if let scale = measurement.scaleDataset, scale.exampleShape != shape {
      throw MeasurementError.exampleShape(
        dataset: scale.name, example: 0, shape: scale.exampleShape, expected: shape)
    }
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
