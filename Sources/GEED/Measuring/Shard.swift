// SPDX-License-Identifier: MIT

/// A part of a measurement, for several machines that share one measurement.
///
/// Shard *i* of *n* measures the units at positions *i*, *i* + *n*, *i* + 2*n*, … of the plan, so
/// that all shards take about the same time. The records of all shards together are those of the
/// whole measurement (``MeasurementRecord``), and so are the digits of the result.
public struct Shard: Sendable, Hashable, Codable {
  /// The number of the shard, from 0.
  public let index: Int

  /// The number of shards.
  public let count: Int

  /// The whole measurement.
  public static let whole = Shard(index: 0, of: 1)

  /// Creates shard `index`, counted from 0, of `count`.
  ///
  /// - Precondition: `index` is not negative and less than `count`.
  public init(index: Int, of count: Int) {
    precondition(
      count >= 1 && (0..<count).contains(index), "Expected a shard of \(count), but got \(index).")
    self.index = index
    self.count = count
  }

  /// Whether this is the whole measurement.
  public var isWhole: Bool { count == 1 }

  /// Returns the number of positions below `end` that belong to this shard.
  func positionCount(below end: Int) -> Int { end <= index ? 0 : (end - index - 1) / count + 1 }
}
