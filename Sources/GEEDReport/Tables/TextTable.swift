// SPDX-License-Identifier: MIT

/// A table of text for documents and other programs.
package struct TextTable: Sendable, Hashable {
  /// The kind of a column's entries.
  package enum Kind: Sendable, Hashable {
    case text
    /// Text that may need several lines.
    case sentence
    /// A name of a program, such as that of a tensor.
    case code
    /// A number, or an interval of numbers.
    case number
  }

  package struct Column: Sendable, Hashable {
    package let heading: String
    package let kind: Kind

    package init(_ heading: String, _ kind: Kind) { (self.heading, self.kind) = (heading, kind) }
  }

  package let columns: [Column]

  /// The entries by row; `nil` if there is no number.
  package let rows: [[String?]]

  /// Creates a table of rows.
  ///
  /// - Parameter columns: The columns, each with the entry of a row. Columns without any entry are
  ///   left out.
  package init<Row>(_ rows: [Row], _ columns: [(column: Column, entry: (Row) -> String?)]) {
    let used = columns.filter { column in rows.contains { column.entry($0) != nil } }
    self.columns = used.map(\.column)
    self.rows = rows.map { row in used.map { $0.entry(row) } }
  }

  /// The table in Markdown (GitHub's), with numbers aligned to the right.
  package var markdown: String {
    let heading = columns.map(\.heading.markdownText)
    let rule = columns.map { $0.kind == .number ? "---:" : "---" }
    let lines = rows.map { row in
      zip(columns, row).map { column, entry in
        guard let entry else { return "–" }
        return switch column.kind {
        case .text, .sentence: entry.markdownText
        case .code: entry.markdownCode
        case .number: entry
        }
      }
    }
    return ([heading, rule] + lines).map { "| \($0.joined(separator: " | ")) |" }
      .joined(separator: "\n")
  }

  /// The table in LaTeX, with the rules of the package booktabs.
  package var latex: String {
    let alignment = columns.map(\.kind.latexAlignment).joined()
    let heading = columns.map(\.heading.latexText)
    let lines = rows.map { row in
      zip(columns, row).map { column, entry in
        guard let entry else { return "--" }
        return switch column.kind {
        case .text, .sentence: entry.latexText
        case .code: "\\texttt{\(entry.latexText)}"
        case .number: entry.latexNumber
        }
      }
    }
    func text(_ row: [String]) -> String { row.joined(separator: " & ") + " \\\\" }
    return
      (["\\begin{tabular}{\(alignment)}", "\\toprule", text(heading), "\\midrule"]
      + lines.map(text) + ["\\bottomrule", "\\end{tabular}"]).joined(separator: "\n")
  }
}

extension TextTable.Kind {
  fileprivate var latexAlignment: String {
    switch self {
    case .text, .code: "l"
    case .sentence: "p{0.25\\linewidth}"
    case .number: "r"
    }
  }
}
