// SPDX-License-Identifier: MIT

import GEEDReport
import Testing

@Suite struct NumberTextTests {
  @Test(
    "Terminals and reports round in the same way, to four and to three digits",
    arguments: [
      (0.31249, "0.3125", "0.312"), (-1, "-1.000", "−1.00"), (12345.6, "12346", "12346"),
      (0.00012345, "0.0001234", "0.000123"), (1.2341e-7, "1.234e-07", "1.23e−7"),
      (123_456_789_012, "1.235e+11", "1.23e11"), (0, "0", "0"), (-0.0, "0", "0"),
      (.infinity, "infinity", "∞"), (-.infinity, "-infinity", "−∞"), (.nan, "NaN", "–"),
    ])
  func numbers(number: Double, short: String, shown: String) {
    #expect(number.short == short)
    #expect(number.shown == shown)
  }

  @Test(
    "A number that is rounded up to a power of ten has no digit more",
    arguments: [
      (-0.9999999999999987, "-1.000", "−1.00"), (0.99996, "1.000", "1.00"),
      (9.99996, "10.00", "10.0"), (0.000099999, "0.0001000", "0.000100"),
      (999_999_999.9, "1.000e+09", "1.00e9"),
    ])
  func powersOfTen(number: Double, short: String, shown: String) {
    #expect(number.short == short)
    #expect(number.shown == shown)
  }

  @Test func missingNumbersAndIntervals() {
    #expect(Double?.none.shown == "–")
    #expect(Double?.none.short == "–")
    #expect((0.25...0.37).shown == "0.250 to 0.370")
  }

  /// A level of 99.95 % is not 100 %, and neither is a share of 9999 of 10,000.
  @Test func percent() {
    #expect(0.9995.percentText == "99.95 %")
    #expect(0.9999.percent == ">99.9 %")
    #expect(1.0.percent == "100 %")
    #expect(0.0001.percent == "<0.1 %")
  }
}
