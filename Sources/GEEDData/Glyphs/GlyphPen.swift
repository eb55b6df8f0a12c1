// SPDX-License-Identifier: MIT

import GEED

/// A pen with the random choices of one drawing, such as its width and the placement of the figure.
///
/// Drawing uses only additions, multiplications, divisions and square roots, whose results do not
/// depend on the machine.
struct GlyphPen {
  private static let side = 28

  private let columns: (SIMD2<Double>, SIMD2<Double>)
  private let center: SIMD2<Double>
  private let halfWidth: Double
  private let brightness: Double
  private let wobble: Double

  /// Chooses the pen's width, its brightness, and the affine map from figure to pixels at random.
  init(using generator: inout SplitMix64) {
    let pixels = 9.6 * generator.next(in: 0.88...1.08)
    let aspect = generator.next(in: 0.88...1.12)
    let shear = generator.next(in: -0.18...0.18)
    // The tangent of half an angle up to 11 degrees gives its cosine and sine without trigonometric
    // functions.
    let t = generator.next(in: -0.1...0.1)
    let cosine = (1 - t * t) / (1 + t * t)
    let sine = 2 * t / (1 + t * t)
    let x = SIMD2(cosine, sine) * (pixels * aspect)
    let y = SIMD2(-sine, cosine) * (pixels / aspect)
    columns = (x, y + x * shear)
    center = SIMD2(
      generator.next(in: -1...1) + Double(Self.side) / 2,
      generator.next(in: -1...1) + Double(Self.side) / 2)
    halfWidth = generator.next(in: 0.75...1.35)
    brightness = generator.next(in: 205...255)
    wobble = generator.next(in: 0.02...0.08)
  }

  /// Draws `figure` with its points displaced at random.
  func draw(
    _ figure: GlyphFigure, style: Glyphs.Style, using generator: inout SplitMix64
  ) -> Image {
    var segments: [Segment] = []
    for stroke in figure.strokes {
      let points = stroke.points.map { point in
        let shift = SIMD2(generator.next(in: -1...1), generator.next(in: -1...1))
        return place(point + wobble * shift)
      }
      let path = stroke.isCurved ? Self.curve(through: points, isClosed: stroke.isClosed) : points
      segments += zip(path, path.dropFirst()).map(Segment.init)
    }
    switch style {
    case .plain: return image { min(max(halfWidth + 0.5 - distance($0, segments), 0), 1) }
    case .sketched: return sketch(of: segments, using: &generator)
    }
  }

  private func place(_ point: SIMD2<Double>) -> SIMD2<Double> {
    columns.0 * point.x + columns.1 * point.y + center
  }

  /// Draws the edges of thick strokes on paper that is brighter to one side, with scratches on it.
  private func sketch(
    of segments: [Segment], using generator: inout SplitMix64
  ) -> Image {
    let radius = generator.next(in: 1.5...2.1)
    let paper = generator.next(in: 0.05...0.25)
    let slope = SIMD2(generator.next(in: -1...1), generator.next(in: -1...1)) * (0.2 / 14)
    let strength = generator.next(in: 0.4...0.7)
    let scratches = (0..<5).map { _ in
      let start = SIMD2(generator.next(in: 3...25), generator.next(in: 3...25))
      let way = SIMD2(generator.next(in: -3...3), generator.next(in: -3...3))
      return Segment(start: start, end: start + way)
    }
    return image { point in
      let edge = min(max(1.1 - abs(distance(point, segments) - radius), 0), 1)
      let scratch = min(max(1 - distance(point, scratches), 0), 1) * strength
      let offset = (point - SIMD2(14, 14)) * slope
      let shade = min(max(paper + offset.x + offset.y, 0), 1)
      return max(edge, scratch, shade)
    }
  }

  private func distance(_ point: SIMD2<Double>, _ segments: [Segment]) -> Double {
    var nearest = Double.infinity
    for segment in segments { nearest = min(nearest, segment.squaredDistance(to: point)) }
    return nearest.squareRoot()
  }

  /// Returns the image whose pixels have the given ink coverage, 0 to 1.
  private func image(_ coverage: (SIMD2<Double>) -> Double) -> Image {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(Self.side * Self.side)
    for row in 0..<Self.side {
      for column in 0..<Self.side {
        let middle = SIMD2(Double(column) + 0.5, Double(row) + 0.5)
        pixels.append(UInt8(coverage(middle) * brightness + 0.5))
      }
    }
    return Image(width: Self.side, height: Self.side, channels: 1, pixels: pixels)
  }

  /// Returns a Catmull-Rom curve through `points`, as a polyline with six pieces between
  /// neighbours.
  private static func curve(
    through points: [SIMD2<Double>], isClosed: Bool
  ) -> [SIMD2<Double>] {
    let count = points.count
    func point(_ index: Int) -> SIMD2<Double> {
      isClosed ? points[(index + count) % count] : points[min(max(index, 0), count - 1)]
    }
    var path = [points[0]]
    for start in 0..<(isClosed ? count : count - 1) {
      let (a, b, c, d) = (point(start - 1), point(start), point(start + 1), point(start + 2))
      for step in 1...6 {
        let t = Double(step) / 6
        let cubic = (3 * b - 3 * c + d - a) * (t * t * t)
        let square = (2 * a - 5 * b + 4 * c - d) * (t * t)
        path.append(b + 0.5 * ((c - a) * t + square + cubic))
      }
    }
    return path
  }
}

/// A straight piece of a stroke.
private struct Segment {
  let start: SIMD2<Double>
  let end: SIMD2<Double>

  func squaredDistance(to point: SIMD2<Double>) -> Double {
    let direction = end - start
    let offset = point - start
    let length = dot(direction, direction)
    let share = length > 0 ? min(max(dot(offset, direction) / length, 0), 1) : 0
    let gap = offset - direction * share
    return dot(gap, gap)
  }

  private func dot(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double {
    a.x * b.x + a.y * b.y
  }
}

extension SplitMix64 {
  /// Returns a uniformly distributed number between the bounds.
  mutating func next(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * nextUnit()
  }
}
