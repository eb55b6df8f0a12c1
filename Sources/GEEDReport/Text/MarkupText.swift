// SPDX-License-Identifier: MIT

extension String {
  /// The text in one line: line breaks and other control characters are blanks.
  fileprivate var inOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? " " : $0 }))
  }

  // MARK: Markdown

  /// The text in a cell of a Markdown table, without any character that begins markup.
  package var markdownText: String {
    inOneLine.reduce(into: "") { text, character in
      if "\\`*_{}[]<>#|~$&!".contains(character) { text += "\\" }
      text.append(character)
    }
  }

  /// The text as code in a cell of a Markdown table, where nothing but bars is interpreted.
  package var markdownCode: String {
    let text = inOneLine
    guard !text.isEmpty else { return "" }
    // The marks are longer than any row of marks in the text.
    let longest = text.split(whereSeparator: { $0 != "`" }).map(\.count).max() ?? 0
    let mark = String(repeating: "`", count: longest + 1)
    let isPadded = text.hasPrefix("`") || text.hasSuffix("`")
    let blank = isPadded ? " " : ""
    return mark + blank + text.replacing("|", with: "\\|") + blank + mark
  }

  // MARK: LaTeX

  /// The text with the characters escaped that LaTeX interprets, or that its first fonts lack.
  package var latexText: String {
    var (text, last) = ("", Character(" "))
    for character in inOneLine {
      // Two of these would become a dash or a quotation mark.
      let isPair = character == last && "-`',".contains(character)
      text += isPair ? "{}\(character)" : Self.latexEscapes[character] ?? String(character)
      last = character
    }
    return text
  }

  private static let latexEscapes: [Character: String] = [
    "\\": "\\textbackslash{}", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
    "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "{\"}",
    "#": "\\#", "$": "\\$", "%": "\\%", "&": "\\&", "_": "\\_", "{": "\\{", "}": "\\}",
    "−": "$-$", "≥": "$\\ge$", "≤": "$\\le$", "×": "$\\times$", "°": "$^\\circ$",
    "ℓ": "$\\ell$", "₂": "$_2$", "∞": "$\\infty$",
  ]

  /// A number, or an interval of numbers, in LaTeX; powers of ten are written out.
  package var latexNumber: String {
    let number = replacing(/e([+-])0*(\d+)/) { match in
      " \\times 10^{\(match.1 == "-" ? "-" : "")\(match.2)}"
    }
    return "$\(number.replacing("infinity", with: "\\infty"))$"
  }

  // MARK: CSV

  /// The text as a field of CSV (RFC 4180).
  package var csvField: String {
    contains(where: { ",\"\r\n".contains($0) || $0.isNewline })
      ? "\"\(replacing("\"", with: "\"\""))\"" : self
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character or ends a line.
  fileprivate var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }
}
