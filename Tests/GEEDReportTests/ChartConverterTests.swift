// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import Testing

@Suite struct ChartConverterTests {
  /// Whether `Scripts/install-vega.sh` has installed vl-convert.
  private static let isInstalled = VegaPlaces.ofThisPackage.packageFolders.contains {
    FileManager.default.fileExists(atPath: "\($0)/vl_convert")
  }

  private static func chart() -> PaperChart {
    let report = ReportPage(ReportContent(trainings: sampleTrainings()))
    return PaperChart(report.charts[1], tables: report.tables, width: .narrow)
  }

  @Test("Pictures have the size of the paper", .enabled(if: isInstalled))
  func sizes() throws {
    let converter = ChartConverter(variable: nil, places: .ofThisPackage)
    let chart = Self.chart()
    let svg = String(decoding: try converter.picture(of: chart, as: .svg), as: UTF8.self)
    #expect(svg.contains(#"width="234pt""#))
    #expect(svg.contains(#"viewBox="0 0 234 "#))
    // Texts are texts.
    #expect(svg.contains(">test accuracy</text>"))
    #expect(svg.contains(#"font-size="8px""#))
    let pdf = String(decoding: try converter.picture(of: chart, as: .pdf), as: UTF8.self)
    #expect(pdf.hasPrefix("%PDF-"))
    #expect(pdf.contains("/MediaBox [0 0 234 "))
    let png = try converter.picture(of: chart, as: .png)
    #expect(Array(png.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
    // The width is a big-endian number at byte 16: 3.25 inches of 600 pixels, rounded down.
    let width = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect((1949...1950).contains(width))
  }

  @Test func missingInterpreter() {
    let converter = ChartConverter(variable: "no-such-python", places: .nowhere)
    #expect(throws: ChartConverterError.noInterpreter("no-such-python")) {
      try converter.picture(of: Self.chart(), as: .svg)
    }
  }

  @Test(
    "Interpreters without the package, with an old one, and with one that fails",
    arguments: [
      ("raise ImportError", ChartConverterError.noPackage(interpreter: "python3")),
      ("get_vegalite_versions = lambda: ['5.8']", .oldPackage(interpreter: "python3")),
      ("get_vegalite_versions = lambda: ['6.1']", .failed(Self.reason)),
    ])
  func otherPackages(module: String, expected: ChartConverterError) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "vl-\(UUID())")
    let package = folder.appending(path: "python")
    try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(module.utf8).write(to: package.appending(path: "vl_convert.py"))
    let converter = ChartConverter(
      variable: "",
      places: VegaPlaces(variable: folder.path, workingFolder: "/nowhere", program: ""))
    #expect(throws: expected) { try converter.picture(of: Self.chart(), as: .svg) }
  }

  private static let reason =
    "AttributeError: module 'vl_convert' has no attribute 'vegalite_to_svg'"

  @Test func messagesAreOneSentence() {
    let errors: [ChartConverterError] = [
      .noInterpreter("p"), .noPackage(interpreter: "p"), .oldPackage(interpreter: "p"),
    ]
    for error in errors {
      #expect(error.description.hasSuffix("."))
      #expect(!error.description.contains("\n"))
    }
  }
}

extension VegaPlaces {
  /// The locations of this package, from the path of its source.
  fileprivate static var ofThisPackage: VegaPlaces {
    VegaPlaces(variable: nil, workingFolder: "/nowhere", program: #filePath)
  }

  fileprivate static var nowhere: VegaPlaces {
    VegaPlaces(variable: "/nowhere", workingFolder: "/nowhere", program: "")
  }
}
