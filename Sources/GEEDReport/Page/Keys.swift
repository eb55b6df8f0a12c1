// SPDX-License-Identifier: MIT

/// An entry of a chart's legend: a symbol and its meaning.
///
/// Colors are those of the style sheet's classes, because the page allows no style attributes.
enum Key: String {
  case value, twin, noise, floor, chosen
  /// A dot alone.
  case dot
  /// A line with dots, for rotations.
  case line
  /// A dashed line with diamonds, for reflections.
  case dashes

  /// The entry with its meaning.
  func html(_ meaning: String) -> HTML {
    """
    <span class="key"><svg class="key-\(style)" viewBox="0 0 24 14" aria-hidden="true">\(symbol)\
    </svg>\(meaning)</span>
    """
  }

  private var style: String {
    switch self {
    case .value, .dot, .line, .dashes: "value"
    default: rawValue
    }
  }

  private var symbol: HTML {
    switch self {
    case .value:
      #"<circle cx="12" cy="7" r="4"/><path d="M2 7h20" stroke-width="4" opacity=".3"/>"#
    case .twin: #"<circle cx="12" cy="7" r="4" stroke-width="1.5"/>"#
    case .noise: #"<path d="M12 2v10M7 7h10" stroke-width="3"/>"#
    case .floor: #"<path d="M2 1h20v12h-20z"/>"#
    case .chosen: #"<circle cx="12" cy="7" r="5"/>"#
    case .dot: #"<circle cx="12" cy="7" r="4"/>"#
    case .line: #"<path d="M2 7h20" stroke-width="2"/><circle cx="12" cy="7" r="4"/>"#
    case .dashes:
      """
      <path d="M2 7h20" stroke-width="2" stroke-dasharray="4 3" fill="none"/>\
      <path d="M12 2l5 5l-5 5l-5 -5z"/>
      """
    }
  }

  /// Returns the entries of several series, with the symbols, colors and lines that a chart gives
  /// them in this order.
  static func series(_ names: [String], withLines: Bool = true) -> HTML {
    let entries = names.enumerated().map { index, name in
      let dashes = seriesDashes[index % seriesDashes.count]
      let line: HTML =
        withLines
        ? "<path d=\"M0 7h24\" stroke-width=\"2\" fill=\"none\" stroke-dasharray=\"\(dashes)\"/>"
        : ""
      return """
        <span class="key"><svg class="key-series-\(index % 6 + 1)" viewBox="0 0 24 14" \
        aria-hidden="true">\(line)\(seriesSymbols[index % seriesSymbols.count])</svg>\(name)</span>
        """ as HTML
    }
    return "\(entries)"
  }

  /// The symbols of ``Appearance``'s range `symbol`.
  private static let seriesSymbols: [HTML] = [
    #"<circle cx="12" cy="7" r="4"/>"#, #"<path d="M12 2l5 5l-5 5l-5 -5z"/>"#,
    #"<path d="M12 2l5 9h-10z"/>"#, #"<path d="M8 3h8v8h-8z"/>"#,
    #"<path d="M12 2v10M7 7h10" stroke-width="3"/>"#,
  ]

  /// Vega's dashes of several series.
  private static let seriesDashes = ["", "4 2", "2 1", "1 1", "1 2 4 2"]
}

extension ClaimVerdict {
  /// The verdict in words, with the symbol that charts give it.
  var html: HTML {
    """
    <span class="verdict \(rawValue.replacing(" ", with: "-"))">\
    <svg viewBox="0 0 12 12" aria-hidden="true">\(symbol)</svg>\(rawValue)</span>
    """
  }

  private var symbol: HTML {
    switch self {
    case .holds: #"<circle cx="6" cy="6" r="5"/>"#
    case .doesNotHold: #"<path d="M1 1h10v10h-10z"/>"#
    case .notResolved: #"<path d="M6 1l5 5l-5 5l-5 -5z"/>"#
    }
  }
}
