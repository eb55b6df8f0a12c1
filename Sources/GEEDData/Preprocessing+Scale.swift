// SPDX-License-Identifier: MIT

extension Preprocessing {
  /// The values for which means and standard deviations are made.
  package enum StatisticsScale: Sendable {
    /// From 0 to 1, such as the mean .485.
    case unit
    /// From 0 to 255, such as the mean 123.7.
    case bytes
  }

  /// The values for which ``mean`` and ``standardDeviation`` are made, by their sizes; `nil` if they
  /// change nothing, or do not tell.
  package var statisticsScale: StatisticsScale? {
    let numbers = mean.map(\.magnitude) + standardDeviation
    guard let greatest = numbers.max(), greatest > 0,
      mean.contains(where: { $0 != 0 }) || standardDeviation.contains(where: { $0 != 1 })
    else { return nil }
    return greatest <= 1 ? .unit : greatest >= 16 ? .bytes : nil
  }

  /// A sentence on means and standard deviations that are for another white pixel than ``pixelMax``;
  /// `nil` if they suit it.
  package var scaleNote: String? {
    switch statisticsScale {
    case .unit? where pixelMax >= 16:
      "White pixels are \(pixelMax.text), but the means and standard deviations are for values from 0 to "
        + "1; leave --pixel-max out, or give \(statisticsOptions(scaledBy: pixelMax))."
    case .bytes? where pixelMax == 1:
      "White pixels are 1, but the means and standard deviations are for values from 0 to 255; give "
        + "--pixel-max 255."
    default: nil
    }
  }

  /// The options for means and standard deviations that are this many times as large.
  package func statisticsOptions(scaledBy factor: Float) -> String {
    func list(_ numbers: [Float]) -> String {
      numbers.map { ($0 * factor).text }.joined(separator: ",")
    }
    let count = max(mean.count, standardDeviation.count)
    let deviations =
      standardDeviation.isEmpty ? Array(repeating: 1, count: count) : standardDeviation
    return (mean.isEmpty ? "" : "--mean \(list(mean)) ") + "--std \(list(deviations))"
  }
}

extension Float {
  /// The number with at most six digits, and without a fraction if it has none.
  package var text: String { rounded(toDigits: 6) }

  /// The bound of a range of numbers: four digits, and 0 for what is close to it.
  package var boundText: String { magnitude < 5e-4 ? "0" : rounded(toDigits: 4) }

  private func rounded(toDigits count: Int) -> String {
    guard isFinite, magnitude < 1e9, self != 0 else { return self == 0 ? "0" : "\(self)" }
    var (scale, size) = (1.0, Double(magnitude))
    let limit = (1..<count).reduce(1.0) { power, _ in 10 * power } - 0.5
    while size < limit, scale < 1e12 { (scale, size) = (10 * scale, 10 * size) }
    let rounded = (Double(self) * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
