// SPDX-License-Identifier: MIT

/// A channel whose scalars are all equal, for one example under every transformation.
struct ConstantChannel: Sendable, Hashable {
  let channel: Int
  let value: Float
}

/// A record of the channels that hold one number, the same for every example and transformation.
struct ChannelCounts: Sendable {
  /// The number of channels; 0 before the first example.
  private var count = 0
  private var constants: [Int: Float] = [:]

  /// Returns the channels of one example, rows of outputs `[N, C, ...]`, that are constant.
  static func constants(of outputs: Tensor, rows: Range<Int>) -> [ConstantChannel] {
    guard let channelCount = outputs.rowShape.first, channelCount > 0 else { return [] }
    let rowSize = Tensor.count(of: outputs.rowShape)
    let size = rowSize / channelCount
    guard size > 0 else { return [] }
    return outputs.scalars.withUnsafeBufferPointer { scalars in
      (0..<channelCount).compactMap { channel in
        let value = scalars[rows.lowerBound * rowSize + channel * size]
        for row in rows {
          let start = row * rowSize + channel * size
          for i in start..<start + size where scalars[i] != value { return nil }
        }
        return ConstantChannel(channel: channel, value: value)
      }
    }
  }

  mutating func add(_ found: [ConstantChannel], of channelCount: Int) {
    let own = Dictionary(found.map { ($0.channel, $0.value) }) { first, _ in first }
    constants = count == 0 ? own : constants.filter { own[$0.key] == $0.value }
    count = channelCount
  }

  /// The channels that do not hold one number for every example and transformation so far.
  var varyingChannels: [Int] { (0..<count).filter { constants[$0] == nil } }

  /// The channels without information; `nil` before the first example.
  var summary: ChannelSummary? {
    guard count > 0 else { return nil }
    let zero = constants.values.count { $0 == 0 }
    return ChannelSummary(count: count, zero: zero, constant: constants.count - zero)
  }
}

/// The numbers of channels of a layer that carry no information about the measured examples.
///
/// Such channels are compared like all others, and count as equivariant if they are zero.
public struct ChannelSummary: Sendable, Hashable, Codable {
  /// The number of channels.
  public let count: Int
  /// The number of dead channels: zero everywhere, for every example under every transformation.
  public let zero: Int
  /// The number of channels that hold one other number everywhere, for every example and element.
  public let constant: Int
}

extension ChannelSummary: CustomStringConvertible {
  /// One or two sentences on the channels without information; empty if there are none.
  public var description: String {
    let dead = "\(zero) of \(count) channels are dead: zero for every example and element."
    let fixed = "\(constant) of \(count) channels hold one number for every example and element."
    return [zero > 0 ? dead : nil, constant > 0 ? fixed : nil].compactMap(\.self)
      .joined(separator: " ")
  }
}
