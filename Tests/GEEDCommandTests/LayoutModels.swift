// SPDX-License-Identifier: MIT

import GEEDOnnx

/// Small networks whose tensors have all kinds of axes.
enum LayoutModels {
  /// A 3 → 4 convolution of 6 × 6 pictures, `c`, and the same numbers in other orders:
  ///
  /// | tensor | axes |
  /// |---|---|
  /// | `h` | `[N, 6, 6, 4]` |
  /// | `flat` | `[N, 4, 36]` |
  /// | `t` | `[N, 36, 4]` |
  /// | `s` | `[N, 38, 4]`: two constant tokens, then `t` |
  /// | `a` | `[N, 38, 38]`: the products of all pairs of tokens |
  /// | `windows` | `[N, 3, 2, 3, 2, 4]`, and back in `restored` |
  /// | `rolled` | `h`, shifted round by two rows |
  /// | `dense`, `made` | a matrix over the flattened picture, and its result as `[N, 4, 3, 3]` |
  /// | `vector` | `[N, 4]`: the means over the grid |
  static func orders(batch: OnnxAxis = .symbol("batch")) -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "orders")
    let shape: ([Int]) -> [OnnxAxis] = { [batch] + $0.map { .fixed($0) } }
    builder.addInput("x", shape: shape([3, 6, 6]))
    builder.addConstant("w", shape: [4, 3, 3, 3], numbers(108))
    builder.addNode(
      "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["pads": .integers([1, 1, 1, 1])])
    builder.addNode(
      "Transpose", inputs: ["c"], outputs: ["h"], attributes: ["perm": .integers([0, 2, 3, 1])])
    reshape("c", [0, 4, 36], "flat", &builder)
    builder.addNode(
      "Transpose", inputs: ["flat"], outputs: ["t"], attributes: ["perm": .integers([0, 2, 1])])
    // Tokens that depend on the example in nothing but their number.
    builder.addNode(
      "ReduceMean", inputs: ["t"], outputs: ["mean"],
      attributes: ["axes": .integers([1]), "keepdims": .integer(1)])
    builder.addNode(
      "Concat", inputs: ["mean", "mean", "t"], outputs: ["s"], attributes: ["axis": .integer(1)])
    builder.addNode(
      "Transpose", inputs: ["s"], outputs: ["keys"], attributes: ["perm": .integers([0, 2, 1])])
    builder.addNode("MatMul", inputs: ["s", "keys"], outputs: ["a"])
    reshape("h", [0, 3, 2, 3, 2, 4], "split", &builder)
    builder.addNode(
      "Transpose", inputs: ["split"], outputs: ["windows"],
      attributes: ["perm": .integers([0, 1, 3, 2, 4, 5])])
    builder.addNode(
      "Transpose", inputs: ["windows"], outputs: ["joined"],
      attributes: ["perm": .integers([0, 1, 3, 2, 4, 5])])
    reshape("joined", [0, 6, 6, 4], "restored", &builder)
    for (name, start, end) in [("bottom", 2, 6), ("top", 0, 2)] {
      builder.addConstant("\(name)_start", shape: [1], [Int64(start)])
      builder.addConstant("\(name)_end", shape: [1], [Int64(end)])
      builder.addConstant("\(name)_axis", shape: [1], [Int64(1)])
      builder.addNode(
        "Slice", inputs: ["h", "\(name)_start", "\(name)_end", "\(name)_axis"], outputs: [name])
    }
    builder.addNode(
      "Concat", inputs: ["bottom", "top"], outputs: ["rolled"], attributes: ["axis": .integer(1)])
    reshape("c", [0, 144], "everything", &builder)
    builder.addConstant("m", shape: [144, 36], numbers(144 * 36))
    builder.addNode("MatMul", inputs: ["everything", "m"], outputs: ["dense"])
    reshape("dense", [0, 4, 3, 3], "made", &builder)
    builder.addNode("GlobalAveragePool", inputs: ["c"], outputs: ["pooled"])
    reshape("pooled", [0, 4], "vector", &builder)
    for (name, axes) in [
      ("c", [4, 6, 6]), ("restored", [6, 6, 4]), ("rolled", [6, 6, 4]), ("a", [38, 38]),
      ("made", [4, 3, 3]), ("vector", [4]),
    ] { builder.addOutput(name, shape: shape(axes)) }
    return builder
  }

  /// A convolution with a step of its own for rows: square pictures, maps of 6 × 3.
  static func rectangular() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "rectangular")
    builder.addInput("x", shape: [.symbol("batch"), .fixed(3), .fixed(6), .fixed(6)])
    builder.addConstant("w", shape: [4, 3, 1, 1], numbers(12))
    builder.addNode(
      "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["strides": .integers([1, 2])])
    builder.addOutput("c", shape: [.symbol("batch"), .fixed(4), .fixed(6), .fixed(3)])
    return builder
  }

  /// A C4 network of plain convolutions, exactly equivariant: `lift`, three regular fields of a
  /// picture with one channel; `relu`; `group`, two regular fields of these. `five` is `lift` as
  /// `[N, 3, 4, 6, 6]`, `major` as `[N, 12, 6, 6]` with the group's axis first.
  static func groupNetwork() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "c4")
    let batch = OnnxAxis.symbol("batch")
    builder.addInput("x", shape: [batch, .fixed(1), .fixed(6), .fixed(6)])
    builder.addConstant("w1", shape: [12, 1, 3, 3], expanded(inputs: 1, outputs: 3))
    builder.addConstant("b1", shape: [12], (0..<12).map { Float($0 / 4) })
    builder.addNode(
      "Conv", inputs: ["x", "w1", "b1"], outputs: ["lift"],
      attributes: ["pads": .integers([1, 1, 1, 1])])
    builder.addNode("Relu", inputs: ["lift"], outputs: ["relu"])
    builder.addConstant("w2", shape: [8, 12, 3, 3], expanded(inputs: 12, outputs: 2))
    builder.addNode(
      "Conv", inputs: ["relu", "w2"], outputs: ["group"],
      attributes: ["pads": .integers([1, 1, 1, 1])])
    reshape("lift", [0, 3, 4, 6, 6], "five", &builder)
    builder.addNode(
      "Transpose", inputs: ["five"], outputs: ["first"],
      attributes: ["perm": .integers([0, 2, 1, 3, 4])])
    reshape("first", [0, 12, 6, 6], "major", &builder)
    for (name, axes) in [
      ("group", [8, 6, 6]), ("five", [3, 4, 6, 6]), ("first", [4, 3, 6, 6]), ("major", [12, 6, 6]),
    ] { builder.addOutput(name, shape: [batch] + axes.map { .fixed($0) }) }
    return builder
  }

  /// The kernels of a C4 convolution to regular fields: that of channel g is that of channel 0,
  /// turned by g, with the channels of input fields handed on.
  private static func expanded(inputs: Int, outputs: Int) -> [Float] {
    func turned(_ kernel: [Float]) -> [Float] { (0..<9).map { kernel[$0 % 3 * 3 + 2 - $0 / 3] } }
    var result: [Float] = []
    for field in 0..<outputs {
      var channel = (0..<inputs).map { input in
        (0..<9).map { Float((7 * field + 5 * input + $0 * $0 + $0 * input) % 9 - 4) }
      }
      for _ in 0..<4 {
        result += channel.joined()
        let moved = channel.map(turned)
        channel = (0..<inputs).map { input in
          inputs == 1 ? moved[0] : moved[input / 4 * 4 + (input % 4 + 3) % 4]
        }
      }
    }
    return result
  }

  static func reshape(
    _ source: String, _ shape: [Int64], _ name: String, _ builder: inout OnnxGraphBuilder
  ) {
    builder.addConstant("\(name)_shape", shape: [shape.count], shape)
    builder.addNode("Reshape", inputs: [source, "\(name)_shape"], outputs: [name])
  }

  /// Different numbers of both signs.
  static func numbers(_ count: Int) -> [Float] {
    (0..<count).map { Float(($0 * $0 + 3 * $0) % 17) / 8 - 1 }
  }
}
