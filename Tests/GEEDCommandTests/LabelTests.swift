// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Outputs that are class numbers, and outputs that hold something else than they seem to.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct LabelTests {
  private let scratch: Scratch
  private let data: String

  init() throws {
    scratch = try Scratch()
    data = try scratch.write(numPyFile([8, 1, 6, 6]), to: "x.npy")
  }

  /// A model of 6 × 6 images with four linear scores `lg` of the pixels, the map `c` of four channels,
  /// and one more output that `add` makes.
  private func model(
    _ shape: [Int], _ type: OnnxElementType = .float32, name: String = "y", classes: Int = 4,
    _ add: (inout OnnxGraphBuilder) -> Void
  ) throws -> String {
    var builder = OnnxGraphBuilder(name: "labels")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(6), .fixed(6)])
    builder.addNode("Flatten", inputs: ["x"], outputs: ["pixels"])
    builder.addConstant("w", shape: [36, classes], LayoutModels.numbers(36 * classes))
    builder.addNode("MatMul", inputs: ["pixels", "w"], outputs: ["lg"])
    // Kernels of one pixel: every turn maps the map to itself.
    builder.addConstant("kernel", shape: [4, 1, 1, 1], [1, -1, 2, 0.5] as [Float])
    builder.addNode("Conv", inputs: ["x", "kernel"], outputs: ["c"])
    builder.addConstant("one", shape: [], [1] as [Float])
    add(&builder)
    builder.addOutput(
      name, shape: [.symbol("n")] + shape.map { .fixed($0) }, elementType: type)
    let path = scratch.path("\(UUID().uuidString).onnx")
    try builder.write(to: path)
    return path
  }

  /// The largest of the scores, of the type that is given.
  private func classes(_ type: OnnxElementType, keeping: Int = 0) throws -> String {
    try model(keeping == 0 ? [] : [1], type) { builder in
      builder.addNode(
        "ArgMax", inputs: ["lg"], outputs: ["a"],
        attributes: ["axis": .integer(1), "keepdims": .integer(keeping)])
      builder.addNode(
        "Cast", inputs: ["a"], outputs: ["y"], attributes: ["to": .integer(Int(type.rawValue))])
    }
  }

  /// The channel with the largest value in each pixel.
  private func map(_ type: OnnxElementType) throws -> String {
    try model([1, 6, 6], type) { builder in
      builder.addNode("ArgMax", inputs: ["c"], outputs: ["a"], attributes: ["axis": .integer(1)])
      builder.addNode(
        "Cast", inputs: ["a"], outputs: ["y"], attributes: ["to": .integer(Int(type.rawValue))])
    }
  }

  private func run(_ model: String, _ options: [String], group: String = "C4") throws
    -> Tool.Outcome
  {
    try Tool.run(
      ["measure", model, "--data", data, "--group", group, "--samples", "all"] + options)
  }

  // MARK: Class numbers

  @Test(
    "Class numbers are no quantities, whatever their type",
    arguments: [OnnxElementType.int64, .float32, .uint8])
  func quantities(type: OnnxElementType) throws {
    let models = [
      (try classes(type), "'--equivariance y=trivial --distance mismatch'"),
      (try map(type), "'--equivariance y=spatial --distance mismatch'"),
    ]
    for (model, remedy) in models {
      for options in [
        ["--latent", "y"], ["--latent-cosine", "y"], ["--channelwise", "y"],
        ["--equivariance", "y=trivial"], ["--equivariance", "y=trivial", "--distance", "tv"],
      ] {
        let outcome = try run(model, options, group: options.count > 2 ? "C8" : "C4")
        #expect(outcome.status == 64, "\(options): \(outcome.error)")
        #expect(outcome.error.contains("class numbers (ArgMax)"), "\(outcome.error)")
        #expect(outcome.error.contains(remedy), "\(outcome.error)")
      }
    }
  }

  @Test(
    "Class numbers of any type have the same mismatch",
    arguments: [OnnxElementType.int64, .float32, .uint8])
  func mismatch(type: OnnxElementType) throws {
    func value(_ model: String, _ options: [String]) throws -> Double? {
      let outcome = try run(model, options + ["--json"])
      #expect(outcome.status == 0, "\(outcome.error)")
      return try Measured(json: outcome.output).results.first?.value
    }
    let options = ["--equivariance", "y=trivial", "--distance", "mismatch"]
    let expected = try #require(try value(try classes(.int64), options))
    #expect(expected > 0 && expected < 1)
    #expect(try value(try classes(type, keeping: 1), options) == expected)
    // The one that is chosen.
    #expect(try value(try classes(type), []) == expected)
    #expect(try value(try map(type), []) == 0)
  }

  @Test("Numbers with fractions are no labels")
  func fractions() throws {
    let model = try model([1, 6, 6]) { builder in
      builder.addNode("Greater", inputs: ["c", "one"], outputs: ["g"])
      builder.addNode("Cast", inputs: ["g"], outputs: ["f"], attributes: ["to": .integer(1)])
      builder.addNode(
        "ReduceMean", inputs: ["f"], outputs: ["y"], attributes: ["axes": .integers([1])])
    }
    let outcome = try run(model, ["--equivariance", "y=spatial", "--distance", "mismatch"])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("means of decisions"), "\(outcome.error)")
  }

  @Test("Labels that a group would blend are left out if they were not named")
  func blended() throws {
    let outcome = try run(try map(.int64), ["--json"], group: "C8")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(
      outcome.output.contains(
        "Left out after a trial with 2 examples: Tensor 'y' holds labels, and C8 blends"))
    let named = try run(
      try map(.int64), ["--equivariance", "y=spatial", "--distance", "mismatch"], group: "C8")
    #expect(named.status == 65 && named.error.contains("'--interpolation nearest'"))
  }

  // MARK: Automatic choice

  /// The scores of four classes times 100, a softmax over pixels, and two heads that are joined.
  @Test("A tensor that is no distribution does not end a run in which it was not named")
  func unreadable() throws {
    let percent = try model([4]) { builder in
      builder.addNode("Softmax", inputs: ["lg"], outputs: ["p"], attributes: ["axis": .integer(1)])
      builder.addConstant("hundred", shape: [], [100] as [Float])
      builder.addNode("Mul", inputs: ["p", "hundred"], outputs: ["y"])
    }
    let pixels = try model([4, 6, 6]) { builder in
      builder.addNode("Softmax", inputs: ["c"], outputs: ["y"], attributes: ["axis": .integer(3)])
    }
    let joined = try model([8]) { builder in
      builder.addNode("Softmax", inputs: ["lg"], outputs: ["p"], attributes: ["axis": .integer(1)])
      builder.addNode(
        "Concat", inputs: ["p", "p"], outputs: ["y"], attributes: ["axis": .integer(1)])
    }
    for model in [percent, joined] {
      let outcome = try run(model, ["--json"])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(
        outcome.output.contains(
          "Left out after a trial with 2 examples: Tensor 'y' is read as probabilities"))
      let refused = try run(model, ["--softmax", "y"])
      #expect(refused.status == 65 && refused.error.contains("is read as probabilities"))
    }
    // A grid can be compared by its numbers.
    let outcome = try run(pixels, ["--json"])
    #expect(outcome.output.contains("'y' is compared by relative-l2, and not by its probabilities"))
    let result = try #require(Measured(json: outcome.output).results.first)
    #expect(result.metric == "equivariance" && result.value.map { $0 > 0.01 } == true)
    let refused = try run(pixels, ["--equivariance", "y=spatial", "--distance", "kl"])
    #expect(refused.status == 65 && refused.error.contains("is read as probabilities"))
  }

  @Test("What is left out is said, and why")
  func leftOut() throws {
    let model = try model([2], name: "v") { builder in
      builder.addConstant("two", shape: [1], [2] as [Int64])
      builder.addNode("TopK", inputs: ["lg", "two"], outputs: ["v", "i"])
      builder.addOutput("i", shape: [.symbol("n"), .fixed(2)], elementType: .int64)
    }
    let outcome = try run(model, [])
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("Left out: v, which holds the largest scores"))
    #expect(outcome.output.contains("mismatch of i, labels"))
  }

  @Test("One number of which nothing is known is read as a logit, with the reason")
  func logit() throws {
    let model = try model([1], name: "out", classes: 1) {
      $0.addNode("Identity", inputs: ["lg"], outputs: ["out"])
    }
    let outcome = try run(model, ["--json"])
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("read as the logit of a class"))
    let results = try Measured(json: outcome.output).results
    #expect(results.prefix(2).map(\.metric) == ["softmax", "latent"])
  }

  @Test("Scores that are joined of several tensors are noted")
  func joinedScores() throws {
    let model = try model([8]) {
      $0.addNode("Neg", inputs: ["lg"], outputs: ["other"])
      $0.addNode(
        "Concat", inputs: ["lg", "other"], outputs: ["y"], attributes: ["axis": .integer(1)])
    }
    for options in [[], ["--softmax", "y"]] {
      let outcome = try run(model, options)
      #expect(outcome.output.contains("'y' joins 2 tensors (lg, other)"), "\(outcome.error)")
    }
    let stated = try run(model, ["--softmax", "y", "--scores", "y=logits"])
    #expect(stated.status == 0 && !stated.output.contains("joins"))
  }

  // MARK: Sentences

  @Test("Errors of use have their status and their sentence")
  func sentences() throws {
    let text = try model([4], .string) {
      $0.addNode("Cast", inputs: ["lg"], outputs: ["y"], attributes: ["to": .integer(8)])
    }
    let boxes = try model([1, 4], name: "boxes") {
      $0.addConstant("shape", shape: [3], [0, 1, 4] as [Int64])
      $0.addNode("Reshape", inputs: ["lg", "shape"], outputs: ["boxes"])
    }
    let maps = try model([4, 6, 6], name: "logits") {
      $0.addNode("Identity", inputs: ["c"], outputs: ["logits"])
    }
    let cases: [(model: String, options: [String], group: String, status: Int32, text: String)] = [
      (text, ["--latent", "y"], "C4", 64, "holds text, and no numbers"),
      (boxes, ["--equivariance", "boxes=boxes:unit"], "C8", 64, "Error: Boxes remain boxes only"),
      (
        maps, ["--equivariance", "logits=spatial"], "scale:0.5-1", 64,
        "Error: The action 'spatial' needs a finite group"
      ),
      (
        maps, ["--equivariance", "logits=spatial"], "brightness:0.5-1", 64,
        "Error: The action 'spatial' needs a finite group"
      ),
      (maps, ["--softmax", "logits"], "S5@4", 65, "arrays with at least 4 axes"),
      (
        maps, ["--softmax", "logits", "--scores", "logits"], "C4", 65,
        "give the kind of scores together with the name of the tensor: '--scores logits=logits'"
      ),
    ]
    for (model, options, group, status, text) in cases {
      let outcome = try run(model, options, group: group)
      #expect(outcome.status == status, "\(options): \(outcome.error)")
      #expect(outcome.error.contains(text), "\(outcome.error)")
    }
    let all = try run(text, [])
    #expect(all.output.contains("Left out: y, which holds text"), "\(all.error)")
  }

  @Test("Images that are not square are to be cropped")
  func notSquare() throws {
    let model = scratch.path("wide.onnx")
    var builder = OnnxGraphBuilder(name: "wide")
    builder.addInput("x", shape: [.symbol("n"), .fixed(1), .fixed(6), .fixed(8)])
    builder.addNode("Abs", inputs: ["x"], outputs: ["y"])
    builder.addOutput("y", shape: [.symbol("n"), .fixed(1), .fixed(6), .fixed(8)])
    try builder.write(to: model)
    let wide = try scratch.write(numPyFile([8, 1, 6, 8]), to: "wide.npy")
    let outcome = try Tool.run(["measure", model, "--data", wide, "--group", "C4"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("need square images, which --crop makes"), "\(outcome.error)")
  }

  @Test("Under a group of one element nothing deviates, and that is the reason given")
  func trivialGroup() throws {
    let model = try model([4], name: "out") {
      $0.addNode("Identity", inputs: ["lg"], outputs: ["out"])
    }
    let outcome = try run(model, ["--softmax", "out"], group: "C1")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("The group has one element, the identity"))
    #expect(!outcome.output.contains("no largest possible value"))
  }
}
