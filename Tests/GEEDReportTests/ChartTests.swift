// SPDX-License-Identifier: MIT

import GEED
import GEEDReport
import Testing

@Suite struct ChartTests {
  private static let charts: [(name: String, chart: JSON)] = [
    ("depth", Chart.depth(.channelwise, run: 0, title: "deviation", domain: -1...0, count: 3)),
    (
      "depths",
      Chart.depths(
        .channelwise, models: ["a", "b"], title: "deviation", axis: "depth", hasFloor: true)
    ),
    ("controls", Chart.controls(.latent, run: 1, title: "deviation", domain: 0...0.5, count: 2)),
    ("orbit", Chart.orbit()),
    ("elements", Chart.elements(count: 16, hasOrbits: true)),
    ("distribution", Chart.distribution(rows: 14)),
    ("histogram", Chart.histogram()),
    ("lattice", Chart.lattice(height: 264)),
    ("scatter", Chart.scatter("accuracies", kinds: ["a"], x: "deviation", y: "accuracy")),
    (
      "trajectory",
      Chart.trajectory("softmax a'b", series: ["a", "b"], title: "deviation", isShare: false)
    ),
    (
      "trajectory-accuracy",
      Chart.trajectory("accuracy", series: ["a", "b"], title: "accuracy", isShare: true)
    ),
    ("matrix", Chart.matrix(comparison: 0, models: ["a", "b"], data: ["c"], inverse: 0.34)),
    ("bars", Chart.bars(comparison: 1, title: "deviation", domain: 0...0.5, count: 2)),
    (
      "intervals",
      Chart.intervals(comparison: 0, models: ["a", "b"], title: "deviation, nats", count: 2)
    ),
    (
      "forest",
      Chart.forest(
        claim: 0, title: "above 0", labels: ["a", "b"], verdicts: ["holds", "not resolved"])
    ),
    ("square", Chart.square()),
    ("config-page", Appearance.page.config),
    ("config-paper", Appearance.paper.config),
  ]

  @Test("The charts are as recorded", arguments: charts.map(\.name))
  func snapshots(name: String) throws {
    let chart = try #require(Self.charts.first { $0.name == name }).chart
    try expectSnapshot(chart, name)
  }

  @Test("Charts have no colors and fonts of their own", arguments: charts.map(\.name))
  func appearance(name: String) throws {
    guard !name.hasPrefix("config") else { return }
    let text = try #require(Self.charts.first { $0.name == name }).chart.text
    #expect(!text.contains("var(--"))
    #expect(!text.contains("#"))
    #expect(!text.contains("font"))
  }

  /// Vega cannot interpolate colors that are variables of a style sheet.
  @Test func everyStyleThatMarksNameExists() throws {
    guard case .object(let styles)? = Appearance.page.config["style"] else {
      Issue.record("there are no styles")
      return
    }
    for (name, chart) in Self.charts where !name.hasPrefix("config") {
      #expect(Set(chart.styleNames).isSubset(of: styles.keys), "\(name)")
    }
  }

  @Test(
    "Charts on paper have their data and a width in points", arguments: PaperChart.Width.allCases)
  func paper(width: PaperChart.Width) throws {
    let report = ReportPage(
      ReportContent(
        measurements: [try largeMeasurement()], trainings: sampleTrainings(),
        claims: try sampleClaims(), comparisons: sampleComparisons()))
    for chart in report.charts {
      let paper = PaperChart(
        chart, tables: report.tables, width: width, probe: report.primaryProbe ?? -1
      ).specification
      let side = chart.name == "orbit" ? 226 : width.rawValue
      #expect(paper["width"]?.number == side, "\(chart.name)")
      #expect((paper["height"]?.number ?? 0) > 0, "\(chart.name)")
      #expect(paper["config"]?["font"] == Appearance.paper.config["font"])
      #expect(!paper.text.contains("var(--"))
    }
    let orbit = try #require(report.charts.first { $0.name == "orbit" })
    let paper = PaperChart(orbit, tables: report.tables, width: width, probe: 5, example: 2)
    #expect(
      paper.specification["params"]
        == [["name": "probe", "value": 5], ["name": "example", "value": 2]])
    #expect(paper.specification["datasets"]?["orbits"]?.elements?.count == 48)
  }

  /// Vega-Lite sorts the names of series, and the keys of a page name their symbols in order.
  @Test func rotationsHaveTheFirstSymbol() throws {
    let layers = try #require(Chart.orbit()["layer"]?.elements)
    let domains = layers.compactMap { $0["encoding"]?["shape"]?["scale"]?["domain"] }
    #expect(domains.count == 3)
    #expect(Set(domains) == [["rotation", "reflection"]])
  }

  @Test func modelsOnPaperHaveALegend() throws {
    let report = ReportPage(
      ReportContent(measurements: [
        try largeMeasurement(model: "a.onnx"), try largeMeasurement(model: "b.onnx"),
      ]))
    let chart = try #require(report.charts.first { $0.name == "depth-channelwise" })
    let paper = PaperChart(chart, tables: report.tables, width: .narrow).specification
    let points = try #require(paper["layer"]?.elements?.last?["encoding"])
    #expect(points["color"]?["legend"] == nil)
    #expect(points["shape"]?["legend"] == nil)
    #expect(points["color"]?["scale"]?["domain"] == ["a", "b"])
  }

  @Test(
    "Depths are those of the graph, or places in the order of the probes if a model's are unknown",
    arguments: [true, false])
  func depths(areKnown: Bool) throws {
    var (first, second) = (
      try largeMeasurement(model: "a.onnx"), try largeMeasurement(model: "b.onnx")
    )
    // The probes are not in the order of depth.
    let depths = [
      "block1/conv": 0.5, "block2/conv": 0.25, "block3/conv": 0.75, "features": 0.9, "logits": 1,
    ]
    first.depths = depths
    if areKnown { second.depths = depths }
    let report = ReportPage(ReportContent(measurements: [first, second]))
    let rows = try #require(report.tables["probes"]).rows.filter { $0["metric"] == "channelwise" }
    #expect(rows.prefix(3).map { $0["depth"] } == (areKnown ? [50, 25, 75] : [40, 20, 60]))
    #expect(rows.prefix(3).map { $0["rank"] } == [1, 0, 2])
    #expect(rows.suffix(3).map { $0["rank"] } == (areKnown ? [1, 0, 2] : [0, 1, 2]))
    let chart = try #require(report.charts.first { $0.name == "depth-channelwise" })
    let title = chart.specification["encoding"]?["x"]?["title"]
    #expect(
      title
        == (areKnown
          ? "depth, % of the longest path" : "place in the order of the probed tensors, %"))
  }

  @Test func panelsOnPaperHaveOneLegend() throws {
    let report = ReportPage(ReportContent(trainings: sampleTrainings()))
    let together = try #require(report.paperCharts.first)
    #expect(together.name == "trajectories")
    let paper = PaperChart(together, tables: report.tables, width: .wide).specification
    #expect(paper["concat"]?.elements?.count == 2)
    #expect(paper["columns"] == 3)
    #expect(paper["datasets"]?["trajectories"]?.elements?.count == 8)
    // A third of 486 points without two gaps of 14 is 152; axes have 30 of it.
    #expect(paper["concat"]?.elements?[0]["width"] == 122)
    #expect(!paper.text.contains("\"legend\":null,\"scale\":{\"domain\""))
    try expectSnapshot(paper, "paper-trajectories")
  }

  @Test func meansAreThoseOfAllNetworks() {
    var trainings = sampleTrainings()
    trainings[0].networks[1][1].deviations = []
    let report = ReportPage(ReportContent(trainings: trainings))
    let rows = report.tables["trajectories"]?.rows.filter { $0["panel"] == "channelwise block1" }
    #expect(
      rows?.map { [$0["series"], $0["iteration"]] }
        == [["CNN", 0], ["C8-CNN", 0], ["C8-CNN", 100]])
  }

  @Test func seriesOnPaperAreNamedAtTheirEnds() throws {
    let report = ReportPage(ReportContent(trainings: sampleTrainings()))
    let chart = try #require(report.charts.first)
    let layers = PaperChart(chart, tables: report.tables, width: .narrow).specification["layer"]
    #expect(layers?.elements?.last?["mark"]?["style"] == "series-end")
    let ends = try #require(report.tables["trajectories"]).rows.filter { $0["last"] == true }
    #expect(ends.count == 4)
  }
}

extension JSON {
  /// The styles of the marks of a chart.
  fileprivate var styleNames: [String] {
    switch self {
    case .array(let elements): elements.flatMap(\.styleNames)
    case .object(let members):
      members.flatMap { name, value in
        if name == "style", case .string(let style) = value { return [style] }
        return value.styleNames
      }
    default: []
    }
  }
}
