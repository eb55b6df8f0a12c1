// SPDX-License-Identifier: MIT

import RealModule

/// A linear map of a grid that acts on its rows and on its columns, one after the other, such as
/// blur and scaling: the products of their wide kernels would not fit into memory.
package struct SeparableMap: Sendable, Hashable {
  let rows: AxisMap
  let columns: AxisMap

  /// Whether the map changes nothing.
  var isIdentity: Bool { rows.isIdentity && columns.isIdentity }

  /// Returns the pixels that contribute to pixel `i`, with their non-zero weights.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    let (row, column) = i.quotientAndRemainder(dividingBy: columns.count)
    return rows.taps(of: row).flatMap { row in
      columns.taps(of: column).map { column in
        (row.source * columns.length + column.source, row.weight * column.weight)
      }
    }
  }

  @inline(__always)
  func transform<S: BinaryFloatingPoint>(_ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>) {
    let width = columns.count
    withUnsafeTemporaryAllocation(of: S.self, capacity: rows.length * width) { between in
      for row in 0..<rows.length {
        for column in 0..<width {
          let first = row * columns.length + Int(columns.firsts[column])
          var sum: S = 0
          for tap in 0..<columns.tapCount {
            sum += S(columns.weights[column * columns.tapCount + tap]) * x[first + tap]
          }
          between[row * width + column] = sum
        }
      }
      for row in 0..<rows.count {
        let line = y + row * width
        line.update(repeating: 0, count: width)
        for tap in 0..<rows.tapCount {
          let weight = S(rows.weights[row * rows.tapCount + tap])
          let source = (Int(rows.firsts[row]) + tap) * width
          for column in 0..<width { line[column] += weight * between[source + column] }
        }
      }
    }
  }
}

/// A linear map of one axis to weighted sums of neighboring positions.
struct AxisMap: Sendable, Hashable {
  /// The number of positions of the source.
  let length: Int
  let tapCount: Int
  /// The first position of the sum for each position of the result.
  let firsts: [Int32]
  /// The weights, `tapCount` for each position of the result.
  let weights: [Float]

  /// The number of positions of the result.
  var count: Int { firsts.count }

  /// Creates a map from the weights that a position of the result gives to positions of the source.
  init(
    length: Int, count: Int? = nil, weights weightsAt: (Int) -> (first: Int, weights: [Double]),
    place: (Int) -> Int?
  ) {
    let dense = (0..<(count ?? length)).map { target in
      var row = [Double](repeating: 0, count: length)
      let (first, weights) = weightsAt(target)
      for (tap, weight) in weights.enumerated() {
        if let source = place(first + tap) { row[source] += weight }
      }
      return row
    }
    let spans = dense.map { row in
      let first = row.firstIndex { $0 != 0 } ?? 0
      return first...max(first, row.lastIndex { $0 != 0 } ?? 0)
    }
    let tapCount = spans.map(\.count).max() ?? 1
    let firsts = spans.map { min($0.lowerBound, length - tapCount) }
    self.length = length
    self.tapCount = tapCount
    self.firsts = firsts.map(Int32.init)
    self.weights = zip(dense, firsts).flatMap { row, first in
      row[first..<first + tapCount].map(Float.init)
    }
  }

  /// Returns the positions that contribute to position `i`, with their non-zero weights.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    (0..<tapCount).compactMap { tap in
      let weight = weights[i * tapCount + tap]
      return weight == 0 ? nil : (Int(firsts[i]) + tap, Double(weight))
    }
  }

  /// Whether each position of the result equals that of the source.
  var isIdentity: Bool {
    tapCount == 1 && count == length && weights.allSatisfy { $0 == 1 }
      && firsts.enumerated().allSatisfy { $0 == $1 }
  }
}

extension GridMap {
  /// Returns the map that enlarges or shrinks an image about its center, with zeros outside. For
  /// shrinking, the kernel is stretched by 1/`factor` (antialiasing, as in Pillow's `resize`).
  package static func scaling(
    by factor: Double, height: Int, width: Int, interpolation: Interpolation = .bilinear
  ) -> GridMap {
    precondition(factor > 0, "Expected a positive factor, but got \(factor).")
    func axis(_ length: Int) -> AxisMap {
      let center = Double(length - 1) / 2
      return AxisMap(length: length) { target in
        interpolation.weights(
          at: center + (Double(target) - center) / factor, stretch: max(1, 1 / factor))
      } place: {
        (0..<length).contains($0) ? $0 : nil
      }
    }
    return GridMap(SeparableMap(rows: axis(height), columns: axis(width)))
  }

  /// Returns the convolution with a Gaussian, truncated at 4 standard deviations of `sigma` pixels,
  /// of the image reflected at its border (`dcba|abcd|dcba`), as by scipy's `gaussian_filter`.
  package static func gaussianBlur(sigma: Double, height: Int, width: Int) -> GridMap {
    precondition(sigma >= 0, "Expected a standard deviation of 0 or more, but got \(sigma).")
    let radius = Int(4 * sigma + 0.5)
    return gaussianBlur(sigma: sigma, radius: radius, height: height, width: width) {
      place, length in
      let folded = (place % (2 * length) + 2 * length) % (2 * length)
      return min(folded, 2 * length - 1 - folded)
    }
  }

  /// Returns the convolution with a Gaussian of `sigma` pixels on `size` × `size` pixels, an odd
  /// number, of the image reflected at its outermost pixels (`dcb|abcd|cba`), as by torchvision's
  /// `gaussian_blur`.
  package static func gaussianBlur(
    sigma: Double, size: Int, height: Int, width: Int
  ) -> GridMap {
    precondition(sigma > 0, "Expected a positive standard deviation, but got \(sigma).")
    let radius = size / 2
    precondition(
      !size.isMultiple(of: 2) && radius < min(height, width),
      "Expected an odd size below \(2 * min(height, width)) pixels, but got \(size).")
    return gaussianBlur(sigma: sigma, radius: radius, height: height, width: width) {
      place, length in
      place < length ? abs(place) : 2 * length - 2 - place
    }
  }

  /// Returns the convolution with a Gaussian up to `radius` pixels from its middle; `reflected` gives
  /// the place on an axis of some length that a place outside of it stands for.
  private static func gaussianBlur(
    sigma: Double, radius: Int, height: Int, width: Int,
    reflected: (_ place: Int, _ length: Int) -> Int
  ) -> GridMap {
    let kernel = (-radius...radius).map { x in
      radius == 0 ? 1 : Double.exp(-Double(x * x) / (2 * sigma * sigma))
    }
    let total = kernel.reduce(0, +)
    let weights = kernel.map { $0 / total }
    func axis(_ length: Int) -> AxisMap {
      AxisMap(length: length) { target in
        (target - radius, weights)
      } place: {
        reflected($0, length)
      }
    }
    return GridMap(SeparableMap(rows: axis(height), columns: axis(width)))
  }

  /// Creates the map, or the identity if it moves nothing.
  private init(_ map: SeparableMap) {
    self = map.isIdentity ? .identity : .separable(map)
  }
}

/// A map of images onto another grid: each new pixel is the mean of the area of old pixels that it
/// covers, so that no old pixel is skipped.
struct AreaAverage: Sendable {
  private let map: SeparableMap

  /// Creates the map from one grid to another, both given as rows and columns.
  init(from source: (height: Int, width: Int), to target: (height: Int, width: Int)) {
    map = SeparableMap(
      rows: Self.shares(of: source.height, in: target.height),
      columns: Self.shares(of: source.width, in: target.width))
  }

  /// Maps every image of a batch `[N, ..., H, W]` onto the new grid.
  func callAsFunction(_ batch: Tensor) -> Tensor {
    let (height, width) = (map.rows.length, map.columns.length)
    precondition(
      Array(batch.shape.suffix(2)) == [height, width],
      "Expected images [..., \(height), \(width)], but got shape \(batch.shape).")
    let grid = [map.rows.count, map.columns.count]
    let (planeSize, size) = (height * width, grid[0] * grid[1])
    let planes = batch.scalars.count / planeSize
    let scalars = [Float](unsafeUninitializedCapacity: planes * size) { result, count in
      count = planes * size
      guard let target = result.baseAddress else { return }
      batch.scalars.withUnsafeBufferPointer { source in
        guard let source = source.baseAddress else { return }
        inParallel(planes, grain: 1 + 32_768 / planeSize) { plane in
          map.transform(source + plane * planeSize, into: target + plane * size)
        }
      }
    }
    return Tensor(shape: batch.shape.dropLast(2) + grid, scalars: scalars)
  }

  /// The shares of old pixels in each new pixel along an axis; their sum is 1.
  private static func shares(of source: Int, in target: Int) -> AxisMap {
    precondition(source > 0 && target > 0, "Expected positive lengths.")
    return AxisMap(length: source, count: target) { i in
      // In units of 1/target of an old pixel, all borders are whole numbers.
      let (start, end) = (i * source, (i + 1) * source)
      let touched = start / target...(end - 1) / target
      return (
        touched.lowerBound,
        touched.map { old in
          Double(min(end, (old + 1) * target) - max(start, old * target)) / Double(source)
        }
      )
    } place: {
      $0
    }
  }
}
