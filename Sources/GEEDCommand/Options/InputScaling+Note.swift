// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

extension InputScaling {
  /// The number of examples whose values are looked at.
  private static let exampleCount = 8

  /// Returns a sentence on values that are not those for which the model's own scaling is made, over some
  /// of the examples; `nil` if they may be, or are no images. Examples that cannot be read are left out.
  ///
  /// - Parameter statesBytes: Whether a sentence also says that pixels from 0 to 255 are what it takes.
  func note(on dataset: any Dataset, statesBytes: Bool) -> String? {
    let shape = dataset.exampleShape
    guard shape.count == 3, [1, 3, 4].contains(shape[0]) else { return nil }
    let chosen = randomExamples(
      min(Self.exampleCount, dataset.count), of: dataset.count, seed: 0)
    let values = chosen.compactMap { try? dataset.example(at: $0).scalars }
    guard let least = values.joined().min(), let greatest = values.joined().max() else {
      return nil
    }
    let beginning = "The model itself \(summary), so it takes pixels from \(pixels.text)"
    if isSuitable(least, greatest) {
      return pixels == .bytes && statesBytes
        ? "\(beginning), which those of '\(dataset.name)' are." : nil
    }
    return
      "\(beginning), but those of "
      + "'\(dataset.name)' reach it with values from \(least.boundText) to \(greatest.boundText). \(remedy)"
  }

  /// Whether values in a range may be pixels that the model takes.
  private func isSuitable(_ least: Float, _ greatest: Float) -> Bool {
    switch pixels {
    // A mean that was subtracted leaves negative values.
    case .bytes: least > -10 && greatest > 10
    case .unit: least > -0.2 && greatest < 10
    case .symmetric: least < 0 && least > -10 && greatest < 10
    }
  }

  private var remedy: String {
    let arrays = "scale the numbers of an array before saving them."
    return switch pixels {
    case .bytes:
      "For images and bytes, give '--pixel-max 255', without --mean and --std; \(arrays)"
    case .unit:
      "For images and bytes, leave out --pixel-max, --mean and --std; \(arrays)"
    case .symmetric:
      "For images and bytes, give '--mean .5,.5,.5 --std .5,.5,.5', one number for each channel; "
        + arrays
    }
  }
}
