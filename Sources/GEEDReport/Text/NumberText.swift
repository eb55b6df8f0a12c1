// SPDX-License-Identifier: MIT

import Foundation

extension Double {
  /// The fraction as text: `87.5 %`. Only 0 is `0 %`, and only 1 is `100 %`.
  package var percent: String {
    if self > 0, self < 0.0005 { return "<0.1 %" }
    if self < 1, self >= 0.9995 { return ">99.9 %" }
    let text = (1000 * self).rounded() / 10
    return text == text.rounded() ? "\(Int(text)) %" : "\(text) %"
  }

  /// The fraction in percent, with as many digits as it needs: `95 %`, `99.5 %`.
  package var percentText: String {
    let percent = (1e8 * self).rounded() / 1e6
    return percent == percent.rounded() && abs(percent) < 1e15
      ? "\(Int(percent)) %" : "\(percent) %"
  }

  /// The number with four significant digits: `0.1234`, `-0.9871`, `1.234e-07`.
  package var short: String { significant(4) }

  /// The number rounded to significant digits, in the characters of ASCII; in powers of ten if the
  /// rounded number is below 0.0001, or has more than nine digits before the point.
  package func significant(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-infinity" : "infinity" }
    guard self != 0 else { return "0" }
    let power = String(format: "%.\(digits - 1)e", self)
    guard let mark = power.lastIndex(of: "e"),
      let exponent = Int(power[power.index(after: mark)...]),
      (-4...8).contains(exponent)
    else { return power }
    return String(format: "%.\(Swift.max(0, digits - 1 - exponent))f", self)
  }
}

extension Optional where Wrapped == Double {
  /// The number, or a dash if there is none.
  package var short: String { map(\.short) ?? "–" }
}

extension Optional where Wrapped == ClosedRange<Double> {
  /// Both ends, or a dash if there is no interval.
  package var short: String { map { "\($0.lowerBound.short) … \($0.upperBound.short)" } ?? "–" }
}

extension Array where Element == Int {
  /// The shape as text: `3 x 32 x 32`.
  package var shapeText: String { map(String.init).joined(separator: " x ") }
}
