// SPDX-License-Identifier: MIT

import GEED
import GEEDData

extension ReportPage {
  /// The paper's Figure 1 for the images that a store holds it of.
  var orbitDiagramSection: Section? {
    guard !content.diagrams.isEmpty else { return nil }
    let figures = content.diagrams.enumerated().map { number, diagram in
      Figure(
        name: content.diagrams.count == 1 ? "figure1" : "figure1-\(number)",
        chart: Chart.orbitDiagram(
          number, columnCount: diagram.elements.count + 2, height: OrbitDiagramLayout.height),
        alternative: diagram.sentence,
        caption: """
          Example \(diagram.example) of \(diagram.data) under \(diagram.group), in \(diagram.model). \
          From the top: the images gx; channel \(diagram.block.channel) of \(diagram.block.tensor) \
          for each; the same channel for x, transformed by g; \(diagram.features.tensor) as grey \
          levels, with their mean; the probabilities of the classes, with their mean. Below are the deviations under each element, and on the right \
          their means: the terms of this example in the three metrics.
          """,
        values: valuesTable(
          ["deviation"] + diagram.elements + ["mean"],
          diagram.deviations.map { name, deviation in
            [name] + deviation.perElement.map(\.shown) + [deviation.value.shown]
          }))
    }
    return Section(
      "figure1", "One example", figures: figures,
      "<div class=\"columns\">\(figures.map(\.html))</div>")
  }

  /// The tables of the diagrams.
  var orbitDiagramTables: [String: Table] {
    let diagrams = content.diagrams.enumerated()
    let images = diagrams.flatMap { number, diagram in
      diagram.images.map { (diagram: number, image: $0) }
    }
    let bars = diagrams.flatMap { number, diagram in
      diagram.bars.map { (diagram: number, bar: $0) }
    }
    let texts = diagrams.flatMap { number, diagram in
      diagram.texts.map { (diagram: number, text: $0) }
    }
    return [
      "diagram-images": Table(
        images,
        [
          "diagram": { JSON($0.diagram) }, "kind": { .string($0.image.kind) },
          "x": { .number($0.image.x) }, "x2": { .number($0.image.x2) },
          "y": { .number($0.image.y) }, "y2": { .number($0.image.y2) },
          "image": { .string($0.image.address) },
        ]),
      "diagram-bars": Table(
        bars,
        [
          "diagram": { JSON($0.diagram) }, "x": { .number($0.bar.x) }, "x2": { .number($0.bar.x2) },
          "y": { .number($0.bar.y) }, "y2": { .number($0.bar.y2) },
        ]),
      "diagram-texts": Table(
        texts,
        [
          "diagram": { JSON($0.diagram) }, "style": { .string($0.text.style) },
          "x": { .number($0.text.x) }, "y": { .number($0.text.y) },
          "text": { .string($0.text.text) },
        ]),
    ]
  }
}

// MARK: - Places

extension OrbitDiagram {
  fileprivate typealias Layout = OrbitDiagramLayout

  fileprivate var sentence: String {
    "Example \(example) of \(data) under \(group): "
      + deviations.map { "\($0.name) \($0.deviation.value.shown)" }.joined(separator: ", ") + "."
  }

  /// The middle of the column of an element; that of the means comes after the last one.
  private func middle(_ column: Int) -> Double { Double(column) + 1.5 }

  fileprivate struct PlacedImage {
    let kind: String
    let x: Double
    let x2: Double
    let y: Double
    let y2: Double
    let address: String
  }

  fileprivate var images: [PlacedImage] {
    let activations = block.outputs + block.references
    let levels = features.outputs + [features.mean]
    let rows: [(grids: [Grid], kind: String, y: Double, range: ClosedRange<Float>)] = [
      (inputs, "grid", Layout.tops.inputs, 0...1),
      (block.outputs, "grid", Layout.tops.outputs, activations.joined().joined().extent),
      (block.references, "grid", Layout.tops.references, activations.joined().joined().extent),
      (levels.map { [$0] }, "strip", Layout.tops.features, levels.joined().extent),
    ]
    return rows.flatMap { row in
      row.grids.enumerated().compactMap { column, grid in
        address(of: grid, range: row.range).map {
          PlacedImage(
            kind: row.kind, x: middle(column) - 0.45, x2: middle(column) + 0.45, y: row.y,
            y2: row.y + (row.kind == "grid" ? Layout.gridSide : Layout.stripHeight), address: $0)
        }
      }
    }
  }

  fileprivate struct Bar {
    let x: Double
    let x2: Double
    let y: Double
    let y2: Double
  }

  /// The probabilities as bars from a common bottom; a column is as high as the row.
  fileprivate var bars: [Bar] {
    (probabilities.outputs + [probabilities.mean]).enumerated().flatMap { column, values in
      values.enumerated().map { number, value in
        let width = 0.8 / Double(values.count)
        let x = middle(column) - 0.4 + width * Double(number)
        let bottom = Layout.tops.bars + Layout.barHeight
        return Bar(
          x: x, x2: x + 0.85 * width, y: bottom - Layout.barHeight * Double(value), y2: bottom)
      }
    }
  }

  fileprivate struct PlacedText {
    let style: String
    let x: Double
    let y: Double
    let text: String
  }

  fileprivate var texts: [PlacedText] {
    let rows: [(name: String, y: Double)] = [
      ("gx", Layout.tops.inputs + Layout.gridSide / 2),
      ("f(gx)", Layout.tops.outputs + Layout.gridSide / 2),
      ("g f(x)", Layout.tops.references + Layout.gridSide / 2),
      (features.tensor, Layout.tops.features + Layout.stripHeight / 2),
      ("softmax", Layout.tops.bars + Layout.barHeight / 2),
    ]
    let lines = [
      (block.deviation, Layout.tops.references + Layout.gridSide + 14),
      (features.deviation, Layout.tops.features + Layout.stripHeight + 12),
      (probabilities.deviation, Layout.tops.bars + Layout.barHeight + 14),
    ]
    return rows.map { PlacedText(style: "diagram-row", x: 0, y: $0.y, text: $0.name) }
      + elements.enumerated().map {
        PlacedText(style: "square-note", x: middle($0), y: 8, text: "g = \($1)")
      }
      + [PlacedText(style: "square-note", x: middle(elements.count), y: 8, text: "mean")]
      + lines.flatMap { deviation, y in
        deviation.perElement.enumerated().map {
          PlacedText(style: "square-note", x: middle($0), y: y, text: $1.shown)
        } + [
          PlacedText(
            style: "square-value", x: middle(elements.count), y: y, text: deviation.value.shown)
        ]
      }
  }
}

/// Returns the address of a PNG file that contains a grid, black to white over `range`; `nil` for
/// rows of different lengths, or none.
private func address(of grid: OrbitDiagram.Grid, range: ClosedRange<Float>) -> String? {
  guard let width = grid.first?.count, width > 0, grid.allSatisfy({ $0.count == width }) else {
    return nil
  }
  let image = Image(
    Tensor(shape: [1, grid.count, width], scalars: Array(grid.joined())),
    undoing: Preprocessing(), range: range)
  // Large enough that it is not blurred.
  let factor = max(1, 120 / max(width, grid.count))
  return (try? image.enlarged(by: factor).encodedPNG(name: "figure 1")).map(HTML.address(ofPNG:))
}

extension Sequence<Float> {
  /// The least and the greatest element; 0 and 1 if there are none.
  fileprivate var extent: ClosedRange<Float> {
    let values = filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return 0...1 }
    return low...high
  }
}
