// SPDX-License-Identifier: MIT

/// A map of pictures onto another grid: each new pixel is the mean of the area of old pixels that
/// it covers.
///
/// Averaging acts as antialiasing: no old pixel is skipped. On a finer grid each new pixel has the
/// value of the old pixel that contains it, or a weighted mean of those that it overlaps.
struct AreaAverage: Sendable {
  private let rows: [AxisShares]
  private let columns: [AxisShares]
  private let sourceWidth: Int
  private let sourceHeight: Int

  /// Creates the map from one grid to another, both given as rows and columns.
  ///
  /// - Precondition: All sides are positive.
  init(from source: (height: Int, width: Int), to target: (height: Int, width: Int)) {
    sourceHeight = source.height
    sourceWidth = source.width
    rows = AxisShares.shares(of: source.height, in: target.height)
    columns = AxisShares.shares(of: source.width, in: target.width)
  }

  /// Maps every picture of a batch `[N, ..., H, W]` onto the new grid.
  func callAsFunction(_ batch: Tensor) -> Tensor {
    precondition(
      Array(batch.shape.suffix(2)) == [sourceHeight, sourceWidth],
      "Expected pictures [..., \(sourceHeight), \(sourceWidth)], but got shape \(batch.shape).")
    let planeSize = sourceHeight * sourceWidth
    let size = rows.count * columns.count
    let planes = batch.scalars.count / max(planeSize, 1)
    let scalars = [Float](unsafeUninitializedCapacity: planes * size) { result, count in
      count = planes * size
      batch.scalars.withUnsafeBufferPointer { source in
        inParallel(planes, grain: 1 + 32_768 / planeSize) { plane in
          average(
            UnsafeBufferPointer(rebasing: source[plane * planeSize..<(plane + 1) * planeSize]),
            into: UnsafeMutableBufferPointer(
              rebasing: result[plane * size..<(plane + 1) * size]))
        }
      }
    }
    return Tensor(shape: batch.shape.dropLast(2) + [rows.count, columns.count], scalars: scalars)
  }

  private func average(
    _ plane: UnsafeBufferPointer<Float>, into result: UnsafeMutableBufferPointer<Float>
  ) {
    let width = columns.count
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sourceHeight * width) { narrow in
      for row in 0..<sourceHeight {
        for (column, shares) in columns.enumerated() {
          var sum: Float = 0
          for (k, weight) in shares.weights.enumerated() {
            sum += weight * plane[row * sourceWidth + shares.first + k]
          }
          narrow[row * width + column] = sum
        }
      }
      for (row, shares) in rows.enumerated() {
        for column in 0..<width {
          var sum: Float = 0
          for (k, weight) in shares.weights.enumerated() {
            sum += weight * narrow[(shares.first + k) * width + column]
          }
          result[row * width + column] = sum
        }
      }
    }
  }
}

/// The shares of old pixels in one new pixel along an axis.
private struct AxisShares: Sendable {
  /// The first old pixel that the new one overlaps.
  let first: Int
  /// The shares of that pixel and the following ones; their sum is 1.
  let weights: [Float]

  static func shares(of source: Int, in target: Int) -> [AxisShares] {
    precondition(source > 0 && target > 0, "Expected positive lengths.")
    return (0..<target).map { i in
      // In units of 1/target of an old pixel, all borders are whole numbers.
      let (start, end) = (i * source, (i + 1) * source)
      let touched = start / target...(end - 1) / target
      return AxisShares(
        first: touched.lowerBound,
        weights: touched.map { old in
          Float(min(end, (old + 1) * target) - max(start, old * target)) / Float(source)
        })
    }
  }
}
