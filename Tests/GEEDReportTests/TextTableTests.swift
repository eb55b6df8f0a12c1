// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct TextTableTests {
  private func document(tensors: [String]) -> MeasurementDocument {
    var results = tensors.map {
      result(
        .softmax, $0, perElement: [0, 1], perExample: [0.25, 0.75], elementNames: ["r0", "r1"])
    }
    results.append(ProbeResult(.latent, tensor: "none"))
    return MeasurementDocument(
      model: .init(path: "model.onnx"),
      data: .init(path: "images", exampleCount: 9, shape: [1, 2, 2]),
      group: "C2", seed: 0, confidenceLevel: 0.95, results: results)
  }

  /// Columns without any number are left out; a missing number is a dash.
  @Test func markdown() {
    #expect(
      TextTable(document(tensors: ["a|b", "`c``d"])).markdown == """
        | metric | tensor | value | 95 % interval | examples |
        | --- | --- | ---: | ---: | ---: |
        | softmax | `a\\|b` | 0.5000 | [0.4000, 0.6000] | 2 |
        | softmax | ``` `c``d ``` | 0.5000 | [0.4000, 0.6000] | 2 |
        | latent | `none` | – | – | 0 |
        """)
  }

  @Test func latex() {
    #expect(
      TextTable(document(tensors: ["a_b", "\\x--{y}\n%"])).latex == """
        \\begin{tabular}{llrrr}
        \\toprule
        metric & tensor & value & 95 \\% interval & examples \\\\
        \\midrule
        softmax & \\texttt{a\\_b} & $0.5000$ & $[0.4000, 0.6000]$ & $2$ \\\\
        softmax & \\texttt{\\textbackslash{}x-{}-\\{y\\} \\%} & $0.5000$ & $[0.4000, 0.6000]$ & $2$ \\\\
        latent & \\texttt{none} & -- & -- & $0$ \\\\
        \\bottomrule
        \\end{tabular}
        """)
  }

  @Test(arguments: [
    ("1.234e-07", "$1.234 \\times 10^{-7}$"), ("1.234e+11", "$1.234 \\times 10^{11}$"),
    ("[0, infinity]", "$[0, \\infty]$"),
  ])
  func latexNumbers(text: String, latex: String) {
    #expect(text.latexNumber == latex)
  }

  @Test func claims() {
    let claims = [
      Claim(
        "CNNs | a* < b", [ClaimPart("a − b", [1, 1.5, 2], .below, 0), ClaimPart("c", [], .above)])
    ]
    let rows = TextTable(claims).markdown.split(separator: "\n")
    // Student's interval for 1, 1.5, 2: 1.5 ± 4.3027 · 0.5 / √3.
    #expect(
      rows[2]
        == "| CNNs \\| a\\* \\< b | a − b | 1.500 | [0.2579, 2.742] | < 0 | does not hold |")
    #expect(rows[3] == "| CNNs \\| a\\* \\< b | c | – | – | > 0 | not resolved |")
    #expect(
      CommaSeparated.lines(of: claims)[2] == "CNNs | a* < b,c,,,,above,0.0,0,not resolved")
  }

  @Test(
    arguments: [("plain", "plain"), ("a,b", "\"a,b\""), ("\"", "\"\"\"\""), ("a\nb", "\"a\nb\"")])
  func csv(text: String, field: String) {
    #expect(text.csvField == field)
  }
}
