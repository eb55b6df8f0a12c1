// SPDX-License-Identifier: MIT

import Foundation

extension Double {
  /// The number with four significant digits: `0.1234`, `-0.9871`, `1.234e-07`.
  var short: String {
    guard self != 0 else { return "0" }
    guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-infinity" : "infinity" }
    let digits = 3 - Int(Foundation.log10(abs(self)).rounded(.down))
    return (-4...8).contains(3 - digits)
      ? String(format: "%.\(Swift.max(0, digits))f", self) : String(format: "%.3e", self)
  }
}

extension Optional where Wrapped == Double {
  /// The number, or a dash if there is none.
  var short: String { map(\.short) ?? "–" }
}

extension Optional where Wrapped == ClosedRange<Double> {
  /// Both ends, or a dash if there is no interval.
  var short: String { map { "\($0.lowerBound.short) … \($0.upperBound.short)" } ?? "–" }
}

extension Array where Element == Int {
  /// The shape as text: `3 x 32 x 32`.
  var shapeText: String { map(String.init).joined(separator: " x ") }
}
