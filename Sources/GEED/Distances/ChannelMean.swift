// SPDX-License-Identifier: MIT

/// The mean over channels of another distance (eq. 5): channel *i* of one output is compared with
/// channel *i* of the other, each read as a vector of its H·W scalars.
///
/// - Shape: `[C, ...]` with at least one channel.
/// - Complexity: That of the other distance for each channel.
public struct ChannelMean<Base: Distance>: Distance {
  /// The distance of two channels.
  public let base: Base

  /// Creates the mean over channels of `base`.
  public init(of base: Base) {
    self.base = base
  }

  public var range: ClosedRange<Double> { base.range }

  public var ofEqualOutputs: Double? { base.ofEqualOutputs }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let channelShape = Array(shape.dropFirst())
    let size = Tensor.count(of: channelShape)
    precondition(
      !shape.isEmpty && shape[0] > 0 && shape[0] * size == a.count && a.count == b.count,
      "Expected channels [C, ...] that hold \(a.count) scalars, but got shape \(shape).")
    var total = Comparison(0)
    for channel in 0..<shape[0] {
      let range = channel * size..<(channel + 1) * size
      let comparison = base.compare(
        a.extracting(range), b.extracting(range), shape: channelShape)
      total.distance += comparison.distance
      total.zeroVectorCount += comparison.zeroVectorCount
    }
    total.distance /= Double(shape[0])
    return total
  }
}
