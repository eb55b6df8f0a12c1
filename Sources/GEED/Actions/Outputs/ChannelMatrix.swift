// SPDX-License-Identifier: MIT

/// A square matrix that mixes the channels of an array, by its entries that are not 0.
struct ChannelMatrix: Sendable, Hashable {
  /// An entry in one row.
  struct Entry: Sendable, Hashable {
    let column: Int
    let weight: Double
  }

  let rows: [[Entry]]

  init(rows: [[Entry]]) {
    self.rows = rows
  }

  /// Creates a diagonal matrix.
  init(diagonal: [Double]) {
    rows = diagonal.enumerated().map { [Entry(column: $0, weight: $1)] }
  }

  /// Creates the matrix that moves channel *i* to `permutation.images[i]`.
  init(_ permutation: Permutation) {
    rows = permutation.inverse.images.map { [Entry(column: $0, weight: 1)] }
  }

  /// Creates a matrix from all of its entries, row by row.
  init(dense entries: [[Double]]) {
    rows = entries.map { row in
      row.enumerated().compactMap { $1 == 0 ? nil : Entry(column: $0, weight: $1) }
    }
  }

  static func identity(_ count: Int) -> ChannelMatrix {
    ChannelMatrix(diagonal: [Double](repeating: 1, count: count))
  }

  var count: Int { rows.count }

  /// Whether the matrix is the identity, but for rounding.
  var isIdentity: Bool { distance(to: .identity(count)) <= Self.tolerance }

  /// The largest difference of entries that rounding explains.
  static let tolerance = 1e-6

  /// The permutation of the channels, if nothing else happens to them.
  var permutation: Permutation? {
    let sources = rows.compactMap { $0.count == 1 && $0[0].weight == 1 ? $0[0].column : nil }
    return Set(sources) == Set(rows.indices) ? Permutation(sources).inverse : nil
  }

  /// Whether all entries are 0 or more.
  var isNonnegative: Bool { rows.allSatisfy { $0.allSatisfy { $0.weight >= 0 } } }

  static func * (a: ChannelMatrix, b: ChannelMatrix) -> ChannelMatrix {
    precondition(a.count == b.count, "Expected \(a.count) channels, but got \(b.count).")
    return ChannelMatrix(
      rows: a.rows.map { row in
        var sums: [Int: Double] = [:]
        for left in row {
          for right in b.rows[left.column] {
            sums[right.column, default: 0] += left.weight * right.weight
          }
        }
        return sums.sorted { $0.key < $1.key }.map { Entry(column: $0.key, weight: $0.value) }
      })
  }

  /// Returns the largest difference of two entries.
  func distance(to other: ChannelMatrix) -> Double {
    precondition(count == other.count, "Expected \(count) channels, but got \(other.count).")
    return zip(rows, other.rows).reduce(0) { largest, pair in
      var differences: [Int: Double] = [:]
      for entry in pair.0 { differences[entry.column, default: 0] += entry.weight }
      for entry in pair.1 { differences[entry.column, default: 0] -= entry.weight }
      return differences.values.reduce(largest) { max($0, abs($1)) }
    }
  }
}

/// A map of every channel of an array, followed by a matrix that mixes the channels.
struct MixedChannels: ArrayMap {
  /// The map of the channels.
  private let base: any ArrayMap
  private let matrix: ChannelMatrix
  let count: Int

  /// - Parameter count: The number of scalars in the array.
  init(_ base: any ArrayMap, mixedBy matrix: ChannelMatrix, count: Int) {
    precondition(
      matrix.count > 0 && count.isMultiple(of: matrix.count),
      "Expected \(matrix.count) equal channels, but got \(count) scalars.")
    self.base = base
    self.matrix = matrix
    self.count = count
  }

  var isIdentity: Bool { base.isIdentity && matrix.isIdentity }

  var hasNegativeWeights: Bool { base.hasNegativeWeights || !matrix.isNonnegative }

  func followed(byParts permutation: Permutation) -> any ArrayMap {
    let parts = ChannelMatrix(permutation)
    guard parts.count == matrix.count else {
      return MixedChannels(self, mixedBy: parts, count: count)
    }
    return MixedChannels(base, mixedBy: parts * matrix, count: count)
  }

  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { moved in
      base.apply(source, to: moved)
      mix(UnsafeBufferPointer(moved), into: result)
    }
  }

  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { moved in
      base.apply(source, to: moved)
      mix(UnsafeBufferPointer(moved), into: result)
    }
  }

  private func mix<Scalar: BinaryFloatingPoint>(
    _ source: UnsafeBufferPointer<Scalar>, into result: UnsafeMutableBufferPointer<Scalar>
  ) {
    let size = count / matrix.count
    for (channel, row) in matrix.rows.enumerated() {
      let target = channel * size
      for i in 0..<size { result[target + i] = 0 }
      for entry in row {
        let (origin, weight) = (entry.column * size, Scalar(entry.weight))
        for i in 0..<size { result[target + i] += weight * source[origin + i] }
      }
    }
  }
}
