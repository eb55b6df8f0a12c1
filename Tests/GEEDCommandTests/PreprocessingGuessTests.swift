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
