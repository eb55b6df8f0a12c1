// SPDX-License-Identifier: MIT

import GEED

/// The results of one measurement as rows of text, for documents and other programs.
package struct ResultTable {
  /// The headings of the columns.
  package let headings: [String]

  /// The entries, a row for each result; missing values are empty.
  package let rows: [[String]]

  /// The number of columns before the numbers.
  private let nameCount = 2

  /// Creates the table of the results of a document.
  ///
  /// Columns without any entry are left out.
  package init(_ document: MeasurementDocument) {
    let percent = Int((100 * document.confidenceLevel).rounded())
    let columns: [(heading: String, entry: (ProbeResult) -> String?)] = [
      ("metric", { $0.metric.rawValue }),
      ("tensor", { $0.tensor }),
      ("value", { $0.value?.short }),
      ("\(percent) % interval", { $0.confidenceInterval.map { "[\($0.lowerBound.short), \($0.upperBound.short)]" } }),
      ("floor", { $0.floor?.short }),
      ("M", { $0.scale?.short }),
      ("examples", { "\($0.exampleCount)" }),
    ]
    let used = columns.filter { column in
      document.results.contains { column.entry($0) != nil }
    }
    headings = used.map(\.heading)
    rows = document.results.map { result in used.map { $0.entry(result) ?? "" } }
  }

  /// The table in Markdown (GitHub's), with numbers aligned to the right.
  package var markdown: String {
    let lines =
      [headings, headings.indices.map { $0 < nameCount ? "---" : "---:" }]
      + rows.map { row in
        row.enumerated().map { column, text in column == 1 ? text.markdownCode : text }
      }
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }

  /// The table in LaTeX, with the rules of the package booktabs.
  package var latex: String {
    let alignment = headings.indices.map { $0 < nameCount ? "l" : "r" }.joined()
    let lines = rows.map { row in
      row.enumerated().map { column, text in
        column < nameCount ? text.escapedForLaTeX : text.latexNumber
      }.joined(separator: " & ") + " \\\\"
    }
    let heading = headings.map(\.escapedForLaTeX).joined(separator: " & ") + " \\\\"
    return
      (["\\begin{tabular}{\(alignment)}", "\\toprule", heading, "\\midrule"] + lines
      + ["\\bottomrule", "\\end{tabular}"]).joined(separator: "\n")
  }
}

extension String {
  /// The text as code in a cell of a Markdown table, where nothing but bars is interpreted.
  fileprivate var markdownCode: String {
    let mark = contains("`") ? "`` " : "`"
    return mark + replacing("|", with: "\\|") + String(mark.reversed())
  }

  /// A number, or an interval of numbers, in LaTeX; powers of ten are written out.
  fileprivate var latexNumber: String {
    guard !isEmpty else { return "" }
    let number = replacing(/e([+-])0*(\d+)/) { match in
      " \\times 10^{\(match.1 == "-" ? "-" : "")\(match.2)}"
    }
    return "$\(number.replacing("infinity", with: "\\infty"))$"
  }

  /// The text with LaTeX's special characters escaped.
  package var escapedForLaTeX: String {
    map { character in
      switch character {
      case "\\": "\\textbackslash{}"
      case "^": "\\textasciicircum{}"
      case "~": "\\textasciitilde{}"
      case "#", "$", "%", "&", "_", "{", "}": "\\\(character)"
      default: String(character)
      }
    }.joined()
  }
}
