// SPDX-License-Identifier: MIT

/// For each pixel of a result the weighted sum of a window of 2 × 2 pixels of the source: bilinear
/// interpolation with zeros outside.
///
/// Windows lie wholly inside the grid; what a pixel would need from outside has no weight.
public struct WindowRows: Sendable, Hashable {
  /// The width of the grid: how far the lower row of a window is behind the upper one.
  let width: Int
  /// The upper left pixel of each window.
  let origins: [Int32]
  /// Four weights for each window: upper left, upper right, lower left, lower right.
  let weights: [Float]

  /// Creates the windows around the places from which pixels are read.
  ///
  /// - Parameter source: The place for pixel `i`, counted row by row.
  /// - Precondition: The grid has at least two rows and two columns.
  init(height: Int, width: Int, source: (Int) -> (row: Double, column: Double)) {
    precondition(
      height > 1 && width > 1, "Expected at least 2 x 2 pixels, but got \(height) x \(width).")
    var origins = [Int32](repeating: 0, count: height * width)
    var weights = [Float](repeating: 0, count: 4 * height * width)
    for pixel in 0..<height * width {
      let (row, column) = source(pixel)
      let rowTaps = Interpolation.bilinear.taps(at: row)
      let columnTaps = Interpolation.bilinear.taps(at: column)
      let top = min(max(rowTaps.first, 0), height - 2)
      let left = min(max(columnTaps.first, 0), width - 2)
      origins[pixel] = Int32(top * width + left)
      for i in 0..<rowTaps.count where (top...top + 1).contains(rowTaps.first + i) {
        for j in 0..<columnTaps.count where (left...left + 1).contains(columnTaps.first + j) {
          let place = 2 * (rowTaps.first + i - top) + columnTaps.first + j - left
          weights[4 * pixel + place] = Float(rowTaps.weights[i] * columnTaps.weights[j])
        }
      }
    }
    self.width = width
    self.origins = origins
    self.weights = weights
  }

  /// The one source of each pixel, if each has a single one of weight 1.
  var permutation: [Int32]? {
    var sources: [Int32] = []
    sources.reserveCapacity(origins.count)
    for (pixel, origin) in origins.enumerated() {
      let places = (0..<4).filter { weights[4 * pixel + $0] != 0 }
      guard places.count == 1, weights[4 * pixel + places[0]] == 1 else { return nil }
      sources.append(origin + Int32(places[0] / 2 * width + places[0] % 2))
    }
    return sources
  }

  /// The pixels from which pixel `i` is made, with weights other than 0.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    (0..<4).compactMap { place in
      let weight = weights[4 * i + place]
      return weight == 0
        ? nil : (Int(origins[i]) + place / 2 * width + place % 2, Double(weight))
    }
  }
}

extension WindowRows {
  /// Makes all blocks of an array, up to four at a time, so that each window is looked up once for
  /// all of them. Block *b* is made from the block that starts at `origins[b]`.
  @inline(__always)
  func transform<S: BinaryFloatingPoint & SIMDScalar>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, origins: [Int]
  ) {
    let size = self.origins.count
    var block = 0
    while block < origins.count {
      let y0 = y + block * size
      let x0 = x + origins[block]
      switch origins.count - block {
      case 4...:
        let (x1, x2, x3) = (x + origins[block + 1], x + origins[block + 2], x + origins[block + 3])
        forEachWindow { pixel, window in
          y0[pixel] = window.sum(x0)
          y0[pixel + size] = window.sum(x1)
          y0[pixel + 2 * size] = window.sum(x2)
          y0[pixel + 3 * size] = window.sum(x3)
        }
        block += 4
      case 3:
        let (x1, x2) = (x + origins[block + 1], x + origins[block + 2])
        forEachWindow { pixel, window in
          y0[pixel] = window.sum(x0)
          y0[pixel + size] = window.sum(x1)
          y0[pixel + 2 * size] = window.sum(x2)
        }
        block += 3
      default:
        forEachWindow { pixel, window in y0[pixel] = window.sum(x0) }
        block += 1
      }
    }
  }

  @inline(__always)
  private func forEachWindow<S: BinaryFloatingPoint & SIMDScalar>(
    _ body: (Int, Window<S>) -> Void
  ) {
    origins.withUnsafeBufferPointer { origins in
      weights.withUnsafeBufferPointer { weights in
        guard var weight = weights.baseAddress else { return }
        for pixel in origins.indices {
          body(
            pixel,
            Window(
              origin: Int(origins[pixel]), width: width,
              upper: SIMD2(S(weight[0]), S(weight[1])), lower: SIMD2(S(weight[2]), S(weight[3]))))
          weight += 4
        }
      }
    }
  }
}

/// A window with its weights.
private struct Window<S: BinaryFloatingPoint & SIMDScalar> {
  let origin: Int
  let width: Int
  let upper: SIMD2<S>
  let lower: SIMD2<S>

  @inline(__always)
  func sum(_ x: UnsafePointer<S>) -> S {
    let upperPixels = UnsafeRawPointer(x + origin).loadUnaligned(as: SIMD2<S>.self)
    let lowerPixels = UnsafeRawPointer(x + origin + width).loadUnaligned(as: SIMD2<S>.self)
    let columns = upper * upperPixels + lower * lowerPixels
    return columns.x + columns.y
  }
}
