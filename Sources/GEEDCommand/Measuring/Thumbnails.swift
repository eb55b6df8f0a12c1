// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDStore

/// The images that a report shows of a measurement's examples: those with the largest and the
/// smallest deviations, under the elements of the group.
struct Thumbnails {
  /// The largest number of examples.
  private static let exampleLimit = 64
  /// The largest number of bytes of all images before they are compressed, unless they are those of
  /// so few examples as a report lists for one probe.
  private static let byteLimit = 1_500_000
  private static let exampleMinimum = 12
  /// The largest number of elements in a row.
  private static let columnLimit = 16
  /// The largest number of rows.
  private static let rowLimit = 4
  /// The longest side of an image in pixels; larger images are reduced.
  private static let sideLimit = 48

  let group: GroupName
  let measurement: DeviationMeasurement
  let preprocessing: Preprocessing

  /// Returns the examples to show, the most important first: six from either end of the probe that
  /// a report shows at first, then the most extreme ones of each probe, then the next ones.
  static func examples(of results: [ProbeResult]) -> [Int] {
    // In the order of the report, also of equal deviations.
    let ordered = results.map { result in
      result.perExample.enumerated()
        .sorted { ($1.element.value, $1.offset) < ($0.element.value, $0.offset) }
        .map(\.element.index)
    }
    var chosen: [Int] = []
    func add(_ rank: Int, of examples: [Int]) {
      guard rank < (examples.count + 1) / 2 else { return }
      for example in [examples[rank], examples[examples.count - 1 - rank]]
      where chosen.count < exampleLimit && !chosen.contains(example) { chosen.append(example) }
    }
    let first = results.firstIndex { $0.metric == .softmax && !$0.perExample.isEmpty }
    for rank in 0..<6 { add(rank, of: ordered[first ?? results.endIndex - 1]) }
    for rank in 0..<6 { for examples in ordered { add(rank, of: examples) } }
    return chosen
  }

  /// Draws the thumbnails of the examples with the most extreme deviations; none for data that are
  /// not images.
  func drawn(for results: [ProbeResult]) throws -> [StoredThumbnail] {
    let shape = measurement.dataset.exampleShape
    guard shape.count == 3, min(shape[1], shape[2]) > 1 else { return [] }
    let action = try measurement.inputAction.prepared(for: shape)
    let (elements, columns) = layout(of: action.transformations)
    var byteCount = 0
    var thumbnails: [StoredThumbnail] = []
    for index in Self.examples(of: results) {
      guard byteCount < Self.byteLimit || thumbnails.count < Self.exampleMinimum else { break }
      let example = try measurement.dataset.example(at: index)
      let range = brightnessRange(of: example)
      let cells = elements.map {
        Image(action($0, example), undoing: preprocessing, range: range).reduced(to: Self.sideLimit)
      }
      let strip = Image(cells: cells, columns: columns, gap: 0)
      byteCount += strip.pixels.count
      thumbnails.append(
        StoredThumbnail(
          example: index, elements: elements, columns: columns,
          png: try strip.encodedPNG(name: "example \(index)")))
    }
    return thumbnails
  }

  /// Returns the elements that are shown, and the number in a row: rotations, then reflections; of
  /// many elements, some at equal distances.
  private func layout(
    of transformations: TransformationSet
  ) -> (elements: [FiniteGroup.Element], columns: Int) {
    let rowCount =
      switch group.kind {
      case .planar(2..., hasReflections: true), .equispaced(.rotationsAndReflections, _): 2
      case .translations(let rows, _) where rows <= Self.rowLimit: rows
      default: 1
      }
    let length = transformations.count / rowCount
    let columns = min(length, Self.columnLimit)
    let elements = (0..<rowCount).flatMap { row in
      (0..<columns).map { row * length + $0 * length / columns }
    }
    return (elements, columns)
  }

  /// Returns the range from black to white: 0 to 1, or that of the example if it exceeds this, as
  /// arrays that are normalized already do.
  private func brightnessRange(of example: Tensor) -> ClosedRange<Float> {
    let area = example.shape.suffix(2).reduce(1, *)
    let values = example.scalars.indices.lazy
      .map { preprocessing.brightness(example.scalars[$0], $0 / area) }
    guard let low = values.min(), let high = values.max(), low.isFinite, high.isFinite,
      low < -0.05 || high > 1.05, low < high
    else { return 0...1 }
    return low...high
  }
}

extension Image {
  /// Returns the image with no side longer than `side`, in the same proportions.
  fileprivate func reduced(to side: Int) -> Image {
    let longest = max(width, height)
    guard longest > side else { return self }
    return resized(
      width: max(1, width * side / longest), height: max(1, height * side / longest))
  }
}
