// SPDX-License-Identifier: MIT

@testable import GEEDReport
import Testing

@Suite struct OrbitDiagramSectionTests {
  private func vectors(_ tensor: String, _ value: Double?) -> OrbitDiagram.Vectors {
    OrbitDiagram.Vectors(
      tensor: tensor, outputs: [[0, 1], [1, 0.5]],
      deviation: OrbitDiagram.Deviation(perElement: [0.1, 0.3], value: value))
  }

  private func diagram(value: Double? = 0.2) -> OrbitDiagram {
    let grids: [OrbitDiagram.Grid] = [[[0, 1], [0.5, 0]], [[0, 0.5], [1, 0]]]
    return OrbitDiagram(
      model: "CNN 0", data: "digits", example: 7, group: "C2", elements: ["r0", "r1"],
      inputs: grids,
      block: OrbitDiagram.Block(
        tensor: "block3", channel: 5, outputs: grids, references: grids.reversed(),
        deviation: OrbitDiagram.Deviation(perElement: [-1, -0.5], value: -0.75)),
      features: vectors("features", value), probabilities: vectors("logits", 0.01))
  }

  @Test func meansAreTakenOverTheOrbit() {
    #expect(vectors("features", nil).mean == [0.5, 0.75])
  }

  @Test("A diagram is one chart with an image for each element and row, and both means")
  func tables() throws {
    let page = ReportPage(ReportContent(diagrams: [diagram()]))
    #expect(page.charts.map(\.name) == ["figure1"])
    // Two elements in rows of inputs, outputs, references and features, and the mean of features.
    #expect(page.tables["diagram-images"]?.count == 9)
    // Two classes for two elements and their mean.
    #expect(page.tables["diagram-bars"]?.count == 6)
    // Five rows, three columns, and three deviations of two elements with their means.
    #expect(page.tables["diagram-texts"]?.count == 5 + 3 + 9)
  }

  @Test("A deviation that is not defined is a dash")
  func undefined() throws {
    let page = ReportPage(ReportContent(diagrams: [diagram(value: nil)]))
    let texts = try #require(page.tables["diagram-texts"]?.json.text)
    #expect(texts.contains("–"))
    #expect(!texts.contains("nan"))
  }

  @Test("Rows of different lengths are left out, and do not end the page")
  func ragged() {
    var diagram = diagram()
    diagram.inputs[1] = [[0, 1], [0.5]]
    let page = ReportPage(ReportContent(diagrams: [diagram]))
    #expect(page.tables["diagram-images"]?.count == 8)
  }
}
