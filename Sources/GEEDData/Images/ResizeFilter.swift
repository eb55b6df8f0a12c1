// SPDX-License-Identifier: MIT

import RealModule

extension Preprocessing {
  /// The weights by which the pixels around a position make a new pixel, by Pillow's names.
  ///
  /// All but ``nearest`` are widened if the image shrinks, so that every old pixel counts.
  public enum ResizeFilter: String, Sendable, Hashable, Codable, CaseIterable {
    /// The pixel that contains the center of the new one.
    case nearest
    /// The mean of the covered pixels.
    case box
    /// A triangle: linear interpolation if the image grows.
    case bilinear
    /// A Hamming window: sharper than ``bilinear``, without ringing.
    case hamming
    /// The cubic convolution with a = -1/2 (Keys 1981).
    case bicubic
    /// A sinc of three lobes on each side.
    case lanczos
  }
}

extension Preprocessing.ResizeFilter {
  /// The distance beyond which all weights are 0, in new pixels if the image shrinks and old ones if
  /// it grows.
  var halfWidth: Double {
    switch self {
    case .nearest, .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The weight at a distance, before weights are divided by their sum. The formulas are those of
  /// Pillow's `Resample.c` to the last bit.
  func weight(at offset: Double) -> Double {
    let distance = abs(offset)
    switch self {
    case .nearest, .box:
      return offset > -0.5 && offset <= 0.5 ? 1 : 0
    case .bilinear:
      return distance < 1 ? 1 - distance : 0
    case .hamming:
      guard distance > 0 else { return 1 }
      guard distance < 1 else { return 0 }
      let angle = distance * .pi
      return .sin(angle) / angle * (Double(0.54 as Float) + Double(0.46 as Float) * .cos(angle))
    case .bicubic:
      let a = -0.5
      if distance < 1 { return ((a + 2) * distance - (a + 3)) * distance * distance + 1 }
      return distance < 2 ? (((distance - 5) * distance + 8) * distance - 4) * a : 0
    case .lanczos:
      return offset >= -3 && offset < 3 ? Self.sinc(offset) * Self.sinc(offset / 3) : 0
    }
  }

  /// sin πx / πx, 1 at 0.
  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : .sin(x * .pi) / (x * .pi)
  }
}
