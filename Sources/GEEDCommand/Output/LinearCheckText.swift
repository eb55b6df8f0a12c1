// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

/// The linear checks of one model, one for each group, as a table.
struct LinearCheckText {
  let checks: [OnnxLinearCheck]

  /// The lines of a table with a row for each convolution or matrix and a column for each group.
  var lines: [String] {
    guard let layers = checks.first?.layers, !layers.isEmpty else {
      return ["The model has no convolutions and no matrices."]
    }
    var table = Table(
      [("linear layer", .left), ("operator", .left), ("weights", .left)]
        + checks.map { ($0.group, .right) } + [("", .left)])
    for (index, layer) in layers.enumerated() {
      let all = checks.map { $0.layers[index] }
      let reasons = all.compactMap(\.reason)
      table.add(
        [layer.name, layer.operation, layer.weightShape?.shapeText ?? "–"]
          + all.map { $0.commutator?.text ?? "–" }
          + [Set(reasons).sorted().joined(separator: "; ")])
    }
    return table.lines
      + ["", "Numbers are max over g of ‖Wg − gW‖ / ‖W‖; exact: 0 without rounding."]
  }

  /// Returns the symmetry of a tensor, one entry for each group that has propagation.
  func propagation(to tensor: String) -> [String] {
    checks.filter { !$0.propagation.isEmpty }.map {
      $0.propagation[tensor]?.description ?? "–"
    }
  }

  var propagationColumns: [(heading: String, alignment: Table.Alignment)] {
    checks.filter { !$0.propagation.isEmpty }.map { ("propagation (\($0.group))", .left) }
  }
}

extension CommutatorNorm {
  /// The largest norm and its element, or `exact`.
  fileprivate var text: String {
    isExact ? "exact" : "\(largest.short) (\(worstElement ?? "–"))"
  }
}

struct LinearCheckDocument: Encodable {
  struct Layer: Encodable {
    let name: String
    let operation: String
    @Nullable var weights: [Int]?
    @Nullable var commutator: Double?
    @Nullable var perElement: [String: Double]?
    @Nullable var isExact: Bool?
    @Nullable var reason: String?
  }

  let group: String
  let layers: [Layer]
  let propagation: [String: String]

  init(_ check: OnnxLinearCheck) {
    group = check.group
    layers = check.layers.map { layer in
      Layer(
        name: layer.name, operation: layer.operation, weights: layer.weightShape,
        commutator: layer.commutator?.largest,
        perElement: layer.commutator.map {
          Dictionary(zip($0.elements, $0.perElement)) { $1 }
        },
        isExact: layer.commutator?.isExact, reason: layer.reason)
    }
    propagation = check.propagation.mapValues(\.description)
  }
}
