// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDReport
import GEEDStore
import Testing

@Suite struct PageTests {
  private static let bundle = VegaBundle(script: "window.vegaEmbed = 1;\n")

  private static func fullContent() throws -> ReportContent {
    ReportContent(
      measurements: [try largeMeasurement()], trainings: sampleTrainings(),
      claims: try sampleClaims(),
      comparisons: sampleComparisons())
  }

  private func page(_ content: ReportContent) -> String {
    ReportPage(content).html(Self.bundle)
  }

  // MARK: Names from anywhere

  private static let hostile = "<img src=x onerror=alert(1)>"
  private static let ending = "</script><script>alert(1)</script>"

  @Test("Names are text, not markup", arguments: [hostile, ending, "<!-- <script>", "\"'&"])
  func namesAreEscaped(name: String) throws {
    var measurement = smallMeasurement(model: name, tensor: name, exampleNames: [name, "b"])
    measurement.data = name
    measurement.group = name
    measurement.labels = [10: name]
    measurement.command = [name]
    measurement.provenance = [(name, name)]
    measurement.results[0].caveat = name
    let trainings = [
      ReportedTraining(name: name, networks: sampleTrainings()[0].networks)
    ]
    let claims = try sampleClaims(name, label: name)
    let cells = ["mnist", name].map {
      ReportedComparison.Cell(model: name, data: $0, value: 1, interval: nil)
    }
    let comparison = ReportedComparison(
      .latent, quantity: name, population: .examples, cells: cells)
    let plain = page(
      ReportContent(
        measurements: [measurement], trainings: trainings, claims: claims,
        comparisons: [comparison]))
    #expect(!plain.contains("<img src=x"))
    #expect(!plain.contains("<script>alert"))
    #expect(!plain.contains("<!-- "))
    #expect(plain.components(separatedBy: "</script>").count == scripts(plain).count + 1)
    #expect(!plain.contains("\"\"'&"))
  }

  @Test("Examples have their images, and the number of predictions that change")
  func thumbnails() throws {
    let content = ReportContent(measurements: [try largeMeasurement()])
    let text = page(content)
    #expect(text.contains("<img src=\"data:image/png;base64,iVBORw0KGgo"))
    // The classes are 0 1 2 0 1 2 0 1.
    #expect(text.contains("5 of 7 predictions change"))
    let table = try #require(ReportPage(content).tables["thumbnails"]?.rows.first)
    // 4 images of 32 pixels beside each other, 2 of 32 below each other.
    #expect(table["columns"] == 4 && table["aspect"] == 1)
    var damaged = try largeMeasurement()
    damaged.thumbnails = [StoredThumbnail(example: 10, elements: [0], columns: 1, png: [1, 2])]
    #expect(!page(ReportContent(measurements: [damaged])).contains("<img"))
  }

  @Test("The headline counts the examples and the days of all measurements")
  func headline() throws {
    var (first, second) = (smallMeasurement(), smallMeasurement(model: "other.onnx"))
    first.exampleCount = 2
    #expect(page(ReportContent(measurements: [first])).contains("of the network on 2 examples of"))
    first.date = "2026-11-28T23:00:00Z"
    second.date = "2026-11-29T01:00:00Z"
    second.exampleCount = 30
    let text = page(ReportContent(measurements: [first, second]))
    #expect(text.contains("of the networks on 2 or 30 examples of"))
    #expect(text.contains(", measured from 2026-11-28 to 2026-11-29."))
  }

  @Test func dataKeepNames() throws {
    let measurement = smallMeasurement(exampleNames: [Self.ending, "b"])
    let text = page(ReportContent(measurements: [measurement]))
    let data = try #require(scripts(text).first { $0.attributes.contains("geed-data") })
    let tables = try JSONSerialization.jsonObject(with: Data(data.text.utf8)) as? [String: Any]
    let examples = tables?["examples"] as? [String: Any]
    #expect(examples?["name"] as? [String] == [Self.ending, "b"])
  }

  @Test func noStyleAttributes() throws {
    #expect(!page(try Self.fullContent()).contains(/\sstyle\s*=/))
  }

  // MARK: The security policy

  @Test func policyHasTheHashesOfScriptsAndStyle() throws {
    let text = page(try Self.fullContent())
    let policy = try #require(
      text.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/)
    ).1
    let programs = scripts(text).filter { $0.attributes.isEmpty }.map(\.text)
    #expect(programs.count == 2)
    let style = try #require(text.firstMatch(of: /<style>((?:.|\n)*?)<\/style>/)).1
    let hashes = (programs + [String(style)]).map { text in
      var hash = SHA256()
      hash.add(Array(text.utf8))
      return "'sha256-\(Data(hash.finish()).base64EncodedString())'"
    }
    #expect(
      policy == """
        default-src 'none'; script-src \(hashes[0]) \(hashes[1]); style-src \(hashes[2]); \
        img-src data:; base-uri 'none'; form-action 'none'
        """)
  }

  /// HTML would end the script at `</script`, and hash `\r\n` as `\n`.
  @Test func bundleCanStandInAScript() {
    let bundle = VegaBundle(script: "a = '</SCRIPT>';\r\nb = 1;\rc")
    #expect(bundle.script == "a = '<\\/SCRIPT>';\nb = 1;\nc")
  }

  // MARK: Sections

  @Test func sectionsOfEachContent() throws {
    #expect(
      sections(page(try Self.fullContent())) == [
        "summary", "depth", "orbits", "square", "subgroups", "controls", "accuracies", "training",
        "claims",
        "comparison",
        "provenance",
      ])
    #expect(sections(page(ReportContent(trainings: sampleTrainings()))) == ["training"])
    #expect(sections(try page(ReportContent(claims: sampleClaims()))) == ["claims"])
    #expect(sections(page(ReportContent(comparisons: sampleComparisons()))) == ["comparison"])
    #expect(sections(page(ReportContent())).isEmpty)
  }

  @Test("Channel permutations have a table for each tensor, whose name is text")
  func permutations() throws {
    // Two channels that change places when the image is mirrored: x times a ramp, either way.
    let model = ClosureModel(output: Self.hostile) { batch in
      var scalars: [Float] = []
      for row in 0..<batch.rowCount {
        let x = batch.row(row).scalars
        scalars += x.indices.map { x[$0] * Float($0 % 4) }
        scalars += x.indices.map { x[$0] * Float(3 - $0 % 4) }
      }
      return Tensor(shape: [batch.rowCount, 2, 4, 4], scalars: scalars)
    }
    var generator = SplitMix64(seed: 1)
    let images = ArrayDataset(
      (0..<8).map { _ in
        Tensor(shape: [1, 4, 4], scalars: (0..<16).map { _ in Float(generator.nextUnit()) })
      })
    var probe = Probe.channelwise(Self.hostile)
    probe.searchesPermutations = true
    let measurement = DeviationMeasurement(
      of: model, on: images, under: ImageAction.reflection, probes: [probe])
    let text = page(
      ReportContent(measurements: [
        ReportedMeasurement(
          model: "m", data: "d", group: "flip", results: try measurement.run().results)
      ]))
    #expect(sections(text).contains("permutations"))
    #expect(text.contains("<td>representation of flip</td><td>−1"))
    #expect(text.contains("found on 4 examples, measured on 4 others"))
    #expect(!text.contains("<img src=x"))
  }

  @Test func titles() throws {
    #expect(page(try Self.fullContent()).contains("<title>large.onnx under D4 – GEED</title>"))
    #expect(
      page(ReportContent(trainings: sampleTrainings()))
        .contains("<title>Training of CNN and C8-CNN – GEED</title>"))
    #expect(
      try page(ReportContent(claims: sampleClaims())).contains("<title>Claims – GEED</title>"))
  }

  @Test func verdictsAreThoseOfResults() {
    let measurement = smallMeasurement()
    let sentence = Verdict(measurement.results[0], group: "C4").sentence
    #expect(page(ReportContent(measurements: [measurement])).contains("<p>\(sentence)</p>"))
  }

  /// A result without a value, elements and examples has a row and no charts.
  @Test func resultsWithoutAValue() {
    var measurement = smallMeasurement()
    measurement.results = [ProbeResult(.softmax, tensor: "logits")]
    measurement.observations = ReportedObservations()
    let text = page(ReportContent(measurements: [measurement]))
    #expect(sections(text) == ["summary", "provenance"])
    #expect(text.contains("data-probe=\"-1\""))
    #expect(text.contains("<td class=\"number\" data-value=\"\">–</td>"))
  }

  @Test func everyFigureHasAnAlternativeAndEveryTableIsThere() throws {
    let report = ReportPage(try Self.fullContent())
    let text = report.html(Self.bundle)
    #expect(text.matches(of: /<figure id="[^"]+" data-chart/).count == report.charts.count)
    #expect(!text.contains("aria-label=\"\""))
    let tables = Set(report.tables.keys).union(["observations"])
    for chart in report.charts {
      #expect(chart.specification.tableNames.isSubset(of: tables), "\(chart.name)")
    }
  }

  // MARK: Reading pages

  private func scripts(_ text: String) -> [(attributes: String, text: String)] {
    text.matches(of: /<script([^>]*)>((?:.|\n)*?)<\/script>/).map { (String($0.1), String($0.2)) }
  }

  private func sections(_ text: String) -> [String] {
    text.matches(of: /<section id="([^"]*)"/).map { String($0.1) }
  }
}
