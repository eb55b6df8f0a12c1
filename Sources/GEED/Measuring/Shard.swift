// SPDX-License-Identifier: MIT

/// A part of a measurement, for machines that share one.
///
/// Shard *i* of *n* measures what stands at the positions *i*, *i* + *n*, *i* + 2*n*, … of the plan, so
/// that all shards take about as long. Their records together are those of the whole measurement
/// (``MeasurementRecord``), and so are the digits that come of them.
public struct Shard: Sendable, Hashable, Codable {
  /// Which one it is, from 0 on.
  public let index: Int

  /// How many there are.
  public let count: Int

  /// The whole measurement.
  public static let whole = Shard(index: 0, of: 1)

  /// Creates shard `index`, from 0 on, of `count`.
  ///
  /// - Precondition: `index` is from 0 up to `count`.
  public init(index: Int, of count: Int) {
    precondition(
      count >= 1 && (0..<count).contains(index), "Expected a shard of \(count), but got \(index).")
    self.index = index
    self.count = count
  }

  /// Whether this is the whole measurement.
  public var isWhole: Bool { count == 1 }

  /// How many of the positions below `end` are this shard's.
  func positionCount(below end: Int) -> Int { end <= index ? 0 : (end - index - 1) / count + 1 }
}
