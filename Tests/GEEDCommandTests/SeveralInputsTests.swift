// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Models with several inputs, each with its own data and action.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct SeveralInputsTests {
  private let scratch: Scratch
  private let model: String
  private let images: String
  private let masks: String
  private let points: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("several.onnx")
    try Self.network().write(to: model)
    images = try scratch.write(
      numPyFile([12, 1, 8, 8]) { Float($0 * $0 % 23) / 8 - 1 }, to: "images.npy")
    masks = try scratch.write(numPyFile([12, 1, 8, 8]) { Float($0 * 7 % 5) }, to: "masks.npy")
    points = try scratch.write(numPyFile([12, 3, 2]) { Float($0 * $0 % 11) - 5 }, to: "points.npy")
  }

  /// A network of an image, labels of its pixels and three points:
  ///
  /// | tensor | output |
  /// |---|---|
  /// | `labeled` | the image times the label of each pixel |
  /// | `lengths` | the squares of the lengths of the points |
  /// | `places` | the points as they are, 6 numbers |
  private static func network() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "several")
    let image: [OnnxAxis] = [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)]
    builder.addInput("image", shape: image)
    builder.addInput("mask", shape: image, elementType: .int64)
    builder.addInput("points", shape: [.symbol("n"), .fixed(3), .fixed(2)])
    builder.addNode("Cast", inputs: ["mask"], outputs: ["labels"], attributes: ["to": .integer(1)])
    builder.addNode("Mul", inputs: ["image", "labels"], outputs: ["labeled"])
    builder.addNode("Mul", inputs: ["points", "points"], outputs: ["squares"])
    builder.addConstant("last", shape: [1], [Int64(2)])
    builder.addNode(
      "ReduceSum", inputs: ["squares", "last"], outputs: ["lengths"],
      attributes: ["keepdims": .integer(0)])
    builder.addNode("Flatten", inputs: ["points"], outputs: ["places"])
    builder.addOutput("labeled", shape: image)
    builder.addOutput("lengths", shape: [.symbol("n"), .fixed(3)])
    builder.addOutput("places", shape: [.symbol("n"), .fixed(6)])
    return builder
  }

  private func command(_ rest: [String], data: [String]? = nil) -> [String] {
    let data = data ?? ["image=\(images)", "mask=\(masks)", "points=\(points)"]
    return ["measure", model] + data.flatMap { ["--data", $0] } + ["--json"] + rest
  }

  @Test("A map of all inputs is equivariant if all of them move, and only then")
  func moved() throws {
    let probes = ["--equivariance", "labeled=spatial", "--latent", "lengths", "--latent", "places"]
    let json = try Tool.output(of: command(["--group", "D4", "--act", "points=vector"] + probes))
    let results = try Measured(json: json)
    #expect(try results.result("equivariance", "labeled").value == 0)
    #expect(try results.result("latent", "lengths").value == 0)
    #expect(try #require(results.result("latent", "places").value) > 0.5)
    #expect(json.contains("'mask': "), "\(json)")

    let still = try Measured(
      json: Tool.output(
        of: command(
          ["--group", "D4", "--act", "points=trivial", "--act", "mask=trivial"] + probes)))
    #expect(try #require(still.result("equivariance", "labeled").value) > 0.1)
    #expect(try still.result("latent", "places").value == 0)
  }

  @Test("Labels are not blended: a mask of whole numbers moves by its nearest pixels")
  func labels() throws {
    let probe = ["--group", "C8", "--act", "points=trivial", "--equivariance", "labeled=spatial"]
    let nearest = try Tool.run(command(probe))
    #expect(nearest.status == 0, "\(nearest.error)")
    #expect(nearest.output.contains("nearest between pixels"))
    // Blended labels are no whole numbers.
    let blended = try Tool.run(command(probe + ["--interpolation", "mask=bilinear"]))
    let (a, b) = (try Measured(json: nearest.output), try Measured(json: blended.output))
    #expect(a.results[0].value != b.results[0].value)
  }

  @Test("The same data for two inputs are the examples of one that both receive")
  func copies() throws {
    var builder = OnnxGraphBuilder(name: "two")
    let image: [OnnxAxis] = [.symbol("n"), .fixed(1), .fixed(8), .fixed(8)]
    builder.addInput("a", shape: image)
    builder.addInput("b", shape: image)
    builder.addConstant("weights", shape: [64, 3], (0..<192).map { Float($0 * $0 % 13) / 100 })
    builder.addNode("Mul", inputs: ["a", "b"], outputs: ["product"])
    builder.addNode("Flatten", inputs: ["product"], outputs: ["flat"])
    builder.addNode("MatMul", inputs: ["flat", "weights"], outputs: ["logits"])
    builder.addOutput("product", shape: image)
    builder.addOutput("logits", shape: [.symbol("n"), .fixed(3)])
    let two = scratch.path("two.onnx")
    try builder.write(to: two)
    let probes = [
      "--group", "C8", "--softmax", "logits", "--latent", "logits", "--channelwise", "product",
      "--json",
    ]
    let same = try Measured(
      json: Tool.output(of: ["measure", two, "--data", images, "--input", "b=same"] + probes))
    let parts = try Measured(
      json: Tool.output(
        of: ["measure", two, "--data", "a=\(images)", "--data", "b=\(images)"] + probes))
    #expect(same.results.map(\.value) == parts.results.map(\.value))
    #expect(same.results.map(\.floor) == parts.results.map(\.floor))
    #expect(try #require(same.result("softmax", "logits").value) > 0)
  }

  @Test("A run of several inputs is continued, and data that have changed are refused")
  func store() throws {
    let store = scratch.path("runs.sqlite")
    let rest = ["--group", "C4", "--act", "points=vector", "--latent", "lengths"]
    let first = try Tool.run(command(rest + ["--store", store]))
    #expect(first.status == 0, "\(first.error)")
    let again = try Tool.run(command(rest + ["--store", store, "--resume"]))
    #expect(again.output == first.output)
    let other = try Tool.run(
      command(
        ["--group", "C4", "--act", "points=trivial", "--latent", "lengths", "--store", store]
          + ["--resume"]))
    #expect(other.error.contains("has no run of these settings"), "\(other.error)")
  }

  @Test("An action on the only input replaces that on images")
  func onlyInput() throws {
    var builder = OnnxGraphBuilder(name: "one")
    builder.addInput("points", shape: [.symbol("n"), .fixed(3), .fixed(2)])
    builder.addNode("Mul", inputs: ["points", "points"], outputs: ["squares"])
    builder.addConstant("last", shape: [1], [Int64(2)])
    builder.addNode(
      "ReduceSum", inputs: ["squares", "last"], outputs: ["lengths"],
      attributes: ["keepdims": .integer(0)])
    builder.addOutput("squares", shape: [.symbol("n"), .fixed(3), .fixed(2)])
    builder.addOutput("lengths", shape: [.symbol("n"), .fixed(3)])
    let one = scratch.path("one.onnx")
    try builder.write(to: one)
    let json = try Tool.output(of: [
      "measure", one, "--data", "points=\(points)", "--act", "points=vector", "--group", "C4",
      "--latent", "lengths", "--latent", "squares", "--json",
    ])
    let results = try Measured(json: json)
    #expect(try results.result("latent", "lengths").value == 0)
    #expect(try #require(results.result("latent", "squares").value) > 0.1)
  }

  @Test("Images and masks in folders belong together by their names, and are resized alike")
  func folders() throws {
    for (folder, names) in [("images", ["a", "b", "c"]), ("masks", ["c", "b", "a"])] {
      let path = scratch.path(folder)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for (index, name) in names.enumerated() {
        // PGM files of one brightness, that of their name.
        let level = UInt8(name.utf8.first ?? 0)
        _ = try scratch.write(
          Array("P5 16 16 255\n".utf8) + [UInt8](repeating: level, count: 256),
          to: "\(folder)/\(name)\(index < 3 ? ".pgm" : "")")
      }
    }
    let data = [
      "image=\(scratch.path("images"))", "mask=\(scratch.path("masks"))", "points=\(points)",
    ]
    let few = try Tool.run(command(["--act", "points=trivial", "--latent", "lengths"], data: data))
    #expect(few.error.contains("3 examples"), "\(few.error)")
    let three = try scratch.write(numPyFile([3, 3, 2]), to: "three.npy")
    let json = try Tool.output(
      of: command(
        ["--act", "points=trivial", "--equivariance", "labeled=trivial", "--pixel-max", "image=1"],
        data: Array(data.prefix(2)) + ["points=\(three)"]))
    #expect(json.contains("8x8"), "\(json)")
    #expect(!json.contains("are paired by their order"))
  }

  @Test("What does not fit is refused in one sentence")
  func refusals() throws {
    let few = try scratch.write(numPyFile([5, 3, 2]), to: "few.npy")
    let all = ["image=\(images)", "mask=\(masks)", "points=\(points)"]
    let cases: [([String], [String], String)] = [
      (["image=\(images)", "mask=\(masks)"], [], "has 1 without data: 'points'"),
      (["image=\(images)"], [], "has 2 without data: 'mask', 'points'"),
      ([images, masks], [], "names no input; of several inputs each has its own data"),
      (all, [], "How C4 acts on the input 'points' with examples of 3 x 2 is not known"),
      (all + ["mask=\(masks)"], [], "data of the input 'mask' twice"),
      (all, ["--act", "label=trivial"], "'--act label=…' names no input"),
      (all, ["--act", "points=turn"], "'--act points=turn': expected an action"),
      (
        ["image=\(images)", "mask=\(masks)", "points=\(few)"], ["--act", "points=trivial"],
        "do not belong together"
      ),
      (all, ["--act", "points=trivial", "--mean", "label=0"], "'--mean label=…' names no input"),
      (all, ["--act", "points=trivial", "--grey"], "are for models with one input"),
      (
        all, ["--act", "points=trivial", "--control", "noise"],
        "'--control noise' is for models with one input"
      ),
      (all, ["--act", "points=trivial", "--input", "mask=1"], "are both given"),
      (all, ["--act", "points=trivial", "--mask", "disc"], "needs images"),
      (all, ["--act", "points=trivial", "--scale-data", images], "data of the same inputs"),
      ([images], ["--act", "image=trivial"], "give them as '--data image="),
      (all, ["--act", "points=trivial", "--skip-unreadable"], "'--skip-unreadable' is for models"),
      (
        all, ["--act", "points=trivial", "--channels", "image=-1"], "channels"
      ),
      (
        all, ["--act", "points=trivial", "--group", "brightness:-0.2-0.2"],
        "How brightness:-0.2-0.2 acts on the input 'mask'"
      ),
      (
        ["image=\(images)", "mask=\(masks)", "points=\(points)"],
        ["--act", "image=trivial", "--act", "mask=trivial", "--act", "points=points:pixel"],
        "coordinates in an image"
      ),
      (all, ["--act", "points=trivial", "--worst-sheet", "sheet.png"], "shows images"),
    ]
    for (data, rest, sentence) in cases {
      let refused = try Tool.run(command(["--latent", "lengths"] + rest, data: data))
      #expect([64, 65].contains(refused.status), "\(refused.status): \(refused.error)")
      #expect(refused.error.contains(sentence), "\(refused.error)")
    }
  }
}
