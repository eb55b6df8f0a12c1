// SPDX-License-Identifier: MIT

import GEEDOnnx

extension LayoutModels {
  /// A 3 → 4 convolution of 6 × 6 pictures, `c`, of which others take a part, or take everything:
  ///
  /// | tensor | what it holds of `c` |
  /// |---|---|
  /// | `every`, `some` | every second line, and every second one of the first four |
  /// | `gathered` | lines 0 and 2 |
  /// | `even`, `uneven`, `three` | lines added at the borders: 1 and 1, 0 and 1, three times 0 and 1 |
  /// | `wide`, `back` | three lines added behind, and taken away again |
  /// | `cropped`, `shifted` | two lines taken away behind, in `shifted` added before |
  /// | `region` | the quarter in the middle |
  /// | `gram`, `mixed` | a convolution of the products of channels, and of a matrix times the rows |
  /// | `written` | `c` with rows in reversed order written over it |
  static func parts() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "parts")
    builder.addInput("x", shape: [.fixed(3), .fixed(3), .fixed(6), .fixed(6)])
    builder.addConstant("w", shape: [4, 3, 3, 3], numbers(108))
    builder.addNode(
      "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["pads": .integers([1, 1, 1, 1])])
    addSlices(to: &builder)
    addPads(to: &builder)
    builder.addConstant("corners", shape: [8], [0, 0, 0.25, 0.25, 1, 1, 0.75, 0.75] as [Float])
    builder.addConstant("scales", shape: [4], [1, 1, 1, 1] as [Float])
    builder.addNode(
      "Resize", inputs: ["c", "corners", "scales"], outputs: ["region"],
      attributes: [
        "coordinate_transformation_mode": .text("tf_crop_and_resize"), "mode": .text("linear"),
      ])
    reshape("c", [0, 4, 36], "flat", &builder)
    builder.addNode(
      "Transpose", inputs: ["flat"], outputs: ["turned"],
      attributes: ["perm": .integers([0, 2, 1])])
    builder.addNode("MatMul", inputs: ["flat", "turned"], outputs: ["products"])
    reshape("products", [0, 1, 4, 4], "pairs", &builder)
    builder.addConstant("m", shape: [6, 6], numbers(36))
    builder.addNode("MatMul", inputs: ["m", "c"], outputs: ["sums"])
    builder.addNode(
      "Transpose", inputs: ["sums"], outputs: ["sums_t"],
      attributes: ["perm": .integers([0, 1, 3, 2])])
    builder.addNode("MatMul", inputs: ["m", "sums_t"], outputs: ["all_sums"])
    builder.addConstant("v", shape: [1, 1, 3, 3], numbers(9))
    builder.addConstant("v4", shape: [1, 4, 3, 3], numbers(36))
    for (source, weights, name) in [("pairs", "v", "gram"), ("all_sums", "v4", "mixed")] {
      builder.addNode(
        "Conv", inputs: [source, weights], outputs: [name],
        attributes: ["pads": .integers([1, 1, 1, 1])])
    }
    builder.addConstant(
      "reversed", shape: [3, 4, 6, 6], (0..<432).map { Int64(5 - $0 / 6 % 6) })
    builder.addNode(
      "ScatterElements", inputs: ["c", "reversed", "c"], outputs: ["written"],
      attributes: ["axis": .integer(2)])
    builder.addOutput("c", shape: [3, 4, 6, 6].map { .fixed($0) })
    return builder
  }

  private static func addSlices(to builder: inout OnnxGraphBuilder) {
    for (name, numbers) in [
      ("zeros", [0, 0]), ("fours", [4, 4]), ("sixes", [6, 6]), ("axes", [2, 3]),
      ("twos", [2, 2]), ("lines", [0, 2]),
    ] { builder.addConstant(name, shape: [2], numbers.map { Int64($0) }) }
    builder.addNode(
      "Slice", inputs: ["c", "zeros", "sixes", "axes", "twos"], outputs: ["every"])
    builder.addNode("Slice", inputs: ["c", "zeros", "fours", "axes", "twos"], outputs: ["some"])
    builder.addNode(
      "Gather", inputs: ["c", "lines"], outputs: ["half"], attributes: ["axis": .integer(2)])
    builder.addNode(
      "Gather", inputs: ["half", "lines"], outputs: ["gathered"],
      attributes: ["axis": .integer(3)])
  }

  private static func addPads(to builder: inout OnnxGraphBuilder) {
    for (source, before, behind, name) in [
      ("c", 1, 1, "even"), ("c", 0, 1, "uneven"), ("uneven", 0, 1, "two"), ("two", 0, 1, "three"),
      ("c", 0, 3, "wide"), ("c", 0, -2, "cropped"), ("c", 2, -2, "shifted"),
    ] {
      let pads = [0, 0, before, before, 0, 0, behind, behind]
      builder.addConstant("\(name)_pads", shape: [8], pads.map { Int64($0) })
      builder.addNode("Pad", inputs: [source, "\(name)_pads"], outputs: [name])
    }
    builder.addNode("Slice", inputs: ["wide", "zeros", "sixes", "axes"], outputs: ["back"])
  }
}
