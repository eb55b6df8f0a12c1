// SPDX-License-Identifier: MIT

/// A chart on a page, with a sentence that states the same, a caption, and its values as a table.
struct Figure {
  /// What a click on a mark selects.
  enum Selection: String {
    case probe, example
  }

  /// The element's identifier, and the name of the chart.
  let name: String
  let chart: JSON
  /// The sentence for people who do not see the chart.
  let alternative: String
  var caption: HTML = ""
  var values: HTML = ""
  var selects: Selection?
  /// Whether the chart has its own width, not that of the page.
  var hasOwnWidth = false

  var html: HTML {
    let selection = selects.map { " data-selects=\"\($0.rawValue)\"" as HTML } ?? ""
    let width: HTML = hasOwnWidth ? " data-fixed=\"\"" : ""
    let hint = selects == nil ? "" : " Arrow keys select."
    let caption: HTML = self.caption.text.isEmpty ? "" : "<figcaption>\(self.caption)</figcaption>"
    return """
      <figure id="\(name)" data-chart\(selection)>\
      <div class="plot" tabindex="0" role="img" aria-label="\(alternative + hint)"\(width)></div>\
      <script type="application/json">\(HTML(markup: chart.text))</script>\
      \(caption)\(values)</figure>
      """
  }
}

/// Returns the values of a chart as a table that is folded.
func valuesTable(_ headings: [String], _ rows: [[String]]) -> HTML {
  let head = headings.map { "<th>\($0)</th>" as HTML }
  let body = rows.map { row in
    let cells = row.map { "<td>\($0)</td>" as HTML }
    return "<tr>\(cells)</tr>" as HTML
  }
  return """
    <details><summary>Values</summary><div class="scroll"><table>
    <thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table></div></details>
    """
}

/// A section of a page.
struct Section {
  let id: String
  let title: String
  let figures: [Figure]
  let body: HTML

  init(_ id: String, _ title: String, figures: [Figure] = [], _ body: HTML) {
    (self.id, self.title, self.figures, self.body) = (id, title, figures, body)
  }

  var html: HTML { "<section id=\"\(id)\"><h2>\(title)</h2>\(body)</section>\n" }
}
