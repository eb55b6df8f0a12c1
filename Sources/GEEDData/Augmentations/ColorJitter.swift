// SPDX-License-Identifier: MIT

import GEED

/// A random change of brightness, contrast, saturation and hue, in random order, as torchvision's
/// `ColorJitter`.
public struct ColorJitter: Sendable, Hashable, Encodable {
  /// The half width of the range of each factor around 1, which does not extend below 0.
  public var brightness = 0.0
  public var contrast = 0.0
  public var saturation = 0.0
  /// The greatest shift of the hue, in full turns, at most 1/2.
  public var hue = 0.0
  /// The probability of a change.
  public var probability = 1.0

  /// Creates a jitter that changes nothing.
  public init() {}

  /// Draws the change of one image; `nil` for none.
  func draw(using generator: inout SplitMix64) -> ColorChange? {
    guard generator.nextUnit() < probability else { return nil }
    func factor(_ strength: Double) -> Double {
      generator.next(in: max(0, 1 - strength)...1 + strength)
    }
    let steps: [(Double, ColorChange.Step)] = [
      (brightness, .brightness(factor(brightness))), (contrast, .contrast(factor(contrast))),
      (saturation, .saturation(factor(saturation))), (hue, .hue(generator.next(in: -hue...hue))),
    ]
    let order = randomExamples(steps.count, of: steps.count, seed: generator.next())
    return ColorChange(steps: order.filter { steps[$0].0 != 0 }.map { steps[$0].1 })
  }
}

/// Changes of an image's colours, one after the other.
struct ColorChange: Hashable {
  enum Step: Hashable {
    /// All values are multiplied by a factor.
    case brightness(Double)
    /// The distance of all values from the mean of the grey image is multiplied by a factor.
    case contrast(Double)
    /// The distance of each value from the grey of its pixel is multiplied by a factor.
    case saturation(Double)
    /// The hue is shifted by a number of full turns, in -1/2...1/2.
    case hue(Double)
  }

  let steps: [Step]

  /// Returns the changed image, `[1, H, W]` or `[3, H, W]` with values in 0...1. Images of one channel
  /// have neither saturation nor hue.
  func callAsFunction(_ image: Tensor) -> Tensor {
    let isColored = image.shape[0] == 3
    return steps.reduce(image) { image, step in
      switch step {
      case .brightness(let factor): image.blended(with: nil, keeping: factor)
      case .contrast(let factor): image.blended(with: [image.meanLuma()], keeping: factor)
      case .saturation(let factor):
        isColored ? image.blended(with: image.luma(), keeping: factor) : image
      case .hue(let turns): isColored ? image.huesShifted(by: turns) : image
      }
    }
  }
}

extension Tensor {
  /// Returns an image of three channels in grey, with three equal channels; others unchanged.
  func greyed() -> Tensor {
    guard shape[0] == 3 else { return self }
    let luma = luma()
    return Tensor(shape: shape, scalars: luma + luma + luma)
  }

  /// The luma of every pixel of `[3, H, W]` with the weights of torchvision, which have four digits;
  /// the values themselves for one channel.
  fileprivate func luma() -> [Float] {
    guard shape[0] == 3 else { return scalars }
    let area = shape[1] * shape[2]
    return [Float](unsafeUninitializedCapacity: area) { luma, count in
      scalars.withUnsafeBufferPointer { x in
        for i in 0..<area {
          luma.initializeElement(
            at: i, to: 0.2989 * x[i] + 0.587 * x[area + i] + 0.114 * x[2 * area + i])
        }
      }
      count = area
    }
  }

  fileprivate func meanLuma() -> Float {
    let luma = luma()
    return Float(luma.reduce(0) { $0 + Double($1) } / Double(luma.count))
  }

  /// Returns factor · x + (1 - factor) · other, clamped to 0...1. `other` has one number, or one for
  /// each pixel; `nil` is black.
  fileprivate func blended(with other: [Float]?, keeping factor: Double) -> Tensor {
    var result = self
    let (kept, rest, area) = (Float(factor), Float(1 - factor), shape[1] * shape[2])
    result.scalars.withUnsafeMutableBufferPointer { x in
      if let other, other.count > 1 {
        other.withUnsafeBufferPointer { other in
          for start in stride(from: 0, to: x.count, by: area) {
            for i in 0..<area {
              x[start + i] = min(max(kept * x[start + i] + rest * other[i], 0), 1)
            }
          }
        }
      } else {
        let added = other.map { rest * $0[0] } ?? 0
        for i in x.indices { x[i] = min(max(kept * x[i] + added, 0), 1) }
      }
    }
    return result
  }

  /// Returns an image `[3, H, W]` with hues in HSV shifted by a number of full turns.
  fileprivate func huesShifted(by turns: Double) -> Tensor {
    var result = self
    let (area, turns) = (shape[1] * shape[2], Float(turns))
    result.scalars.withUnsafeMutableBufferPointer { x in
      for i in 0..<area {
        let (r, g, b) = (x[i], x[area + i], x[2 * area + i])
        let (value, least) = (max(r, g, b), min(r, g, b))
        let range = value - least
        guard range > 0 else { continue }
        let saturation = range / value
        let sixths: Float =
          value == r
          ? (g - b) / range : value == g ? 2 + (b - r) / range : 4 + (r - g) / range
        let hue = sixths / 6 + turns
        let position = 6 * (hue - hue.rounded(.down))
        let sector = position.rounded(.down)
        let f = position - sector
        let p = value * (1 - saturation)
        let q = value * (1 - saturation * f)
        let t = value * (1 - saturation * (1 - f))
        (x[i], x[area + i], x[2 * area + i]) =
          switch Int(sector) % 6 {
          case 0: (value, t, p)
          case 1: (q, value, p)
          case 2: (p, value, t)
          case 3: (p, q, value)
          case 4: (t, p, value)
          default: (value, p, q)
          }
      }
    }
    return result
  }
}
