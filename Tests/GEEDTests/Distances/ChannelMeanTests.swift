// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct ChannelMeanTests {
  @Test("The mean is that of the channels", arguments: [1, 2, 3, 7])
  func channels(count: Int) {
    var generator = SplitMix64(seed: 15)
    let a = Tensor.random([count, 3, 5], using: &generator)
    let b = Tensor.random([count, 3, 5], using: &generator)
    let mean = (0..<count).reduce(0) { $0 + NegativeCosine()(a.row($1), b.row($1)) } / Double(count)
    #expect(ChannelMean(of: .negativeCosine)(a, b) == mean)
    #expect(ChannelMean(of: .negativeCosine)(a, a) == -1)
  }

  /// Channels (3, 4) and (0, 0) are 5 apart, (1, 0) and (1, 2) are 2 apart: 3.5 in the mean.
  @Test("Two channels by hand")
  func workedByHand() {
    let a = Tensor(shape: [2, 2], scalars: [3, 4, 1, 0])
    let b = Tensor(shape: [2, 2], scalars: [0, 0, 1, 2])
    #expect(ChannelMean(of: .euclidean)(a, b) == 3.5)
  }

  @Test("Zero channels are counted")
  func zeroChannels() {
    let a: [Double] = [0, 0, 1, 2, 0, 0]
    let b: [Double] = [0, 0, 1, 2, 3, 4]
    // Equal, equal, perpendicular: −2/3.
    let comparison = ChannelMean(of: .negativeCosine).compare(a.span, b.span, shape: [3, 2])
    #expect(comparison == Comparison(-2.0 / 3, zeroVectorCount: 2))
  }
}
