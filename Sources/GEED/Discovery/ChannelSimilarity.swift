// SPDX-License-Identifier: MIT

/// The similarity of every channel to every other one under each element of a group, summed over
/// examples: S_g(a, b) = Σ cos([f(gx)]_a, g[f(x)]_b). If signs are permitted, also that to the negative
/// of every channel, which is −S_g(a, b) but for pairs of zero vectors, whose cosine is 1 for both.
struct ChannelSimilarity: Sendable {
  let channelCount: Int
  /// The order of the group.
  let order: Int
  /// The number of examples so far.
  private(set) var exampleCount = 0
  /// S_g for each element but the identity, `[|G| − 1, C, C]`.
  private var sums: [Float]
  /// The number of examples for which both channels are zero vectors, in the same order; `nil` if
  /// signs are not permitted.
  private var zeroPairs: [Float]?

  init(channelCount: Int, order: Int, permitsSigns: Bool = false) {
    self.channelCount = channelCount
    self.order = order
    sums = Array(repeating: 0, count: (order - 1) * channelCount * channelCount)
    zeroPairs = permitsSigns ? sums : nil
  }

  /// Whether channels may also be compared with negative ones.
  var permitsSigns: Bool { zeroPairs != nil }

  /// The number of bytes of the sums.
  static func byteCount(channelCount: Int, order: Int, permitsSigns: Bool) -> Int {
    (permitsSigns ? 8 : 4) * (order - 1) * channelCount * channelCount
  }

  /// Adds the cosines of one example's outputs, *f(gx)*, to moved outputs, *g f(x)*, of the same
  /// example or of another one.
  mutating func add(outputs: [ChannelDirections], moved: [ChannelDirections]) {
    precondition(
      outputs.count == order - 1 && moved.count == order - 1,
      "Expected outputs for \(order - 1) elements, but got \(outputs.count).")
    let size = channelCount * channelCount
    sums.withUnsafeMutableBufferPointer { sums in
      // Each element has its own part of the sums.
      nonisolated(unsafe) let sums = sums
      inParallel(order - 1) { index in
        outputs[index].addCosines(
          to: moved[index],
          into: UnsafeMutableBufferPointer(rebasing: sums[index * size..<(index + 1) * size]))
      }
    }
    exampleCount += 1
    guard permitsSigns else { return }
    for index in 0..<order - 1 {
      for a in outputs[index].zeroChannels {
        let row = index * size + a * channelCount
        for b in moved[index].zeroChannels { zeroPairs?[row + b] += 1 }
      }
    }
  }

  /// Returns S_g(a, b) for an element other than the identity, or the similarity of *a* to the
  /// negative of *b*.
  func value(
    _ g: FiniteGroup.Element, _ a: Int, _ b: Int, isNegative: Bool = false
  ) -> Float {
    let index = ((g - 1) * channelCount + a) * channelCount + b
    return isNegative ? 2 * (zeroPairs?[index] ?? 0) - sums[index] : sums[index]
  }

  /// Returns the similarities of some channels to their negatives, in the given order.
  func negativeMatrix(_ g: FiniteGroup.Element, of channels: [Int]) -> [Float] {
    channels.flatMap { a in channels.map { b in value(g, a, b, isNegative: true) } }
  }

  /// Returns S_g of some channels, in the given order.
  func matrix(_ g: FiniteGroup.Element, of channels: [Int]) -> [Float] {
    let first = (g - 1) * channelCount * channelCount
    return [Float](unsafeUninitializedCapacity: channels.count * channels.count) { result, count in
      for a in channels {
        let row = first + a * channelCount
        for b in channels {
          result.initializeElement(at: count, to: sums[row + b])
          count += 1
        }
      }
    }
  }

  /// Returns the channelwise deviation of all examples so far if channels are permuted: −1 for equal
  /// outputs, as in eq. 5; the identity counts as −1.
  func deviation(under permutations: [SignedPermutation]) -> Double? {
    guard exampleCount > 0 else { return nil }
    var total = Double(exampleCount * channelCount)
    for g in 1..<order {
      for (channel, image) in permutations[g].images.enumerated() {
        total += Double(
          value(g, image, channel, isNegative: permutations[g].isNegative[channel]))
      }
    }
    return -total / Double(exampleCount * channelCount * order)
  }
}
