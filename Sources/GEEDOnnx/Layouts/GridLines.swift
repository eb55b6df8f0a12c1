// SPDX-License-Identifier: MIT

/// Consecutive rows or columns of a grid, which may wrap around at its end.
struct GridLines: Hashable {
  /// The number of lines of the grid.
  var total: Int
  /// The first of these lines.
  var first = 0
  /// The number of these lines.
  var count: Int
  /// The number of lines before the image's center minus the number after it, in the whole grid.
  /// Nonzero if lines were added, or removed permanently, at one border.
  var skew = 0

  /// Whether these are all lines, from the first to the last.
  var areAll: Bool { first == 0 && count == total }

  /// Whether the lines wrap around from the end of the grid to its start.
  var goRound: Bool { first + count > total }

  /// The number of these lines before the image's center minus the number after it.
  var offset: Int { skew + total - count - 2 * first }

  /// Whether these lines form a grid about the same center: at most one line more is missing, or
  /// was added, on one side than on the other, as around convolutions, and the lines do not wrap
  /// around.
  var areCentered: Bool { !goRound && abs(offset) <= 1 }

  /// Whether these are all lines of a grid that is centered on the image's center.
  var areWhole: Bool { areAll && areCentered }

  /// Joins these lines and `next`; `nil` if `next` does not begin where these lines end.
  func followed(by next: GridLines) -> GridLines? {
    guard total == next.total, skew == next.skew, count + next.count <= total,
      (first + count) % total == next.first
    else { return nil }
    return GridLines(total: total, first: first, count: count + next.count, skew: skew)
  }

  /// Returns `count` of these lines, `step` apart.
  ///
  /// Lines that are more than one step apart form a coarser grid if they begin within the first
  /// step and end within the last one.
  ///
  /// - Returns: `nil` if they are not consecutive lines of any grid.
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

  /// Returns a grid of these lines with lines added at its borders; negative numbers remove lines.
  ///
  /// - Parameter length: The resulting number of lines.
  /// - Returns: `nil` if the lines wrap around.
  func padded(before: Int, behind: Int, to length: Int) -> GridLines? {
    guard !goRound else { return nil }
    return GridLines(
      total: length, first: 0, count: length, skew: offset + before - behind)
  }

  /// The description of lines that are not centered, completing "it …".
  func validationError(of kind: String) -> String {
    if goRound, count == total { return "has its \(kind) shifted by \(first) of \(total)" }
    if goRound || abs(total - count - 2 * first) > 1 {
      return "holds only \(count) of \(total) \(kind)"
    }
    return "has \(abs(offset)) more \(kind) added or cut off at one border than at the other"
  }
}

extension GridLines {
  init(_ total: Int) { self.init(total: total, count: total) }
}
