// SPDX-License-Identifier: MIT

import Foundation

extension Double {
  /// The number for people: three significant digits, with a true minus sign.
  package var shown: String { shown(digits: 3) }

  /// The number for people: so many significant digits, with a true minus sign.
  package func shown(digits: Int) -> String {
    guard isFinite else { return isNaN ? "–" : self < 0 ? "−∞" : "∞" }
    return significant(digits).replacing("e-0", with: "e-").replacing("e+0", with: "e")
      .replacing("e+", with: "e").replacing("-", with: "−")
  }

  /// The number for programs, with six significant digits.
  package var exact: String { String(format: "%.6g", self) }
}

extension ClosedRange<Double> {
  /// Both ends for people.
  package var shown: String { "\(lowerBound.shown) to \(upperBound.shown)" }
}

extension Optional where Wrapped == Double {
  /// The number for people; a dash if it does not exist.
  package var shown: String { map(\.shown) ?? "–" }

  /// The number for programs; empty if it does not exist.
  package var exact: String { map(\.exact) ?? "" }
}

extension Optional where Wrapped == ClosedRange<Double> {
  /// Both ends for people; a dash if there is no interval.
  package var shown: String { map(\.shown) ?? "–" }
}

/// Returns a value with its interval: `0.31 (0.25 to 0.37)`.
func shown(_ value: Double?, _ interval: ClosedRange<Double>?) -> String {
  "\(value.shown) (\(interval.shown))"
}
