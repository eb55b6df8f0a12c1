// SPDX-License-Identifier: MIT

import CGEEDMemory

/// The mean over channels of negative cosines between an output and a moved reference, with the
/// digits of ``ChannelMean`` of ``NegativeCosine`` up to rounding, and without arrays of doubles.
///
/// A few channels at a time are moved in single precision, into memory that stays in the cache, and
/// their three sums are accumulated in double precision. An output that equals the moved reference
/// has exactly −1. Moving by blending rounds each number once more than in double precision, by
/// 6·10⁻⁸ of it at most four times; the mean differs by less than 10⁻⁸ in general. Movements without
/// blending, such as quarter turns, give the same digits.
struct ChannelCosines: Sendable {
  private let maps: [BlockMap]
  private let channelCount: Int
  private let channelSize: Int
  /// The number of channels that are moved at a time, a multiple of 3 (``WindowRows``).
  private let groupSize: Int

  /// Creates the comparison of outputs by the elements of an action; `nil` for another distance, and
  /// for actions that do not move channels as wholes.
  init?(_ action: PreparedAction, distance: any Distance) {
    guard distance is ChannelMean<NegativeCosine>, let channelCount = action.shape.first,
      channelCount > 0
    else { return nil }
    let channelSize = Tensor.count(of: action.shape) / channelCount
    let maps = action.operators.compactMap { $0.map as? BlockMap }
    guard channelSize > 0, maps.count == action.operators.count,
      maps.allSatisfy({ $0.isIdentity || $0.blockSize == channelSize })
    else { return nil }
    self.maps = maps
    self.channelCount = channelCount
    self.channelSize = channelSize
    groupSize = 3 * max(1, Self.scratchSize / (3 * channelSize))
  }

  /// The number of moved scalars that are kept at a time, if a channel is not larger.
  private static let scratchSize = 6_144

  /// Compares *f(gx)* with *g* applied to a reference of the same size.
  func compare(
    _ output: UnsafeBufferPointer<Float>, by g: Int, with reference: UnsafeBufferPointer<Float>
  ) -> Comparison {
    var total = Comparison(0)
    func add(_ channels: Range<Int>, _ moved: UnsafeBufferPointer<Float>) {
      for channel in channels {
        let first = (channel - channels.lowerBound) * channelSize
        let comparison = cosine(
          UnsafeBufferPointer(
            rebasing: output[channel * channelSize..<(channel + 1) * channelSize]),
          UnsafeBufferPointer(rebasing: moved[first..<first + channelSize]))
        total.distance += comparison.distance
        total.zeroVectorCount += comparison.zeroVectorCount
      }
    }
    let map = maps[g]
    if map.isIdentity {
      add(0..<channelCount, reference)
    } else {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: groupSize * channelSize) { moved in
        for first in stride(from: 0, to: channelCount, by: groupSize) {
          let channels = first..<min(first + groupSize, channelCount)
          map.apply(blocks: channels, of: reference, to: moved)
          add(channels, UnsafeBufferPointer(moved))
        }
      }
    }
    total.distance /= Double(channelCount)
    return total
  }

  private func cosine(
    _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>
  ) -> Comparison {
    let (dot, aa, bb) = innerProducts(a, b)
    if let comparison = NegativeCosine.comparison(dot, aa, bb) { return comparison }
    let first = a.map(Double.init)
    let second = b.map(Double.init)
    return NegativeCosine().compare(first.span, second.span, shape: [a.count])
  }
}

/// Returns Σ aᵢbᵢ, Σ aᵢ² and Σ bᵢ² in double precision.
private func innerProducts(
  _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>
) -> (dot: Double, aa: Double, bb: Double) {
  typealias Sums = (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>)
  var sums: Sums = (.zero, .zero, .zero)
  withUnsafeMutableBytes(of: &sums) { bytes in
    geed_product_lanes(
      a.baseAddress, b.baseAddress, a.count, bytes.assumingMemoryBound(to: Double.self).baseAddress)
  }
  return (sums.0.sum(), sums.1.sum(), sums.2.sum())
}
