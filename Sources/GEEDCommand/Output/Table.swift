// SPDX-License-Identifier: MIT

struct Table {
  enum Alignment {
    case left
    case right
  }

  private let alignments: [Alignment]
  private var rows: [[String]]

  init(_ columns: [(heading: String, alignment: Alignment)]) {
    alignments = columns.map(\.alignment)
    rows = [columns.map(\.heading)]
  }

  /// Creates a table with a row for each metric and tensor, and numbers under all other headings.
  init(ofResults headings: [String]) {
    self.init([("metric", .left), ("tensor", .left)] + headings.map { ($0, .right) })
  }

  mutating func add(_ row: [String]) {
    precondition(row.count == alignments.count, "Expected \(alignments.count) entries.")
    rows.append(row.map(\.shown))
  }

  /// The lines, without trailing blanks; columns are separated by two blanks.
  var lines: [String] {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, text in
        let blanks = String(repeating: " ", count: widths[column] - text.count)
        return alignments[column] == .left ? text + blanks : blanks + text
      }
      var line = cells.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
