// SPDX-License-Identifier: MIT

/// A table of text.
package struct Table {
  package enum Alignment {
    case left
    case right
  }

  private let alignments: [Alignment]
  private let nameCount: Int
  private var rows: [[String]]

  /// - Parameter nameCount: The number of first columns that every block of a wide table repeats; by
  ///   default those before the numbers.
  package init(_ columns: [(heading: String, alignment: Alignment)], nameCount: Int? = nil) {
    alignments = columns.map(\.alignment)
    self.nameCount = nameCount ?? alignments.prefix { $0 == .left }.count
    rows = [columns.map(\.heading)]
  }

  /// Creates a table with a row for each metric and tensor, and numbers under all other headings.
  init(ofResults headings: [String]) {
    self.init([("metric", .left), ("tensor", .left)] + headings.map { ($0, .right) })
  }

  package mutating func add(_ row: [String]) {
    precondition(row.count == alignments.count, "Expected \(alignments.count) entries.")
    rows.append(row.map(\.shown))
  }

  /// The lines, without trailing blanks; columns are separated by two blanks.
  ///
  /// On a terminal, columns that do not fit beside the others follow in further blocks, which repeat
  /// the columns of names, and names longer than a third of the width are
  /// shortened in the middle. Elsewhere the table has one block.
  package var lines: [String] { lines(fitting: Terminal.width) }

  /// The lines for a number of columns of characters, or in one block if it is `nil`.
  func lines(fitting width: Int?) -> [String] {
    let limit = width.map { max(8, $0 / 3) } ?? .max
    let shown = rows.map { row in
      row.enumerated().map { $0 < nameCount ? $1.shortenedInTheMiddle(to: limit) : $1 }
    }
    let widths = alignments.indices.map { column in shown.map { $0[column].count }.max() ?? 0 }
    let nameWidth = widths.prefix(nameCount).reduce(0) { $0 + $1 + 2 }
    var (blocks, used) = ([[Int]](), Int.max / 2)
    for column in alignments.indices.dropFirst(nameCount) {
      if used + widths[column] > width ?? .max || blocks.isEmpty {
        blocks.append([])
        used = nameWidth
      }
      blocks[blocks.count - 1].append(column)
      used += widths[column] + 2
    }
    return (blocks.isEmpty ? [[]] : blocks).map { block in
      shown.map { row in
        (Array(0..<nameCount) + block).map { column in
          let blanks = String(repeating: " ", count: widths[column] - row[column].count)
          return alignments[column] == .left ? row[column] + blanks : blanks + row[column]
        }.joined(separator: "  ").withoutTrailingBlanks
      }
    }.reduce([]) { $0.isEmpty ? $1 : $0 + [""] + $1 }
  }
}

extension String {
  /// The text with at most `limit` characters, with an ellipsis in place of those in the middle.
  func shortenedInTheMiddle(to limit: Int) -> String {
    guard count > limit else { return self }
    return prefix((limit - 1) / 2) + "…" + suffix(limit - 1 - (limit - 1) / 2)
  }

  fileprivate var withoutTrailingBlanks: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }

  /// The text in lines of at most `width` characters, broken between words; lines but the first are
  /// indented by two blanks. `nil` does not break it.
  func wrapped(to width: Int?) -> [String] {
    guard let width, count > width else { return [self] }
    var lines = [""]
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      let last = lines[lines.count - 1]
      if last.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " \(word)"
      } else {
        lines.append("  \(word)")
      }
    }
    return lines
  }
}
