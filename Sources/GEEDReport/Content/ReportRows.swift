// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore

/// One probe of one measurement.
struct ProbeRow {
  /// The position among the probes of the report.
  let number: Int
  /// The position of the measurement in the report.
  let run: Int
  let model: String
  /// The short name of the tensor.
  let label: String
  /// The position of the tensor in the order of depth.
  let rank: Int
  /// The position of the tensor from the input, 0 %, to the deepest operator, 100 %; its share in
  /// the order of the probes if the depths of a report are not all known.
  let depth: Double
  let result: ProbeResult
  let twin: ProbeResult?
  /// The radius of means and quartiles.
  let meanRadial: RadialScale
  /// The radius if an example is selected.
  let radial: RadialScale
  /// The height of the model's name, if the value is the last of several models.
  var nameHeight: Double?

  var metric: Metric { result.metric }
  var name: String { "\(metric.rawValue) \(label)" }
  var text: String { shown(result.value, result.confidenceInterval) }

  /// The values of the model, its twin and its response to noise, as far as they exist.
  var values: [Double] { [result.value, twin?.value, result.noiseResponse].compactMap(\.self) }
}

/// One element of the group of one measurement.
struct ElementRow {
  let number: Int
  let run: Int
  let name: String
  let place: ElementPlace?
}

/// One example of one measurement.
struct ExampleRow {
  let number: Int
  let run: Int
  let name: String
  let label: String?
}

/// The mean deviation of a probe under one element.
struct OrbitRow {
  let probe: Int
  let element: Int
  let value: Double
  /// The first and the third quartile over examples.
  let quartiles: ClosedRange<Double>?
}

/// The deviation of one example in a probe.
struct ExampleDeviationRow {
  let probe: Int
  let example: Int
  let value: Double
  /// The interval in which it is counted.
  let range: ClosedRange<Double>
  /// The middle of the dot's row in its stack.
  let row: Double
  /// Whether the example's orbit is on the page.
  var hasOrbit: Bool
}

/// The number of examples whose deviations are in an interval.
struct BinRow {
  let probe: Int
  let range: ClosedRange<Double>
  let count: Int
  /// The example that the bar selects, -1 if no orbit of its examples is on the page.
  let example: Int

  /// Returns the numbers in all intervals that are not empty.
  static func all(of rows: [ExampleDeviationRow]) -> [BinRow] {
    let groups = Dictionary(grouping: rows) { [Double($0.probe), $0.range.lowerBound] }
    return groups.sorted { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }.map { _, rows in
      BinRow(
        probe: rows[0].probe, range: rows[0].range, count: rows.count,
        example: rows.filter(\.hasOrbit).map(\.example).max() ?? -1)
    }
  }
}

/// The deviation of one example under one element.
struct ObservationRow {
  let probe: Int
  let example: Int
  let element: Int
  let value: Double
}

/// The deviation under one subgroup, and its place in the diagram.
struct SubgroupRow {
  let probe: Int
  let name: String
  let order: Int
  let value: Double?
  let x: Double
  let y: Double

  /// The generators of small subgroups; the kind, the generators and the value of others.
  var label: String {
    let words = name.split(separator: " ", maxSplits: 1).map(String.init)
    let kind = words.first ?? ""
    let generators = words.dropFirst().joined().trimming(["⟨", "⟩"])
    let names = order == 2 ? [generators.isEmpty ? kind : generators] : [kind, generators]
    return (names + [value.map { $0.shown(digits: 2) } ?? "–"]).filter { !$0.isEmpty }
      .joined(separator: "\n")
  }
}

extension String {
  fileprivate func trimming(_ ends: Set<Character>) -> String {
    let start = drop { ends.contains($0) }
    return String(start.reversed().drop { ends.contains($0) }.reversed())
  }
}

/// A line of the diagram of subgroups.
struct CoverRow {
  let probe: Int
  let lower: (x: Double, y: Double)
  let upper: (x: Double, y: Double)
}

/// The classes that a probe's classifier predicted for an example, in the order of the images in
/// its thumbnail.
struct PredictionRow {
  let probe: Int
  let example: Int
  let classes: [Int?]
  /// The number of elements, of all, under which another class is predicted.
  let changed: Int
  /// The number of all elements but the one that changes nothing.
  let others: Int
}

/// The images of one example under elements of the group, in rows.
struct ThumbnailRow {
  let example: Int
  let elements: [String]
  /// The number of all elements, of which some may have no image.
  let elementCount: Int
  let columns: Int
  /// The height of an image divided by its width.
  let aspect: Double
  /// The address of the PNG file, which contains it.
  let address: String

  /// Creates a row; `nil` for elements that are not those of the run, and for bytes that do not
  /// begin like a PNG file.
  init?(_ thumbnail: StoredThumbnail, _ names: [String], example: Int) {
    guard let last = thumbnail.elements.last, last < names.count else { return nil }
    // After a signature of 8 bytes, the first block has its length, its name and the size.
    let header = thumbnail.png.prefix(24)
    guard header.starts(with: [0x89, 0x50, 0x4E, 0x47]), header.count == 24 else { return nil }
    func number(at offset: Int) -> Int {
      header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let (width, height) = (number(at: 16), number(at: 20))
    guard width > 0, height > 0 else { return nil }
    self.example = example
    elements = thumbnail.elements.map { names[$0] }
    elementCount = names.count
    columns = thumbnail.columns
    let rowCount = elements.count / columns
    aspect = Double(height * columns) / Double(width * rowCount)
    address = HTML.address(ofPNG: thumbnail.png)
  }
}
