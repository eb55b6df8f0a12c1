// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Scores under other shapes and layouts, and numbers that are no scores.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct HeadTests {
  private let scratch: Scratch
  private let model: String
  private let data: String

  /// A 3 → 4 convolution `c` of 6 × 6 pictures, and
  ///
  /// | tensor | made of `c` |
  /// |---|---|
  /// | `last` | `[N, 6, 6, 4]` |
  /// | `turned` | `[N, 4, 6, 6]`, columns before rows |
  /// | `pooled`, `bright` | the mean over the grid, `[N, 4, 1, 1]` and `[N, 1, 1, 4]` |
  /// | `one` | the sum of `bright`, `[N, 1]`, and its hyperbolic tangent `tanh` |
  /// | `integers` | `c` in 8 bits, with a zero point of 100, and back in `restored` |
  /// | `noisy` | `c` after a dropout of one number in a thousand |
  init() throws {
    scratch = try Scratch()
    model = scratch.path("heads.onnx")
    data = try scratch.write(numPyFile([9, 3, 6, 6]), to: "x.npy")
    var builder = OnnxGraphBuilder(name: "heads")
    let shape: ([Int]) -> [OnnxAxis] = { [.symbol("batch")] + $0.map { .fixed($0) } }
    builder.addInput("x", shape: shape([3, 6, 6]))
    builder.addConstant("w", shape: [4, 3, 3, 3], LayoutModels.numbers(108))
    builder.addNode(
      "Conv", inputs: ["x", "w"], outputs: ["c"], attributes: ["pads": .integers([1, 1, 1, 1])])
    builder.addNode(
      "Transpose", inputs: ["c"], outputs: ["last"], attributes: ["perm": .integers([0, 2, 3, 1])])
    builder.addNode(
      "Transpose", inputs: ["c"], outputs: ["turned"],
      attributes: ["perm": .integers([0, 1, 3, 2])])
    builder.addNode("GlobalAveragePool", inputs: ["c"], outputs: ["pooled"])
    builder.addNode(
      "Transpose", inputs: ["pooled"], outputs: ["bright"],
      attributes: ["perm": .integers([0, 2, 3, 1])])
    builder.addNode(
      "ReduceMean", inputs: ["pooled"], outputs: ["one"],
      attributes: ["axes": .integers([1, 2, 3]), "keepdims": .integer(0)])
    builder.addConstant("column", shape: [2], [-1, 1] as [Int64])
    builder.addNode("Reshape", inputs: ["one", "column"], outputs: ["logit"])
    builder.addNode("Tanh", inputs: ["logit"], outputs: ["tanh"])
    builder.addConstant("scale", shape: [], [0.05 as Float])
    builder.addConstant("zero", shape: [], [0 as Float])
    builder.addNode(
      "Cast", inputs: ["zero"], outputs: ["zero_point"], attributes: ["to": .integer(2)])
    builder.addNode("QuantizeLinear", inputs: ["c", "scale", "zero_point"], outputs: ["integers"])
    builder.addNode(
      "DequantizeLinear", inputs: ["integers", "scale", "zero_point"], outputs: ["restored"])
    builder.addConstant("ratio", shape: [], [0.001 as Float])
    builder.addConstant("number", shape: [1], [1] as [Int64])
    builder.addNode(
      "Cast", inputs: ["number"], outputs: ["true"], attributes: ["to": .integer(9)])
    builder.addConstant("scalar", shape: [0], [] as [Int64])
    builder.addNode("Reshape", inputs: ["true", "scalar"], outputs: ["training"])
    builder.addNode("Dropout", inputs: ["c", "ratio", "training"], outputs: ["noisy"])
    for (name, axes) in [
      ("last", [6, 6, 4]), ("turned", [4, 6, 6]), ("pooled", [4, 1, 1]), ("bright", [1, 1, 4]),
      ("logit", [1]), ("tanh", [1]), ("restored", [4, 6, 6]), ("noisy", [4, 6, 6]),
    ] {
      builder.addOutput(name, shape: shape(axes))
    }
    try builder.write(to: model)
  }

  private func command(_ probes: [String], group: String = "C4") -> [String] {
    ["measure", model, "--data", data, "--group", group, "--samples", "all"] + probes
  }

  private func value(
    _ tensor: String, _ options: [String], group: String = "C4",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Double {
    let json = try Tool.output(
      of: command(["--softmax", tensor, "--json"] + options, group: group),
      sourceLocation: sourceLocation)
    return try #require(Measured(json: json).results[0].value, sourceLocation: sourceLocation)
  }

  @Test("Pixels are found in both orders of axes", arguments: ["logits", "bernoulli-logit"])
  func pixelOrders(kind: String) throws {
    let first = try value("c", ["--scores", "c=\(kind)"])
    // The same Float numbers; only the order of sums in Double may differ.
    #expect(abs(try value("last", ["--scores", "last=\(kind)"]) - first) < 1e-9)
    #expect(first > 0)
  }

  @Test("Pixels whose order is not known are refused, and measured once it is said")
  func unknownPixelOrder() throws {
    let refused = try Tool.run(command(["--softmax", "turned", "--scores", "turned=logits"]))
    #expect(refused.status == 64)
    #expect(
      refused.error.contains("which the pixels cannot be read off the graph"), "\(refused.error)")
    #expect(refused.error.contains("--layout-of 'turned=nchw'"))
    let options = ["--scores", "turned=logits", "--layout-of", "turned=nchw"]
    #expect(try value("turned", options, group: "flip") > 0)
  }

  @Test("Classes on the last axis of one pixel are classes, and no row of pixels")
  func classesLast() throws {
    for kind in ["logits", "bernoulli-logit"] {
      let expected = try value("pooled", ["--scores", "pooled=\(kind)"], group: "flip")
      let found = try value("bright", ["--scores", "bright=\(kind)"], group: "flip")
      // The same Float numbers; only the order of sums in Double may differ.
      #expect(abs(found - expected) < 1e-12 && expected > 0, "\(kind)")
    }
  }

  @Test("A score that comes from no linear layer is noted; a single class is refused")
  func origin() throws {
    let json = try Tool.output(of: command(["--softmax", "tanh", "--softmax", "logit", "--json"]))
    #expect(
      json.contains(
        "The graph does not determine what 'tanh' holds, which comes from the operator Tanh")
    )
    #expect(!json.contains("what 'logit' holds"))
    for kind in ["logits", "probabilities", "log-probabilities"] {
      let refused = try Tool.run(command(["--softmax", "logit", "--scores", kind]))
      #expect(refused.status == 65, "\(kind)")
      #expect(refused.error.contains("holds a single score"), "\(refused.error)")
    }
  }

  @Test(
    "Quantized integers are not measured, but what they stand for is",
    arguments: ["--channelwise", "--latent", "--latent-cosine"])
  func quantized(option: String) throws {
    let refused = try Tool.run(command([option, "integers"]))
    #expect(refused.status == 64)
    #expect(refused.error.contains("quantized integers (QuantizeLinear)"), "\(refused.error)")
    #expect(try Tool.run(command([option, "restored"])).status == 0)
    let all = try Tool.run(command([option, "[ir]*e*d*s", option, "r*"]))
    #expect(all.status == 64)
  }

  @Test("A model that is random too rarely to show it is refused by its graph")
  func rareDropout() throws {
    let refused = try Tool.run(command(["--latent", "noisy"]))
    #expect(refused.status == 65)
    #expect(
      refused.error.contains("is not deterministic: the tensor 'noisy' depends on Dropout"),
      "\(refused.error)")
    #expect(try Tool.run(command(["--latent", "restored"])).status == 0)
  }

  @Test(
    "Whole-number inputs are whole numbers of their range",
    arguments: [OnnxElementType.uint8, .int8, .bool])
  func wholeNumbers(type: OnnxElementType) throws {
    let path = scratch.path("\(type).onnx")
    var builder = OnnxGraphBuilder(name: "whole")
    builder.addInput(
      "x", shape: [.symbol("batch"), .fixed(1), .fixed(4), .fixed(4)], elementType: type)
    builder.addNode("Cast", inputs: ["x"], outputs: ["y"], attributes: ["to": .integer(1)])
    builder.addOutput("y", shape: [.symbol("batch"), .fixed(1), .fixed(4), .fixed(4)])
    try builder.write(to: path)
    func measure(_ scalar: @escaping (Int) -> Float) throws -> Tool.Outcome {
      let data = try scratch.write(numPyFile([5, 1, 4, 4], value: scalar), to: "whole.npy")
      return try Tool.run(["measure", path, "--data", data, "--group", "C4", "--latent", "y"])
    }
    #expect(try measure { Float($0 * $0 % 7 % 2) }.status == 0)
    for wrong: (Int) -> Float in [
      { Float($0 % 10) / 10 }, { Float($0 % 3) - 200 }, { Float($0 % 3) + 300 },
    ] {
      let refused = try measure(wrong)
      #expect(refused.status == 64)
      #expect(refused.error.contains("takes whole numbers"), "\(refused.error)")
    }
  }
}
