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

  /// Creates a quad from the tables of ``WindowRows``.
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

  /// Writes the four pixels of `y`, computed from `x`, and prefetches pixels of `x` for a later
  /// quad.
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

/// A scalar type that pictures can have.
protocol ResampledScalar: BinaryFloatingPoint, SIMDScalar, Codable {
  /// Returns two neighboring numbers from each of two positions.
  static func pairs(_ first: UnsafePointer<Self>, _ second: UnsafePointer<Self>) -> SIMD4<Self>
}

extension Float: ResampledScalar {
  /// Loads each pair as one number of twice the size; the compiler would split a pair of two
  /// numbers.
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
