// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDOnnx

/// What axes mean after they were split, joined and moved.
@Suite struct LayoutTrackerTests {
  private typealias Axes = [TrackedAxis]

  private static let batch = TrackedAxis(.batch, 7)
  private static let map: [TrackedAxis] = [batch, .rows(6), .columns(8), .features(5)]

  @Test("Windows that are taken apart and put together again are the map")
  func windows() throws {
    let split = try #require(Self.map.reshaped(to: [7, 3, 2, 4, 2, 5]))
    #expect(split[1].rows == nil && split[2].rows == nil)
    let windows = try #require(
      [0, 1, 3, 2, 4, 5].map { split[$0] }.reshaped(to: [7 * 12, 4, 5]))
    #expect(!windows[0].isBatch(of: 7))
    let again = try #require(windows.reshaped(to: [7, 3, 4, 2, 2, 5]))
    let joined = [0, 1, 3, 2, 4, 5].map { again[$0] }.reshaped(to: [7, 6, 8, 5])
    #expect(joined == Self.map)
  }

  @Test("Windows that are put together in another order are no map")
  func shuffledWindows() throws {
    let split = try #require(Self.map.reshaped(to: [7, 3, 2, 4, 2, 5]))
    // Rows inside and outside of windows change places.
    let joined = try #require([0, 2, 1, 3, 4, 5].map { split[$0] }.reshaped(to: [7, 6, 8, 5]))
    #expect(joined[1].rows == nil && joined[2].columns == GridLines(8))
  }

  @Test("Tokens are rows and columns, and columns before rows are not")
  func tokens() throws {
    let tokens = try #require(Self.map.reshaped(to: [7, 48, 5]))
    let sequence = try #require(tokens[1].sequence)
    #expect(sequence.rows == 6 && sequence.columns == 8)
    #expect(sequence.before == 0 && sequence.behind == 0)
    #expect(tokens.reshaped(to: [7, 6, 8, 5]) == Self.map)
    let turned = try #require([0, 2, 1, 3].map { Self.map[$0] }.reshaped(to: [7, 48, 5]))
    #expect(turned[1].sequence == nil)
    // Shapes that cut through lines.
    let other = try #require(tokens.reshaped(to: [7, 16, 3, 5]))
    #expect(other[1].isMixed || other[1].rows == nil)
  }

  @Test("Tokens before the grid are counted, and taken away again")
  func otherTokens() throws {
    let grid = try #require(Self.map.reshaped(to: [7, 48, 5]))[1]
    let sequence = TrackedAxis(.tokens(rows: 6, columns: 8, before: 3, behind: 0), 51)
    #expect(sequence.part(from: 3, count: 48, step: 1) == grid)
    #expect(sequence.part(from: 0, count: 3, step: 1).source == .otherTokens)
    #expect(
      sequence.part(from: 1, count: 50, step: 1).source
        == .tokens(rows: 6, columns: 8, before: 2, behind: 0))
    #expect(sequence.part(from: 10, count: 20, step: 1).isMixed)
    #expect(sequence.part(from: 0, count: 51, step: -1).isMixed)
  }

  @Test("Lines that go round the border are known by their first one")
  func rolled() throws {
    let rows = TrackedAxis.rows(6)
    let (bottom, top) = (
      rows.part(from: 2, count: 4, step: 1), rows.part(from: 0, count: 2, step: 1)
    )
    #expect(bottom.rows == GridLines(total: 6, first: 2, count: 4))
    let topRows = try #require(top.rows)
    let rolled = try #require(bottom.rows?.followed(by: topRows))
    #expect(rolled == GridLines(total: 6, first: 2, count: 6) && !rolled.areAll)
    #expect(!rolled.areCentered)
    let back = TrackedAxis(.rows(rolled), 6)
    let (last, first) = (
      back.part(from: 4, count: 2, step: 1), back.part(from: 0, count: 4, step: 1)
    )
    let firstRows = try #require(first.rows)
    #expect(last.rows?.followed(by: firstRows) == GridLines(6))
    #expect(topRows.followed(by: topRows) == nil)
  }

  @Test(
    "Every so-manieth line is a coarser grid if it reaches from border to border",
    arguments: [
      (0, 4, 2, true), (1, 4, 2, true), (0, 2, 2, false), (4, 2, 2, false), (2, 2, 4, true),
      (0, 2, 4, true), (4, 2, 3, false), (0, 1, 8, false), (7, 1, 100, false), (0, 2, .max, false),
      (.max, 2, 2, false), (0, 3, 4, false),
    ])
  func strided(start: Int, count: Int, step: Int, isGrid: Bool) {
    let part = TrackedAxis.columns(8).part(from: start, count: count, step: step)
    #expect((part.columns?.areCentered == true) == isGrid)
    #expect(part.length == count)
  }

  @Test("Lines that were added behind are known when they are taken away, and when they go round")
  func padded() throws {
    let wide = TrackedAxis.rows(4).padded(before: 0, behind: 3, to: 7)
    let lines = try #require(wide.rows)
    #expect(lines.areAll && !lines.areCentered && lines.offset == -3)
    #expect(wide.part(from: 0, count: 4, step: 1).rows?.areCentered == true)
    #expect(wide.part(from: 3, count: 4, step: 1).rows?.areCentered == false)
    let (bottom, top) = (
      wide.part(from: 2, count: 5, step: 1), wide.part(from: 0, count: 2, step: 1)
    )
    let rolled = try #require(top.rows.flatMap { bottom.rows?.followed(by: $0) })
    #expect(!rolled.areCentered)
    #expect(TrackedAxis(.rows(rolled), 7).padded(before: 1, behind: 1, to: 9).isMixed)
    // Two lines more on one side, one by one.
    let once = TrackedAxis.rows(4).padded(before: 0, behind: 1, to: 5)
    #expect(once.rows?.areCentered == true)
    #expect(once.padded(before: 0, behind: 1, to: 6).rows?.areCentered == false)
    #expect(once.padded(before: 1, behind: 0, to: 6).rows == GridLines(6))
    // Added to a grid of as many lines it is still a grid.
    #expect([TrackedAxis].broadcast([[once], [.rows(5)]], shape: [5])[0] == once)
    #expect([TrackedAxis].broadcast([[wide], [.rows(7)]], shape: [7])[0].isMixed)
  }

  @Test("A single line of several keeps its place")
  func singleLine() throws {
    let (one, rest) = (
      TrackedAxis.rows(6).part(from: 0, count: 1, step: 1),
      TrackedAxis.rows(6).part(from: 1, count: 5, step: 1)
    )
    #expect(one.rows == GridLines(total: 6, first: 0, count: 1))
    let line = try #require(one.rows)
    #expect(rest.rows?.followed(by: line) == GridLines(total: 6, first: 1, count: 6))
  }

  @Test("Features that are shuffled into pixels make a finer grid")
  func pixelShuffle() throws {
    let features: Axes = [Self.batch, .features(12), .rows(3), .columns(4)]
    let split = try #require(features.reshaped(to: [7, 3, 2, 2, 3, 4]))
    let finer = [0, 1, 4, 2, 5, 3].map { split[$0] }.reshaped(to: [7, 3, 6, 8])
    // The features that are left are every fourth.
    #expect(finer.map { Array($0.suffix(2)) } == [.rows(6), .columns(8)])
    // Rows and columns of features that change places are no finer grid.
    let uneven = [0, 1, 2, 4, 3, 5].map { split[$0] }.reshaped(to: [7, 3, 6, 8])
    #expect(uneven?[2].rows == nil)
  }

  @Test("What is known of an operand is known of the sum")
  func broadcast() {
    let sum = Axes.broadcast(
      [Self.map, [TrackedAxis(), TrackedAxis(), TrackedAxis(), .features(5)]], shape: [7, 6, 8, 5])
    #expect(sum == Self.map)
    let square: Axes = [Self.batch, .rows(4), .columns(4)]
    let turned = Axes.broadcast([square, [square[0], square[2], square[1]]], shape: [7, 4, 4])
    #expect(turned[0] == Self.batch && turned[1].isMixed && turned[2].isMixed)
  }
}
