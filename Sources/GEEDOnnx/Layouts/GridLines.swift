// SPDX-License-Identifier: MIT

/// Consecutive rows or columns of a grid, which may wrap around at its end.
struct GridLines: Hashable {
  /// How many lines the grid has.
  var total: Int
  /// The first of these lines.
  var first = 0
  /// How many they are.
  var count: Int
  /// How many more lines the grid has before the picture's center than behind it, where lines were
  /// added, or taken away for good, at one border.
  var skew = 0

  init(_ total: Int) {
    self.total = total
    self.count = total
  }

  init(total: Int, first: Int, count: Int, skew: Int = 0) {
    self.total = total
    self.first = first
    self.count = count
    self.skew = skew
  }

  /// Whether these are all lines, from the first to the last.
  var areAll: Bool { first == 0 && count == total }

  /// Whether some of the lines are those from the grid's other end.
  var goRound: Bool { first + count > total }

  /// How many more of these lines are before the picture's center than behind it.
  var offset: Int { skew + total - count - 2 * first }

  /// Whether these are the lines of a grid of their own, about the same center: at most a line more
  /// is missing, or was added, on one side than on the other, as around convolutions, and none has
  /// gone round.
  var areCentered: Bool { !goRound && abs(offset) <= 1 }

  /// Whether these are all lines of a grid about the picture's center.
  var areWhole: Bool { areAll && areCentered }

  /// These lines and those that follow them, or `nil` if `next` does not begin where these end.
  func followed(by next: GridLines) -> GridLines? {
    guard total == next.total, skew == next.skew, count + next.count <= total,
      (first + count) % total == next.first
    else { return nil }
    return GridLines(total: total, first: first, count: count + next.count, skew: skew)
  }

  /// Some of these lines, `step` apart.
  ///
  /// Lines that are more than one step apart are a coarser grid if they begin within the first step
  /// and end within the last one.
  ///
  /// - Returns: `nil` where they are no consecutive lines of any grid.
  func part(from start: Int, count: Int, step: Int) -> GridLines? {
    guard start >= 0, count > 0, start <= self.count - count else { return nil }
    if step == 1 || count == 1 {
      return GridLines(
        total: total, first: (first + start) % total, count: count, skew: skew)
    }
    let last = self.count - 1 - start
    guard step > 0, areCentered, start < step, step <= last / (count - 1),
      last - (count - 1) * step < step
    else { return nil }
    return GridLines(count)
  }

  /// A grid of these lines and of others at its borders; numbers below 0 take lines away.
  ///
  /// - Parameter length: How many lines that makes.
  /// - Returns: `nil` where the lines have gone round.
  func padded(before: Int, behind: Int, to length: Int) -> GridLines? {
    guard !goRound else { return nil }
    return GridLines(
      total: length, first: 0, count: length, skew: offset + before - behind)
  }

  /// What is wrong with lines that are not about the picture's center, completing "it …".
  func flaw(of kind: String) -> String {
    if goRound, count == total { return "has its \(kind) shifted by \(first) of \(total)" }
    if goRound || abs(total - count - 2 * first) > 1 {
      return "holds only \(count) of \(total) \(kind)"
    }
    return "has \(abs(offset)) more \(kind) added or cut off at one border than at the other"
  }
}
