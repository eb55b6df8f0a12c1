// SPDX-License-Identifier: MIT

extension RecordedConstant {
  /// The matrix `[count, length]` that takes means over `count` nearly equal parts of `length`
  /// elements. As in libtorch, part i reaches from ⌊i · length / count⌋ to ⌈(i + 1) · length /
  /// count⌉.
  ///
  /// - Parameter isTransposed: Whether to return `[length, count]` instead.
  static func partMeans(
    _ count: Int, of length: Int, isTransposed: Bool = false
  ) -> RecordedConstant {
    var matrix = [Float](repeating: 0, count: count * length)
    for part in 0..<count {
      let places = part * length / count..<((part + 1) * length + count - 1) / count
      for place in places {
        matrix[isTransposed ? place * count + part : part * length + place] =
          1 / Float(places.count)
      }
    }
    return .numbers(matrix, shape: isTransposed ? [length, count] : [count, length])
  }
}
