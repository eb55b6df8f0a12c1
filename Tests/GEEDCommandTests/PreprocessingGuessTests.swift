// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Images without a stated preprocessing, for models whose input has a fixed size.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct PreprocessingGuessTests {
  private let scratch: Scratch
  private let model: String
  private let images: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("orders.onnx")
    try LayoutModels.orders().write(to: model)
    let jpeg = try Data(contentsOf: URL(fileURLWithPath: Fixtures.data("pictures/444.jpg")))
    for number in 0..<3 { _ = try scratch.write(jpeg, to: "set/\(number).jpg") }
    images = scratch.path("set")
  }

  private func output(_ rest: [String]) throws -> String {
    try Tool.output(
      of: ["measure", model, "--data", images, "--group", "flip", "--latent", "vector"] + rest)
  }

  @Test("The guess is said, and gives the digits of the same options")
  func guess() throws {
    let guessed = try output([])
    #expect(
      guessed.contains(
        "Guessed from the input [batch, 3, 6, 6]: images are resized to 6x6, with values from 0 to 1"
      )
    )
    let stated = try output(["--resize", "6x6", "--channels", "3"])
    #expect(!stated.contains("Guessed"))
    func table(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { $0.hasPrefix("latent") }
    }
    #expect(table(guessed) == table(stated) && !table(guessed).isEmpty)
  }

  @Test(
    "The range that the model's metadata state is applied, and said",
    arguments: [
      ("NominalRange_0_255", ["--pixel-max", "255"]), ("Normalized_0_1", []),
      ("Normalized_1_1", ["--mean", ".5,.5,.5", "--std", ".5,.5,.5"]),
    ])
  func metadata(range: String, options: [String]) throws {
    let stated = scratch.path("stated.onnx")
    var builder = LayoutModels.orders()
    builder.metadata = [
      "Image.NominalPixelRange": range, "Image.BitmapPixelFormat": "Bgr8",
    ]
    try builder.write(to: stated)
    let rest = ["--data", images, "--group", "flip", "--latent", "vector"]
    let read = try Tool.output(of: ["measure", stated] + rest)
    #expect(read.contains("metadata state the range of pixels \(range)."))
    #expect(read.contains("blue, green, red"))
    let same = try output(["--resize", "6x6", "--channels", "3"] + options)
    func table(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { $0.hasPrefix("latent") }
    }
    #expect(table(read) == table(same) && !table(read).isEmpty)
  }

  @Test("Nothing is guessed where a part is stated, or the data are numbers")
  func noGuess() throws {
    #expect(try !output(["--resize", "6x6"]).contains("Guessed"))
    let data = try scratch.write(numPyFile([4, 3, 6, 6]), to: "x.npy")
    let text = try Tool.output(of: ["measure", model, "--data", data, "--latent", "vector"])
    #expect(!text.contains("Guessed"))
  }

  /// Writes a model that begins with these operators, each with one constant.
  private func scaled(_ steps: [(operation: String, value: Float)]) throws -> String {
    var builder = OnnxGraphBuilder(name: "scaled")
    let image: [OnnxAxis] = [.symbol("n"), .fixed(3), .fixed(6), .fixed(6)]
    builder.addInput("x", shape: image)
    var name = "x"
    for (number, step) in steps.enumerated() {
      builder.addConstant("c\(number)", shape: [], [step.value])
      builder.addNode(step.operation, inputs: [name, "c\(number)"], outputs: ["y\(number)"])
      name = "y\(number)"
    }
    builder.addNode("Flatten", inputs: [name], outputs: ["flat"])
    builder.addConstant("w", shape: [108, 4], LayoutModels.numbers(432))
    builder.addNode("MatMul", inputs: ["flat", "w"], outputs: ["vector"])
    builder.addOutput("vector", shape: [.symbol("n"), .fixed(4)])
    let path = scratch.path("scaled.onnx")
    try builder.write(to: path)
    return path
  }

  @Test("What is done to the bytes of an array is said, unless the options say it")
  func bytesOfArrays() throws {
    let pixels = (0..<3 * 28 * 28).map { UInt8($0 % 251) }
    let bytes = try scratch.write(
      numPyFile([3, 1, 28, 28], type: "|u1", bytes: pixels), to: "bytes.npy")
    let floats = try scratch.write(numPyFile([3, 1, 28, 28]), to: "floats.npy")
    func isSaid(_ data: String, _ options: [String] = []) throws -> Bool {
      let text = try Tool.output(
        of: [
          "measure", Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx"), "--data", data, "--group",
          "C4", "--latent", "features",
        ] + options)
      return text.contains("Bytes are divided by 255, without a mean and std;")
    }
    #expect(try isSaid(bytes))
    #expect(try !isSaid(bytes, ["--pixel-max", "255"]))
    #expect(try !isSaid(floats))
    #expect(try !isSaid("glyphs", ["--samples", "3"]))
  }

  @Test("A model that scales pixels itself gets them unscaled, and other ones are noted")
  func ownScaling() throws {
    func measured(_ model: String, _ data: String, _ rest: [String]) throws -> String {
      try Tool.output(
        of: ["measure", model, "--data", data, "--group", "flip", "--latent", "vector"] + rest)
    }
    let array = try scratch.write(numPyFile([3, 3, 6, 6]), to: "unit.npy")
    let bytes = try scaled([("Div", 255)])
    let guessed = try measured(bytes, images, [])
    #expect(
      guessed.contains(
        "resized to 6x6, with values from 0 to 255, as the model itself divides its input by 255 (Div)"
      ), "\(guessed)")
    #expect(!guessed.contains("reach it with"))
    let sentence = "so it takes pixels from 0 to 255, but those of"
    #expect(try measured(bytes, images, ["--resize", "6x6"]).contains(sentence))
    #expect(try measured(bytes, array, []).contains(sentence))
    #expect(
      try !measured(bytes, images, ["--resize", "6x6", "--pixel-max", "255"]).contains(sentence))
    let large = try scratch.write(numPyFile([3, 3, 6, 6]) { Float($0 % 256) }, to: "large.npy")
    #expect(
      try measured(bytes, large, []).contains("from 0 to 255, which those of 'large.npy' are."))
    let unit = try scaled([("Sub", 0.45), ("Div", 0.225)])
    let own = try measured(unit, images, [])
    #expect(
      own.contains("with values from 0 to 1, as the model itself computes (x - 0.45) / 0.225"))
    #expect(try !measured(unit, array, []).contains("reach it"))
    let twice = try measured(
      unit, images, ["--resize", "6x6", "--mean", ".45,.45,.45", "--std", ".2,.2,.2"])
    #expect(twice.contains("so it takes pixels from 0 to 1, but those of"))
    #expect(try measured(unit, large, []).contains("with values from 0 to 255"))
  }

  @Test("Means for another white pixel are noted")
  func whitePixel() throws {
    let text = try Tool.output(
      of: ["data", images, "--mean", "123.7,116.3,103.5", "--std", "58.4,57.1,57.4"])
    #expect(text.contains("White pixels are 1, but"))
    let both = try Tool.output(
      of: ["data", images, "--mean", ".5,.5,.5", "--std", ".25,.25,.25", "--pixel-max", "255"])
    #expect(both.contains("give --mean 127.5,127.5,127.5 --std 63.75,63.75,63.75"), "\(both)")
    #expect(try !Tool.output(of: ["data", images, "--preset", "imagenet"]).contains("White"))
  }

  @Test("Arrays in the model's own order with channels last are taken so")
  func channelsLast() throws {
    var builder = OnnxGraphBuilder(name: "last")
    builder.addInput("x", shape: [.symbol("n"), .fixed(8), .fixed(8), .fixed(3)])
    builder.addNode("Mul", inputs: ["x", "x"], outputs: ["y"])
    builder.addOutput("y", shape: [.symbol("n"), .fixed(8), .fixed(8), .fixed(3)])
    let model = scratch.path("last.onnx")
    try builder.write(to: model)
    // Row-major [2, 8, 8, 3] and [2, 3, 8, 8] of the same pixels.
    let value: (Int) -> Float = { Float($0 * $0 % 29) / 29 }
    let last = try scratch.write(numPyFile([2, 8, 8, 3], value: value), to: "last.npy")
    let first = try scratch.write(
      numPyFile([2, 3, 8, 8]) { index in
        let (example, channel, pixel) = (index / 192, index / 64 % 3, index % 64)
        return value(example * 192 + pixel * 3 + channel)
      }, to: "first.npy")
    func measured(_ data: String) throws -> Tool.Outcome {
      try Tool.run([
        "measure", model, "--data", data, "--group", "C4", "--latent", "y", "--samples", "2",
        "--json",
      ])
    }
    let outcome = try measured(last)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("taken channels last"))
    let (a, b) = (
      try Measured(json: outcome.output), try Measured(json: measured(first).output)
    )
    #expect(a.results.map(\.value) == b.results.map(\.value))
    let refused = try Tool.run(["data", last])
    #expect(refused.status == 65 && refused.error.contains("looks like [N, H, W, C]"))
  }

  @Test("Pixels stay bytes for a model of bytes")
  func bytes() throws {
    let model = Fixtures.path("Tests/GEEDCommandTests/Zoo/bytes.onnx")
    let text = try Tool.output(
      of: ["measure", model, "--data", images, "--samples", "3", "--softmax", "logits"])
    #expect(
      text.contains(
        "Guessed from the input (uint8): pixels are bytes from 0 to 255, resized to 16x16"))
  }
}
