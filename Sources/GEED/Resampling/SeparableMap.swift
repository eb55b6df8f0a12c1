// SPDX-License-Identifier: MIT

/// A linear map of a grid that acts on its rows and on its columns, one after the other.
///
/// Blur and scaling are maps of this kind. Their kernels are so wide that the products of the two
/// kernels would not fit into memory.
package struct SeparableMap: Sendable, Hashable {
  /// The map along the height.
  let rows: AxisMap

  /// The map along the width.
  let columns: AxisMap

  /// Whether the map changes nothing.
  var isIdentity: Bool { rows.isIdentity && columns.isIdentity }

  /// Returns the pixels that contribute to pixel `i`, with their non-zero weights.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    let (row, column) = i.quotientAndRemainder(dividingBy: columns.length)
    return rows.taps(of: row).flatMap { row in
      columns.taps(of: column).map { column in
        (row.source * columns.length + column.source, row.weight * column.weight)
      }
    }
  }

  /// Writes the image of one grid.
  ///
  /// - Complexity: O(height · width · taps), taps along one axis.
  @inline(__always)
  func transform<S: BinaryFloatingPoint>(_ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>) {
    let (height, width) = (rows.length, columns.length)
    withUnsafeTemporaryAllocation(of: S.self, capacity: height * width) { between in
      for row in 0..<height {
        for column in 0..<width {
          let first = row * width + Int(columns.firsts[column])
          var sum: S = 0
          for tap in 0..<columns.tapCount {
            sum += S(columns.weights[column * columns.tapCount + tap]) * x[first + tap]
          }
          between[row * width + column] = sum
        }
      }
      for row in 0..<height {
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

/// A linear map of one axis; each position of the result is a weighted sum of neighboring
/// positions.
struct AxisMap: Sendable, Hashable {
  /// The length of the axis.
  let length: Int
  /// The number of positions in each sum.
  let tapCount: Int
  /// The first position of the sum for each position of the result.
  let firsts: [Int32]
  /// The weights, `tapCount` for each position of the result.
  let weights: [Float]

  /// Creates a map from the weights that a position of the result gives to positions of the source.
  ///
  /// - Parameter place: Returns the position of the source for a position on or beyond the axis, or
  ///   `nil` if a zero is read.
  init(
    length: Int, weights weightsAt: (Int) -> (first: Int, weights: [Double]),
    place: (Int) -> Int?
  ) {
    let dense = (0..<length).map { target in
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

  /// Returns the positions that contribute to position `i` of the result, with their non-zero
  /// weights.
  func taps(of i: Int) -> [(source: Int, weight: Double)] {
    (0..<tapCount).compactMap { tap in
      let weight = weights[i * tapCount + tap]
      return weight == 0 ? nil : (Int(firsts[i]) + tap, Double(weight))
    }
  }

  /// Whether each position of the result equals that of the source.
  var isIdentity: Bool {
    tapCount == 1 && weights.allSatisfy { $0 == 1 } && firsts.enumerated().allSatisfy { $0 == $1 }
  }
}
