// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// How many examples are measured, and which.
struct SamplingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      How many random examples enter E, the deviation; or all. (default: 50, all with \
      '--precision')
      """), transform: SampleCount.init(parsing:))
  var samples: SampleCount?

  @Option(
    parsing: .unconditional,
    help: "How many random examples enter M, the scale of latent metrics; or all. (default: 200)",
    transform: SampleCount.init(parsing:))
  var scaleSamples: SampleCount = .count(200)

  @Option(
    help: ArgumentHelp(
      "Where the examples of M come from, if not from the data that are measured.",
      valueName: "data"))
  var scaleData: String?

  @Option(
    parsing: .unconditional, help: "The seed of the choice of examples. (default: 0)",
    transform: seed(parsing:))
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "How many inputs go through the model at a time.")
  var batch = 16

  @OptionGroup var intervals: IntervalOptions

  @Option(
    help: ArgumentHelp(
      """
      Stop as soon as all intervals reach no further from the value than this part of it, such as \
      5%; at most all examples. They stay valid although the run decides by itself when to stop.
      """, valueName: "part"))
  var precision: Percentage?

  @Option(
    help: ArgumentHelp(
      """
      Measure 20 examples only, and say how many will take the intervals to this part of the value, \
      such as 5%, and how long.
      """, valueName: "part"))
  var plan: Percentage?

  func validate() throws {
    try requireRange("--batch", batch, 1...greatestBatch)
    guard precision == nil || plan == nil else {
      throw ValidationError("'--plan' measures a pilot only; leave '--precision' out.")
    }
    guard plan == nil || samples == nil else {
      throw ValidationError("'--plan' has a pilot of its own; leave '--samples' out.")
    }
  }

  /// How many examples enter *E*; `nil` for all.
  var exampleCount: Int? {
    plan != nil
      ? SampleSizePlan.pilotCount : samples.map(\.count) ?? (precision == nil ? 50 : nil)
  }

  /// The examples of *M*, where they have a data set of their own.
  ///
  /// The data that are measured, named once more, are the same examples and not others: then *E* and
  /// *M* share them, as they do without `--scale-data`.
  ///
  /// - Parameters:
  ///   - dataOptions: What happens to pictures.
  ///   - data: Where the examples of *E* come from.
  ///   - dataset: The examples of *E*.
  /// - Throws: `MeasurementError` if they are not of the shape of the others.
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

extension Dataset {
  /// Whether two data sets of one shape are the same under different names, such as a link or a copy:
  /// equally many examples, and those that are drawn for *M* are equal.
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

  /// Reads a number, or says which there are.
  init(parsing argument: String) throws {
    if argument == "all" {
      self = .all
    } else if let count = Int(argument), count > 0 {
      self = .count(count)
    } else {
      throw ValidationError("expected a whole number from 1 to \(Int.max), or all")
    }
  }

  /// The number, `nil` for all.
  var count: Int? {
    if case .count(let count) = self { count } else { nil }
  }

  var description: String { count.map(String.init) ?? "all" }
}
