// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

/// How the examples of M, and random elements, are drawn.
struct DrawingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "The number of random examples for M, the latent scale, or all. (default: 200)",
    transform: SampleCount.init(parsing:))
  var scaleSamples: SampleCount = .count(200)

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "The data for M, if other than those that are measured; of several inputs, as for --data.",
      valueName: "data"))
  var scaleData: [String] = []

  @Option(
    parsing: .unconditional,
    help: "The seed for choosing examples and random elements, and for the bootstrap. (default: 0)",
    transform: seed(parsing:))
  var seed: UInt64 = 0

  /// Returns the examples of *M*, or `nil` if they are those of *E*: also if the data set of *E* is
  /// given again, whose examples are not independent.
  func openScaleData(
    _ location: String?, _ dataOptions: DataOptions, besides data: String, _ dataset: any Dataset,
    inputAxes: InputAxes?
  ) throws -> (any Dataset)? {
    guard let location, location != data else { return nil }
    let scale = try dataOptions.openScale(location, inputAxes: inputAxes)
    return try otherExamples(of: scale, than: dataset) ? scale : nil
  }

  /// Returns whether the examples for M are not those of E; throws if they have another shape.
  func otherExamples(of scale: any Dataset, than dataset: any Dataset) throws -> Bool {
    guard scale.exampleShape == dataset.exampleShape else {
      throw MeasurementError.exampleShape(
        dataset: scale.name, example: 0, shape: scale.exampleShape, expected: dataset.exampleShape)
    }
    return try !scale.hasSameExamples(as: dataset, count: scaleSamples.count, seed: seed)
  }
}

struct SamplingOptions: ParsableArguments {
  @OptionGroup var drawing: DrawingOptions

  @Option(
    parsing: .unconditional,
    help: """
      The number of inputs in one forward pass. (default: \(DeviationMeasurement.usualBatchSize), or 8 \
      or 4 if --memory does not suffice for as many)
      """)
  var batch: Int?

  @OptionGroup var intervals: IntervalOptions

  @Flag(
    help: """
      Widen the intervals so that they hold for all probes at once with the probability --level \
      (Bonferroni), and not for each alone.
      """)
  var simultaneous = false

  func validate() throws {
    try requireRange("--batch", batch, 1...greatestBatch)
  }
}

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
  /// Returns whether two data sets of one shape have equally many examples, and equal ones for *M*.
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
struct SampleCount {
  /// The number, or `nil` for all.
  let count: Int?

  static func count(_ count: Int) -> SampleCount { SampleCount(count: count) }

  private init(count: Int?) {
    self.count = count
  }

  /// Parses a number, or throws an error that states the valid ones.
  init(parsing argument: String) throws {
    count = Int(argument)
    guard argument == "all" || count ?? 0 > 0 else {
      throw ValidationError("expected a whole number from 1 to \(Int.max), or all")
    }
  }
}

// MARK: - Intervals

struct IntervalOptions: ParsableArguments {
  @Option(parsing: .unconditional, help: "The level of the confidence intervals, between 0 and 1.")
  var level = 0.95

  @Option(
    help: """
      The method for the intervals: betting (for metrics whose values have a finite range, softmax \
      and channelwise; valid for every distribution, even if failures are too rare to appear in \
      the sample), bootstrap (studentized, for skewed deviations; narrower), t (Student's), or \
      auto: betting if the range is finite, otherwise bootstrap.
      """)
  var interval: IntervalChoice = .auto

  func validate() throws {
    // Closer to 1, the quantiles of resamples would be dominated by rounding.
    guard level > 0, level <= 0.999_999 else {
      throw ValidationError(
        "'--level' must be between 0 and 1, such as 0.95, at most 0.999999, but is \(level).")
    }
  }

  func rule(seed: UInt64) -> IntervalRule {
    IntervalRule(interval.method, level: level, seed: seed)
  }
}

/// A method by its name on the command line.
enum IntervalChoice: String, ExpressibleByArgument, CaseIterable {
  case auto
  case betting
  case bootstrap
  case studentT = "t"

  var method: IntervalMethod {
    switch self {
    case .auto: .auto
    case .betting: .betting
    case .bootstrap: .bootstrap
    case .studentT: .studentT
    }
  }
}

/// A positive fraction, written `5%` or `0.05`; more than 1 only in percent, because 5 may be meant so.
struct Percentage: ExpressibleByArgument {
  let fraction: Double

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    let digits = isPercent ? String(argument.dropLast()) : argument
    guard let number = Double(digits), number > 0, number.isFinite, isPercent || number <= 1 else {
      return nil
    }
    fraction = isPercent ? number / 100 : number
  }
}
