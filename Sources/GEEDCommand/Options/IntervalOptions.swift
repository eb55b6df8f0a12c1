// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// Options for confidence intervals.
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

  /// Returns the interval rule of the library for these options.
  func rule(seed: UInt64) -> IntervalRule {
    IntervalRule(interval.method, level: level, seed: seed)
  }

  /// The level as text: `95 %`, `99.5 %`.
  var levelText: String { level.percentText }
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

/// A positive fraction, written `5%` or `0.05`.
struct Percentage: ExpressibleByArgument, CustomStringConvertible {
  let fraction: Double
  /// The argument as given.
  let text: String

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    let digits = isPercent ? String(argument.dropLast()) : argument
    guard let number = Double(digits), number > 0, number.isFinite else { return nil }
    text = argument
    fraction = isPercent ? number / 100 : number
  }

  var description: String { fraction.percentText }
}

extension Double {
  /// The fraction in percent, with as many digits as it needs: `95 %`, `99.5 %`.
  var percentText: String {
    let percent = (1e8 * self).rounded() / 1e6
    return percent == percent.rounded() && abs(percent) < 1e15
      ? "\(Int(percent)) %" : "\(percent) %"
  }
}
