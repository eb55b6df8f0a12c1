// SPDX-License-Identifier: MIT

import GEED
import Testing
import _GEEDTestSupport

@Suite struct LinearMapTests {
  /// On two coordinates that C2 swaps, the commutator of [[1, 2], [3, 4]] with the swap P:
  /// WP = [[2, 1], [4, 3]], PW = [[3, 4], [1, 2]], difference [[−1, −3], [3, 1]], of norm √20;
  /// ‖W‖ = √30.
  @Test func commutatorByHand() throws {
    let swap = try AxisPermutations.symmetric(2, axis: .last).prepared(for: [2])
    let map = LinearMap(inputShape: [2], outputShape: [2], entries: [1, 2, 3, 4])
    let norm = map.commutator(inputAction: swap, outputAction: swap)
    #expect(norm.perElement[0] == 0)
    expectClose(norm.largest, (20.0 / 30).squareRoot(), tolerance: 1e-15)
    #expect(norm.worstElement == "10")
    #expect(norm.group == "S2@-1" && norm.elements == ["01", "10"])
  }

  /// The mean of W and PWP: [[1 + 4, 2 + 3], [3 + 2, 4 + 1]] / 2.
  @Test func projectionByHand() throws {
    let swap = try AxisPermutations.symmetric(2, axis: .last).prepared(for: [2])
    let map = LinearMap(inputShape: [2], outputShape: [2], entries: [1, 2, 3, 4])
    let projected = map.projected(inputAction: swap, outputAction: swap)
    #expect(projected.entries == [2.5, 2.5, 2.5, 2.5])
    #expect(projected.commutator(inputAction: swap, outputAction: swap).isExact)
  }

  @Test func matrixOfAFunction() {
    let map = LinearMap(inputShape: [3], outputShape: [2]) { [$0[0] - $0[2], 2 * $0[1]] }
    #expect(map.entries == [1, 0, -1, 0, 2, 0])
    #expect(map([1, 2, 3]) == [-2, 4])
    #expect(map.norm == 6.0.squareRoot())
  }

  @Test func composition() {
    let first = LinearMap(inputShape: [2], outputShape: [2], entries: [0, 1, 1, 0])
    let second = LinearMap(inputShape: [2], outputShape: [1], entries: [1, 2])
    #expect(second.composed(with: first).entries == [2, 1])
  }

  @Test("The map that is 0 everywhere commutes with everything")
  func zeroMap() throws {
    let swap = try AxisPermutations.symmetric(3, axis: .last).prepared(for: [3])
    let zero = LinearMap(inputShape: [3], outputShape: [3], entries: Array(repeating: 0, count: 9))
    #expect(zero.commutator(inputAction: swap, outputAction: swap).isExact)
  }

  @Test("Invariance is equivariance to the trivial action")
  func invariance() throws {
    let rotation = try ImageAction.rotations(4).prepared(for: [1, 3, 3])
    let nothing = try TrivialAction(.cyclic(4)).prepared(for: [1])
    let mean = LinearMap(
      inputShape: [1, 3, 3], outputShape: [1], entries: Array(repeating: 0.5, count: 9))
    #expect(mean.commutator(inputAction: rotation, outputAction: nothing).isExact)
    var corner = mean.entries
    corner[0] = 1.5
    let uneven = LinearMap(inputShape: [1, 3, 3], outputShape: [1], entries: corner)
    // One corner of four is off by 1: two entries differ by 1 under each turn.
    let norm = uneven.commutator(inputAction: rotation, outputAction: nothing)
    for turn in 1...3 {
      expectClose(norm.perElement[turn], (2 / 4.25).squareRoot(), tolerance: 1e-15)
    }
  }
}
