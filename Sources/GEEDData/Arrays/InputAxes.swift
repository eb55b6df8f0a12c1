// SPDX-License-Identifier: MIT

/// The axes of the input of a model, as far as they decide how an array is read.
public struct InputAxes: Sendable, Hashable {
  /// The length of every axis with that of the batch, in the model's own order; `nil` for one that is
  /// not fixed.
  public let lengths: [Int?]

  /// Whether channels are on the last axis, `[N, H, W, C]`.
  public let hasChannelsLast: Bool

  /// Creates a description of an input.
  public init(lengths: [Int?], hasChannelsLast: Bool = false) {
    self.lengths = lengths
    self.hasChannelsLast = hasChannelsLast
  }

  /// Creates a description of an input of which only the number of axes is known.
  public init(count: Int) {
    self.init(lengths: Array(repeating: nil, count: count))
  }

  /// The number of axes, with that of the batch.
  public var count: Int { lengths.count }
}

extension InputAxes {
  /// How a row of an array has the axes of the input.
  enum Reading {
    /// As `[C, H, W]`, or it is none of these.
    case usual
    /// Only as `[H, W, C]`, the input's own order.
    case channelsLast
    /// Both as `[C, H, W]` and as `[H, W, C]`.
    case both
  }

  /// Returns how rows of a shape can be read as examples of the input.
  func reading(ofRows row: [Int]) -> Reading {
    guard hasChannelsLast, row.count == 3, lengths.count == 4, lengths[3] != nil else {
      return .usual
    }
    let own = lengths.dropFirst()
    func fits(_ row: [Int]) -> Bool { zip(own, row).allSatisfy { $0 == nil || $0 == $1 } }
    guard fits(row) else { return .usual }
    return fits([row[1], row[2], row[0]]) ? .both : .channelsLast
  }
}
