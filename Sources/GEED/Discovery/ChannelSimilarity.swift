// SPDX-License-Identifier: MIT

/// The similarity of every channel to every other one under each element of a group, summed over
/// examples: S_g(a, b) = Σ cos([f(gx)]_a, g[f(x)]_b).
struct ChannelSimilarity: Sendable {
  let channelCount: Int
  /// The order of the group.
  let order: Int
  /// The number of examples so far.
  private(set) var exampleCount = 0
  /// S_g for each element but the identity, `[|G| − 1, C, C]`.
  private var sums: [Float]

  init(channelCount: Int, order: Int) {
    self.channelCount = channelCount
    self.order = order
    sums = Array(repeating: 0, count: (order - 1) * channelCount * channelCount)
  }

  /// The number of bytes of the sums.
  static func byteCount(channelCount: Int, order: Int) -> Int {
    4 * (order - 1) * channelCount * channelCount
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
  }

  /// Returns S_g(a, b) for an element other than the identity.
  func value(_ g: FiniteGroup.Element, _ a: Int, _ b: Int) -> Float {
    sums[((g - 1) * channelCount + a) * channelCount + b]
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
  func deviation(under permutations: [Permutation]) -> Double? {
    guard exampleCount > 0 else { return nil }
    var total = Double(exampleCount * channelCount)
    for g in 1..<order {
      for (channel, image) in permutations[g].images.enumerated() {
        total += Double(value(g, image, channel))
      }
    }
    return -total / Double(exampleCount * channelCount * order)
  }
}
