// SPDX-License-Identifier: MIT

extension DeviationMeasurement {
  /// The number of inputs in a batch if none is chosen.
  package static let usualBatchSize = 16

  /// The smaller numbers that are tried if the memory does not suffice. The test of the model has at
  /// least four rows, so that still smaller ones would save nothing.
  private static let smallerBatchSizes = [8, 4]

  /// Reduces the number of inputs in a batch until the estimated memory is within ``memoryLimit``.
  ///
  /// - Parameter rowShapes: The shapes of one example of the tensors that are probed.
  /// - Returns: Whether it was reduced. If the smallest number does not suffice either, nothing changes:
  ///   the test of the model throws an error that says so.
  package mutating func reduceBatch(toFit rowShapes: [String: [Int]]) -> Bool {
    guard let memoryLimit, memoryEstimate(rowShapes: rowShapes) > memoryLimit else { return false }
    var smaller = self
    for size in Self.smallerBatchSizes where size < batchSize {
      smaller.batchSize = size
      guard smaller.memoryEstimate(rowShapes: rowShapes) <= memoryLimit else { continue }
      batchSize = size
      return true
    }
    return false
  }
}
