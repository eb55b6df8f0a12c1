// SPDX-License-Identifier: MIT

import CGEEDMemory

/// Four consecutive pixels of a result: their windows in the source, with the weights.
struct Quad<S: ResampledScalar> {
  /// The first of the four.
  private let pixel: Int
  /// The width of the source.
  private let width: Int
  /// The upper left pixels of the windows.
  private let origins: (Int, Int, Int, Int)
  /// Two pixels that a later quad reads, for prefetching.
  private let laterOrigins: (Int, Int)
  private let upper: (left: SIMD4<S>, right: SIMD4<S>)
  private let lower: (left: SIMD4<S>, right: SIMD4<S>)

  @inline(__always)
  init(
    pixel: Int, width: Int, origins: UnsafePointer<Int32>, laterOrigins: UnsafePointer<Int32>,
    weights: UnsafePointer<Float>
  ) {
    self.pixel = pixel
    self.width = width
    self.origins = (Int(origins[0]), Int(origins[1]), Int(origins[2]), Int(origins[3]))
    self.laterOrigins = (Int(laterOrigins[0]), Int(laterOrigins[2]))
    upper = (Self.vector(weights), Self.vector(weights + 4))
    lower = (Self.vector(weights + 8), Self.vector(weights + 12))
  }

  /// Writes the four pixels, and prefetches pixels of `x` for a later quad.
  @inline(__always)
  func write(_ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>) {
    geed_prefetch(x + laterOrigins.0)
    geed_prefetch(x + laterOrigins.1)
    let above = row(of: x)
    let below = row(of: x + width)
    let sums =
      (upper.left * above.evenHalf + lower.left * below.evenHalf)
      + (upper.right * above.oddHalf + lower.right * below.oddHalf)
    UnsafeMutableRawPointer(y + pixel).storeBytes(of: sums, as: SIMD4<S>.self)
  }

  /// Returns one row of each window: its left and its right pixels.
  @inline(__always)
  private func row(of x: UnsafePointer<S>) -> SIMD8<S> {
    SIMD8(
      lowHalf: S.pairs(x + origins.0, x + origins.1),
      highHalf: S.pairs(x + origins.2, x + origins.3))
  }

  @inline(__always)
  private static func vector(_ weights: UnsafePointer<Float>) -> SIMD4<S> {
    SIMD4(S(weights[0]), S(weights[1]), S(weights[2]), S(weights[3]))
  }
}

/// A scalar type that images can have.
protocol ResampledScalar: BinaryFloatingPoint, SIMDScalar, Codable {
  /// Returns two neighboring numbers from each of two positions.
  static func pairs(_ first: UnsafePointer<Self>, _ second: UnsafePointer<Self>) -> SIMD4<Self>
}

extension Float: ResampledScalar {
  /// Loads each pair as one number of twice the size; the compiler would split a pair.
  @inline(__always)
  static func pairs(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>) -> SIMD4<Float> {
    let pairs = SIMD2(
      UnsafeRawPointer(first).loadUnaligned(as: Double.self),
      UnsafeRawPointer(second).loadUnaligned(as: Double.self))
    return unsafeBitCast(pairs, to: SIMD4<Float>.self)
  }
}

extension Double: ResampledScalar {
  @inline(__always)
  static func pairs(
    _ first: UnsafePointer<Double>, _ second: UnsafePointer<Double>
  ) -> SIMD4<Double> {
    SIMD4(first[0], first[1], second[0], second[1])
  }
}

extension WindowRows {
  /// Computes block *b* from the block that starts at `origins[b]`, three blocks, the channels of
  /// an image, at a time, so that each window is read once for all of them.
  @inline(__always)
  func transform<S: ResampledScalar>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, origins: [Int]
  ) {
    var block = 0
    while block < origins.count {
      let x0 = x + origins[block]
      let y0 = y + block * size
      if block + 3 <= origins.count {
        let (x1, x2) = (x + origins[block + 1], x + origins[block + 2])
        let (y1, y2) = (y0 + size, y0 + 2 * size)
        make(3, at: y0) { quad in
          quad.write(x0, into: y0)
          quad.write(x1, into: y1)
          quad.write(x2, into: y2)
        }
        block += 3
      } else {
        make(1, at: y0) { $0.write(x0, into: y0) }
        block += 1
      }
    }
  }

  /// Computes blocks that begin at `y`: calls `write` for the quads that read some input.
  @inline(__always)
  private func make<S: ResampledScalar>(
    _ blockCount: Int, at y: UnsafeMutablePointer<S>, _ write: (Quad<S>) -> Void
  ) {
    let quadCount = origins.count / 4
    origins.withUnsafeBufferPointer { origins in
      weights.withUnsafeBufferPointer { weights in
        guard let origins = origins.baseAddress, let weights = weights.baseAddress else { return }
        var pixel = 0
        for run in runs {
          let first = Self.firstPixel(ofQuad: run.lowerBound, size: size)
          clear(pixel, first, of: blockCount, at: y)
          var origin = origins + 4 * run.lowerBound
          var weight = weights + 16 * run.lowerBound
          let lead = run.upperBound + Self.lead <= quadCount ? 4 * Self.lead : 0
          pixel = first
          for _ in run {
            write(
              Quad(
                pixel: pixel, width: width, origins: origin, laterOrigins: origin + lead,
                weights: weight))
            pixel &+= 4
            origin += 4
            weight += 16
          }
        }
        clear(pixel, size, of: blockCount, at: y)
      }
    }
  }

  /// Writes zeros to a range of pixels.
  private func clear<S: ResampledScalar>(
    _ start: Int, _ end: Int, of blockCount: Int, at y: UnsafeMutablePointer<S>
  ) {
    guard start < end else { return }
    for block in 0..<blockCount {
      (y + block * size + start).update(repeating: 0, count: end - start)
    }
  }

  /// The prefetch distance in quads, a few rows of an image: the processor does not predict that a
  /// row of the result crosses its source obliquely.
  private static let lead = 256
}
