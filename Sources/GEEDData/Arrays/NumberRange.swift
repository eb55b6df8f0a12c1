// SPDX-License-Identifier: MIT

import GEED

/// The least and the greatest number of some examples of an array.
struct NumberRange: Hashable, Sendable {
  let least: Float
  let greatest: Float

  /// The number of examples whose numbers are looked at.
  private static let exampleCount = 32

  /// Finds the range of some of the examples; `nil` if there are none that can be read.
  init?(of examples: [Int], in rows: ArrayRows) {
    let numbers = examples.prefix(Self.exampleCount).compactMap { try? rows.floats(ofRow: $0) }
    guard let least = numbers.joined().min(), let greatest = numbers.joined().max() else {
      return nil
    }
    self.init(least: least, greatest: greatest)
  }

  init(least: Float, greatest: Float) {
    (self.least, self.greatest) = (least, greatest)
  }

  /// Whether the numbers are those of pixels from 0 to some white far above 1, such as 255.
  ///
  /// Standardized pixels reach 3, and have negative numbers.
  var isOfUnscaledPixels: Bool { least >= 0 && greatest > 10 }

  /// Returns a sentence on numbers of images that may not be those that a preprocessing, or a model,
  /// expects; `nil` if there is nothing to say.
  func note(on name: String, _ preprocessing: Preprocessing) -> String? {
    let range = "The numbers of '\(name)' are from \(least.boundText) to \(greatest.boundText)"
    switch preprocessing.statisticsScale {
    case .unit? where max(greatest, -least) > 10:
      let white = greatest > 255 ? nil : 255 as Float
      let options = white.map { "give \(preprocessing.statisticsOptions(scaledBy: $0)), or " } ?? ""
      return
        "\(range), but the means and standard deviations that are applied to them are for values from 0 "
        + "to 1; \(options)scale the numbers before saving them"
        + (white == nil ? "." : " (array / 255).")
    case .bytes? where greatest <= 2 && least >= -2:
      return
        "\(range), but the means and standard deviations that are applied to them are for values from 0 "
        + "to 255; give \(preprocessing.statisticsOptions(scaledBy: 1 / 255))."
    case nil
    where isOfUnscaledPixels && preprocessing.mean.isEmpty
      && preprocessing.standardDeviation.isEmpty:
      return
        "\(range) and are passed on as they are; a model for values from 0 to 1 needs them scaled before "
        + (greatest > 255 ? "they are saved." : "they are saved (array / 255).")
    default: return nil
    }
  }
}

extension [Int] {
  /// Whether this is the shape `[C, H, W]` of an image of 1, 3 or 4 channels and several rows and columns.
  var isOfImage: Bool {
    count == 3 && [1, 3, 4].contains(self[0]) && self[1] > 1 && self[2] > 1
  }
}
