// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// Bright lines on an image, as segments between points (row, column).
struct Strokes {
  private var segments: [(from: SIMD2<Double>, to: SIMD2<Double>)] = []
  private let halfWidth: Double

  /// Returns dots along a random line between two opposite sides of an image.
  static func dottedLine(
    on image: Tensor, halfWidth: Double, using generator: inout SplitMix64
  ) -> Strokes {
    let (start, end) = across(image, using: &generator)
    var strokes = Strokes(halfWidth: halfWidth)
    let step = 4 * halfWidth
    let length = (end - start).length
    for distance in stride(from: 0, through: length, by: step) {
      let dot = start + (end - start) * (distance / length)
      strokes.segments.append((dot, dot))
    }
    return strokes
  }

  /// Returns a random zigzag line between two opposite sides of an image.
  static func zigzag(
    on image: Tensor, amplitude: Double, halfWidth: Double, using generator: inout SplitMix64
  ) -> Strokes {
    let (start, end) = across(image, using: &generator)
    let along = (end - start) / 8
    let side = SIMD2(-along.y, along.x) / max(along.length, .leastNonzeroMagnitude)
    var strokes = Strokes(halfWidth: halfWidth)
    var last = start
    for corner in 1...8 {
      let swing = corner == 8 ? 0 : corner.isMultiple(of: 2) ? -amplitude : amplitude
      let next = start + along * Double(corner) + side * swing
      strokes.segments.append((last, next))
      last = next
    }
    return strokes
  }

  private init(halfWidth: Double) {
    self.halfWidth = halfWidth
  }

  /// Returns random points on the left and right sides, or on the upper and lower sides.
  private static func across(
    _ image: Tensor, using generator: inout SplitMix64
  ) -> (SIMD2<Double>, SIMD2<Double>) {
    let (height, width) = (Double(image.shape[1] - 1), Double(image.shape[2] - 1))
    let (first, second) = (generator.nextUnit(), generator.nextUnit())
    return generator.next(below: 2) == 0
      ? (SIMD2(first * height, 0), SIMD2(second * height, width))
      : (SIMD2(0, first * width), SIMD2(height, second * width))
  }

  /// Returns the covered share of the pixel at a point, in 0...1.
  func coverage(at point: SIMD2<Double>) -> Float {
    let nearest = segments.lazy.map { point.distance(from: $0.from, to: $0.to) }.min()
    guard let nearest else { return 0 }
    return Float(min(max(halfWidth + 0.5 - nearest, 0), 1))
  }
}

extension Tensor {
  /// Returns the image with strokes drawn over it, in all channels.
  func adding(_ strokes: Strokes) -> Tensor {
    var result = self
    let (height, width) = (shape[1], shape[2])
    for pixel in 0..<height * width {
      let cover = strokes.coverage(at: SIMD2(Double(pixel / width), Double(pixel % width)))
      for channel in 0..<shape[0] {
        let index = channel * height * width + pixel
        result.scalars[index] = max(scalars[index], cover)
      }
    }
    return result
  }
}

extension SIMD2<Double> {
  fileprivate var length: Double { .hypot(x, y) }

  /// The distance to the nearest point of a segment.
  fileprivate func distance(from start: SIMD2, to end: SIMD2) -> Double {
    let along = end - start
    let square = (along * along).sum()
    guard square > 0 else { return (self - start).length }
    let share = Swift.min(Swift.max(((self - start) * along).sum() / square, 0), 1)
    return (self - start - along * share).length
  }
}
