// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct DiscMaskTests {
  /// Distances from the center of a 4 × 4 grid: 0.71 in the middle, 1.58 at the sides, 2.12 in the
  /// corners; the radius is 2.
  @Test("A 4 x 4 grid loses its corners")
  func fourByFour() {
    #expect(DiscMask(height: 4, width: 4).columns == [1..<3, 0..<4, 0..<4, 1..<3])
  }

  @Test("One pixel and four are all inside", arguments: [1, 2])
  func small(side: Int) {
    #expect(DiscMask(height: side, width: side).columns.joined().count == side * side)
  }

  @Test("A wide grid keeps the disc of its height")
  func wide() {
    #expect(DiscMask(height: 2, width: 6).columns == [2..<4, 2..<4])
  }

  @Test("The share of pixels inside goes to pi / 4")
  func share() {
    // A rim pixel more or less on 200 rows is 1 %.
    expectClose(
      Double(DiscMask(height: 200, width: 200).columns.joined().count) / 40_000, Double.pi / 4,
      tolerance: 0.01)
  }

  @Test("Quarter turns and reflections keep the disc, to the bit", arguments: [5, 6])
  func symmetry(side: Int) throws {
    var generator = SplitMix64(seed: 1)
    let x = Tensor.random([2, side, side], using: &generator)
    let mask = DiscMask(height: side, width: side)
    let action = try ImageAction.rotationsAndReflections(4).prepared(for: x.shape)
    for g in action.group?.elements ?? 0..<0 {
      #expect(action(g, mask(x)) == mask(action(g, x)))
    }
  }

  @Test("Everything outside becomes zero, everything inside stays")
  func application() {
    let x = Tensor.counting([2, 4, 4])
    let masked = DiscMask(height: 4, width: 4)(x)
    let corners = [0, 3, 12, 15].flatMap { [$0, $0 + 16] }
    for i in x.scalars.indices {
      #expect(masked.scalars[i] == (corners.contains(i) ? 0 : x.scalars[i]))
    }
  }

  @Test("The masked distance has no eye for corners, in any channel")
  func distance() {
    let a = Tensor.counting([2, 4, 4])
    var b = a
    for corner in [0, 3, 12, 15, 16, 19, 28, 31] { b.scalars[corner] = -100 }
    #expect(EuclideanDistance()(a, b) > 0)
    #expect(DiscMasked(EuclideanDistance())(a, b) == 0)
    #expect(DiscMasked(ChannelMean(of: .negativeCosine))(a, b) == -1)
    b.scalars[5] += 1
    #expect(DiscMasked(EuclideanDistance())(a, b) == 1)
  }

  @Test("A masked data set gives masked pictures under the old names")
  func dataset() throws {
    let base = ArrayDataset([.counting([1, 4, 4])], labels: [3], name: "pictures")
    let masked = MaskedDataset(base)
    #expect(try masked.example(at: 0) == DiscMask(height: 4, width: 4)(.counting([1, 4, 4])))
    #expect(masked.name == "pictures" && masked.count == 1 && masked.label(at: 0) == 3)
  }

  @Test("A masked measurement masks pictures and channelwise probes alone")
  func measurement() throws {
    let measurement = sampleMeasurement(under: ImageAction.rotations(4)).masked(by: .disc)
    #expect(measurement.dataset is MaskedDataset && measurement.scaleDataset == nil)
    var scaled = sampleMeasurement(under: ImageAction.rotations(4))
    scaled.scaleDataset = pictures(5)
    #expect(scaled.masked(by: .disc).scaleDataset is MaskedDataset)
    for probe in measurement.probes {
      #expect(
        (probe.distance is DiscMasked<ChannelMean<NegativeCosine>>)
          == (probe.metric == .channelwise))
    }
    #expect(try measurement.run().results.allSatisfy { $0.value != nil })
  }
}
