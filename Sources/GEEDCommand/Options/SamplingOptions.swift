// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// Options for the choice of examples and for intervals.
struct SamplingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The number of random examples for M, the latent scale, or all. (default: 200)",
    transform: SampleCount.init(parsing:))
  var scaleSamples: SampleCount = .count(200)

  @Option(
    help: ArgumentHelp(
      "The data for M, if other than those that are measured.",
      valueName: "data"))
  var scaleData: String?

  @Option(
    parsing: .unconditional,
    help: "The seed for choosing examples and random elements, and for resampling. (default: 0)",
    transform: seed(parsing:))
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "The number of inputs in one forward pass.")
  var batch = 16

  @OptionGroup var intervals: IntervalOptions

  func validate() throws {
    try requireRange("--batch", batch, 1...greatestBatch)
  }

  /// Returns the examples of *M*, if they have a separate data set.
  ///
  /// If the data set of *E* is given again, its examples are the same and not independent ones:
  /// then *E* and *M* share them, as they do without `--scale-data`.
  ///
  /// - Parameters:
  ///   - dataOptions: The preprocessing of pictures.
  ///   - data: The source of the examples of *E*.
  ///   - dataset: The examples of *E*.
  /// - Throws: `MeasurementError` if their shape differs from that of the others.
  func openScaleData(
    _ dataOptions: DataOptions, besides data: String, _ dataset: any Dataset
  ) throws -> (any Dataset)? {
    guard let scaleData, scaleData != data else { return nil }
    let scale = try dataOptions.openScale(scaleData)
    guard scale.exampleShape == dataset.exampleShape else {
      throw MeasurementError.exampleShape(
        dataset: scale.name, example: 0, shape: scale.exampleShape, expected: dataset.exampleShape)
    }
    return try scale.hasSameExamples(as: dataset, count: scaleSamples.count, seed: seed)
      ? nil : scale
  }
}

/// Options for the number of examples of *E*.
struct PrecisionOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The number of random examples for E, the deviation, or all. (default: 50; all with \
      '--precision')
      """), transform: SampleCount.init(parsing:))
  var samples: SampleCount?

  @OptionGroup var sampling: SamplingOptions

  @Option(
    help: ArgumentHelp(
      """
      Stop as soon as no interval extends further from its value than this fraction of it, such as \
      5%, at the latest after all examples of --samples. The intervals stay valid although the \
      results determine when to stop.
      """, valueName: "part"))
  var precision: Percentage?

  @Option(
    help: ArgumentHelp(
      "The same as 'geed plan': measure only a pilot, and estimate how many examples it takes.",
      valueName: "part"))
  var plan: Percentage?

  func validate() throws {
    guard precision == nil || plan == nil else {
      throw ValidationError("'--plan' measures a pilot only; leave '--precision' out.")
    }
    guard plan == nil || samples == nil else {
      throw ValidationError("'--plan' has a pilot of its own; leave '--samples' out.")
    }
  }

  /// The number of examples for *E*, or `nil` for all.
  var exampleCount: Int? {
    plan != nil
      ? SampleSizePlan.pilotCount : samples.map(\.count) ?? (precision == nil ? 50 : nil)
  }
}

extension Dataset {
  /// Returns whether two data sets of one shape are the same under different names, such as a link
  /// or a copy: they have equally many examples, and those that are drawn for *M* are equal.
  fileprivate func hasSameExamples(
    as other: any Dataset, count drawn: Int?, seed: UInt64
  ) throws -> Bool {
    guard count == other.count else { return false }
    return try randomExamples(min(drawn ?? count, count), of: count, seed: seed).allSatisfy {
      try example(at: $0) == other.example(at: $0)
    }
  }
}

/// A positive number, or `all`.
enum SampleCount: CustomStringConvertible {
  case count(Int)
  case all

  /// Parses a number, or throws an error that states the valid ones.
  init(parsing argument: String) throws {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), count > 0 {
      self = .count(count)
    } else {
      throw ValidationError("expected a whole number from 1 to \(Int.max), or all")
    }
  }

  /// The number, or `nil` for all.
  var count: Int? {
    if case .count(let count) = self { count } else { nil }
  }

  var description: String { count.map(String.init) ?? "all" }
}
