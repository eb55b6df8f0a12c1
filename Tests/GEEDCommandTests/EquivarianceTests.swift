// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// '--equivariance': outputs under named actions and distances.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct EquivarianceTests {
  private let scratch: Scratch
  private let model: String
  private let data: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("outputs.onnx")
    try Self.network().write(to: model)
    data = try scratch.write(numPyFile([6, 1, 6, 6]), to: "x.npy")
  }

  /// A network of 6 × 6 images with an output of each kind:
  ///
  /// | tensor | output |
  /// |---|---|
  /// | `map` | `[N, 2, 6, 6]`, a convolution with kernels that quarter turns do not change |
  /// | `last` | the same channels last |
  /// | `labels` | `[N, 6, 6]`, the class of the greater channel |
  /// | `quarters` | `[N, 4]`, logits that a quarter turn hands on, counter-clockwise |
  /// | `maps` | `[N, 4, 6, 6]`, the image times each quarter |
  /// | `lasts` | the same channels last |
  /// | `flow` | `[N, 2, 6, 6]`, the slopes to the right and downwards |
  /// | `flows` | the same channels last |
  /// | `center` | `[N, 2]`, x and y weighted by the pixels, from the center of the image |
  private static func network() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "outputs")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(6), .fixed(6)])
    let kernel: [Float] = [1, 2, 1, 2, -3, 2, 1, 2, 1, -1, 1, -1, 1, 2, 1, -1, 1, -1]
    builder.addConstant("kernel", shape: [2, 1, 3, 3], kernel)
    builder.addNode(
      "Conv", inputs: ["x", "kernel"], outputs: ["map"],
      attributes: ["pads": .integers([1, 1, 1, 1])])
    builder.addNode(
      "Transpose", inputs: ["map"], outputs: ["last"],
      attributes: ["perm": .integers([0, 2, 3, 1])])
    builder.addNode(
      "ArgMax", inputs: ["map"], outputs: ["labels"],
      attributes: ["axis": .integer(1), "keepdims": .integer(0)])
    let slopes: [Float] = [0, 0, 0, -1, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0]
    builder.addConstant("slopes", shape: [2, 1, 3, 3], slopes)
    builder.addNode(
      "Conv", inputs: ["x", "slopes"], outputs: ["flow"],
      attributes: ["pads": .integers([1, 1, 1, 1])])
    builder.addNode(
      "Transpose", inputs: ["flow"], outputs: ["flows"],
      attributes: ["perm": .integers([0, 2, 3, 1])])
    builder.addNode("Flatten", inputs: ["x"], outputs: ["flat"])
    // The quarter of each pixel, counter-clockwise from the upper right one.
    let sums: [Float] = (0..<36).flatMap { place -> [Float] in
      let quarter = place / 6 < 3 ? (place % 6 < 3 ? 1 : 0) : (place % 6 < 3 ? 2 : 3)
      return (0..<4).map { $0 == quarter ? 1 : 0 }
    }
    builder.addConstant("sums", shape: [36, 4], sums)
    builder.addNode("MatMul", inputs: ["flat", "sums"], outputs: ["quarters"])
    builder.addConstant("shape", shape: [4], [-1, 4, 1, 1] as [Int64])
    builder.addNode("Reshape", inputs: ["quarters", "shape"], outputs: ["factors"])
    builder.addNode("Mul", inputs: ["x", "factors"], outputs: ["maps"])
    builder.addNode(
      "Transpose", inputs: ["maps"], outputs: ["lasts"],
      attributes: ["perm": .integers([0, 2, 3, 1])])
    let moments: [Float] = (0..<36).flatMap { place -> [Float] in
      [Float(place % 6) - 2.5, Float(place / 6) - 2.5]
    }
    builder.addConstant("moments", shape: [36, 2], moments)
    builder.addNode("MatMul", inputs: ["flat", "moments"], outputs: ["center"])
    let shapes = [
      ("map", [2, 6, 6]), ("last", [6, 6, 2]), ("quarters", [4]), ("center", [2]),
      ("flow", [2, 6, 6]), ("flows", [6, 6, 2]), ("labels", [6, 6]), ("maps", [4, 6, 6]),
      ("lasts", [6, 6, 4]),
    ]
    for (name, shape) in shapes {
      builder.addOutput(
        name, shape: [.symbol("n")] + shape.map { .fixed($0) },
        elementType: name == "labels" ? .int64 : .float32)
    }
    return builder
  }

  private func command(_ rest: [String], group: String = "C4") -> [String] {
    ["measure", model, "--data", data, "--group", group] + rest
  }

  @Test(
    "Each kind of output is equivariant under its action",
    arguments: [
      ("map=spatial", []), ("last=spatial", []), ("labels=spatial", ["--distance", "mismatch"]),
      ("map=spatial", ["--distance", "kl"]),
      ("last=spatial", ["--distance", "map=l2", "--distance", "js"]),
      ("maps=permute:1,2,3,0&spatial", ["--layout-of", "maps=nchw"]),
      ("lasts=permute:1,2,3,0&spatial", ["--layout-of", "lasts=nhwc"]),
      ("lasts=fields:regular", ["--layout-of", "lasts=nhwc"]), ("quarters=permute:1,2,3,0", []),
      ("quarters=permute:1,2,3,0", ["--distance", "kl"]),
      ("quarters=fields:regular", ["--distance", "quarters=tv"]), ("center=vector", []),
      ("center=points:centered", []), ("flow=vector", []), ("flows=vector", []),
      ("flow=vector&spatial", []), ("flow=matrix:0,1;-1,0", []),
    ])
  func equivariant(option: String, rest: [String]) throws {
    // A distance that names another tensor is a usage error.
    if rest.first == "--distance", rest[1].hasPrefix("map="), !option.hasPrefix("map") {
      return #expect(try Tool.run(command(["--equivariance", option] + rest)).status == 64)
    }
    let json = try Tool.output(of: command(["--equivariance", option, "--json"] + rest))
    // Sums of Float in another order.
    #expect(abs(try #require(Measured(json: json).results[0].value)) < 1e-5)
    #expect(json.contains("\"action\" : \"\(option.split(separator: "=")[1])\""))
  }

  @Test("The wrong action is not equivariant, and the invariant reading is another question")
  func wrongAction() throws {
    for action in ["permute:3,0,1,2", "trivial"] {
      let json = try Tool.output(
        of: command(["--equivariance", "quarters=\(action)", "--json"]))
      #expect(try #require(Measured(json: json).results[0].value) > 0.01)
    }
  }

  @Test("Matrices come from a file of NumPy")
  func matrixFile() throws {
    // The matrix of the quarter turn in the order of `quarters`, as float32.
    let turn: [Float] = [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4), }"
    let padded = header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n"
    var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8))
    for number in turn {
      withUnsafeBytes(of: number.bitPattern.littleEndian) { file.append(contentsOf: $0) }
    }
    let path = scratch.path("turn.npy")
    try file.write(to: URL(fileURLWithPath: path))
    let json = try Tool.output(
      of: command(["--equivariance", "quarters=matrix:\(path)", "--json"]))
    #expect(abs(try #require(Measured(json: json).results[0].value)) < 1e-5)
    #expect(json.contains("matrix:0.0,0.0,0.0,1.0;1.0"))
    // Bytes are numbers here, and not divided by 255 as those of images.
    let bytes = try scratch.write(
      numPyFile([4, 4], type: "|u1", bytes: turn.map { UInt8($0) }), to: "bytes.npy")
    let same = try Tool.output(
      of: command(["--equivariance", "quarters=matrix:\(bytes)", "--json"]))
    #expect(try Measured(json: same).results[0].value == Measured(json: json).results[0].value)
  }

  @Test(
    "What does not fit is refused in one sentence",
    arguments: [
      (["--equivariance", "quarters=turn"], 64, "expected an action such as trivial"),
      (["--equivariance", "quarters=spatial"], 65, "is a vector, without a grid"),
      (["--equivariance", "quarters=permute:1,0"], 65, "takes 2 channels, but the output has 4"),
      (["--equivariance", "quarters=permute:1,2,0,3"], 65, "violates"),
      (["--equivariance", "map=sign", "--distance", "kl"], 64, "class probabilities"),
      (["--equivariance", "map=spatial", "--equivariance", "map=trivial"], 64, "twice"),
      (["--equivariance", "map=spatial", "--distance", "far"], 64, "far"),
      (["--softmax", "quarters", "--distance", "kl"], 64, "of which there is none"),
      (["--equivariance", "quarters=matrix:missing.npy"], 66, "missing.npy"),
    ])
  func refused(rest: [String], status: Int, reason: String) throws {
    let outcome = try Tool.run(command(rest))
    #expect(Int(outcome.status) == status, "\(outcome.error)")
    #expect(outcome.error.contains(reason), "\(outcome.error)")
  }

  @Test("The table names action and distance, and results of other actions are not compared")
  func table() throws {
    let first = scratch.path("a.json")
    let second = scratch.path("b.json")
    let arguments = command(["--equivariance", "quarters=permute:1,2,3,0"])
    let text = try Tool.output(of: arguments)
    #expect(text.contains("permute:1,2,3,0  relative-l2"))
    try Tool.output(of: arguments + ["--json"]).write(
      toFile: first, atomically: true, encoding: .utf8)
    try Tool.output(of: command(["--equivariance", "quarters=trivial", "--json"])).write(
      toFile: second, atomically: true, encoding: .utf8)
    let outcome = try Tool.run(["compare", first, second])
    #expect(outcome.error.contains("have other actions or distances"), "\(outcome.error)")
  }
}
