// SPDX-License-Identifier: MIT

import GEED

/// The plain numbers of a conformance case, for tools that do not run Swift.
///
/// A tool passes the case if it computes ``expected`` within ``tolerance`` from ``outputs`` and
/// ``outputMatrices`` alone. ``inputs`` are included for tools that run a map of their own.
package struct ConformanceVectors: Sendable, Hashable, Codable {
  package let name: String
  package let purpose: String
  package let metric: Metric
  package let reading: ScoreKind
  /// The name of the group, or of the part of it that was drawn.
  package let group: String
  package let elements: [String]
  /// The order of the group from which the elements were drawn; `nil` if it is infinite.
  @Nullable package var groupOrder: Int?
  /// Whether the elements are only a part of the group.
  package let isSample: Bool
  /// *gx* for each example and element, row-major.
  package let inputs: [[[Float]]]
  /// *f(gx)* for each example and element, row-major.
  package let outputs: [[[Float]]]
  /// *f(gx)* of each input in a separate batch, if that differs: then no value may be reported.
  @Nullable package var outputsAlone: [[[Float]]]?
  /// The shape of one output, `[C, ...]` unless ``layout`` says otherwise.
  package let outputShape: [Int]
  /// The order of the output's axes; `nil` for channels first.
  @Nullable package var layout: OutputLayout?
  /// Whether a softmax output `[K, H, W]` is a distribution for every pixel, to be averaged.
  package let isPerPixel: Bool
  /// φ_Y(g) for each element as a square matrix, row-major; `nil` if no *g* moves outputs.
  @Nullable package var outputMatrices: [[Double]]?
  /// The quantity that is compared with ``expected``.
  package let quantity: ConformanceQuantity
  @Nullable package var expected: Double?
  package let tolerance: Double
  package let reason: String
}

extension ConformanceCase {
  package func vectors() throws -> ConformanceVectors {
    let input = try inputAction.prepared(for: examples[0].shape)
    let orbits = examples.map { input.orbit(of: $0) }
    let outputs = try orbits.map(output)
    let alone = try orbits.map { orbit in
      try (0..<orbit.rowCount).flatMap { try output(of: .stacking([orbit.row($0)])).rows }
    }
    let together = outputs.map(\.rows)
    let shape = outputs[0].rowShape
    let places = probe.layout.map { $0.places(in: shape) } ?? Array(0..<Tensor.count(of: shape))
    let action = try outputAction.prepared(
      for: probe.layout?.rearrangedShape(of: shape) ?? shape)
    let group = inputAction.group
    return ConformanceVectors(
      name: name, purpose: purpose, metric: probe.metric, reading: probe.scores,
      group: group.name, elements: group.elementNames,
      groupOrder: order, isSample: extent != .whole,
      inputs: orbits.map { $0.rows }, outputs: together,
      outputsAlone: alone == together ? nil : alone, outputShape: shape,
      layout: probe.layout, isPerPixel: probe.isPerPixel,
      outputMatrices: action.isTrivial
        ? nil
        : action.operators.map {
          $0.matrix(on: places, of: Tensor.count(of: shape))
        },
      quantity: quantity, expected: expected, tolerance: tolerance, reason: reason)
  }

  private func output(of batch: Tensor) throws -> Tensor {
    try model.outputs(for: batch).output(ConformanceSuite.output)
  }

  private var outputAction: any TransformationAction {
    if let action = probe.outputAction { return action }
    return probe.metric == .channelwise || probe.isPerPixel
      ? inputAction : TrivialAction(inputAction.group)
  }

  private var order: Int? {
    switch extent {
    case .whole: inputAction.group.order
    case .sample(let order): order
    case .sampleOfInfinite: nil
    }
  }
}

extension Tensor {
  fileprivate var rows: [[Float]] { (0..<rowCount).map { row($0).scalars } }
}

extension OutputLayout {
  /// Returns, for each scalar of the rearranged row, its position in the row before.
  fileprivate func places(in shape: [Int]) -> [Int] {
    let count = Tensor.count(of: shape)
    let numbered = Tensor(shape: [1] + shape, scalars: (0..<count).map { Float($0) })
    return rearranged(numbered, rows: 0..<1)?.batch.scalars.map { Int($0) } ?? Array(0..<count)
  }
}

extension ArrayOperator {
  /// Returns the matrix of the map of the scalars at `places` in rows of `size`, row-major.
  fileprivate func matrix(on places: [Int], of size: Int) -> [Double] {
    var entries = [Double](repeating: 0, count: size * size)
    for place in Set(0..<size).subtracting(places) { entries[place * size + place] = 1 }
    for (column, taps) in map.columns.enumerated() {
      for (row, weight) in taps { entries[places[row] * size + places[column]] += weight }
    }
    return entries
  }
}
