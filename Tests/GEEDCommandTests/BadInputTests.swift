// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Files that are missing, broken or do not fit: a code, one sentence, nothing else.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct BadInputTests {
  private let scratch: Scratch
  private let pictures: String

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
  }

  @Test("A model that is missing or a folder cannot be read")
  func missingModel() throws {
    try expectError(66, "there is no such file", model: scratch.path("none.onnx"))
    try expectError(66, "it is a folder", model: Fixtures.path("Tests"))
    let outcome = try Tool.run(["layers", scratch.path("none.onnx")])
    #expect(outcome.status == 66)
  }

  @Test("A file that is cut short, empty or something else is no model")
  func brokenModel() throws {
    try expectError(65, "expected a whole ONNX file", model: Fixtures.model("truncated"))
    let text = try scratch.write(Array("This is no model.\n".utf8), to: "text.onnx")
    try expectError(65, "text.onnx: expected a whole ONNX file", model: text)
    let empty = try scratch.write([], to: "empty.onnx")
    try expectError(65, "an empty file", model: empty)
  }

  @Test("Data that are missing are named")
  func missingData() throws {
    try expectError(
      66, "'\(scratch.path("none"))', but there is nothing", data: scratch.path("none"))
    try expectError(
      66, "none.npy', but there is nothing",
      options: ["--scale-data", scratch.path("none.npy"), "--latent", "features"])
  }

  @Test("A file that may not be read is named", .enabled(if: geteuid() != 0, "Root may read all."))
  func unreadable() throws {
    let model = try scratch.write([0], to: "model.onnx")
    let folder = try scratch.write([0], to: "folder/picture.png")
    for path in [model, pictures, folder] { chmod(path, 0) }
    try expectError(66, "model.onnx", model: model)
    try expectError(66, "pictures.npy", data: pictures)
    try expectError(66, "picture.png", data: scratch.path("folder"))
  }

  @Test("A picture that is cut short, or none, is named")
  func brokenPicture() throws {
    let jpeg = try Data(contentsOf: URL(fileURLWithPath: Fixtures.data("pictures/444.jpg")))
    _ = try scratch.write(jpeg, to: "cut/0.jpg")
    _ = try scratch.write(jpeg.prefix(jpeg.count * 3 / 4), to: "cut/1.jpg")
    try expectError(
      65, "Could not decode '\(scratch.path("cut/1.jpg"))' as JPEG", data: scratch.path("cut"),
      options: ["--resize", "8x8", "--softmax", "logits"])
    _ = try scratch.write(Array("text".utf8), to: "text/a.png")
    try expectError(
      65, "text/a.png': expected an image of JPEG, PNG, TIFF", data: scratch.path("text"))
  }

  @Test("A folder without pictures is no data set")
  func emptyFolder() throws {
    _ = try scratch.write([], to: "empty/notes.txt")
    try expectError(65, "empty': expected images", data: scratch.path("empty"))
  }

  @Test(
    "Examples that do not fit the model are told with both shapes",
    arguments: [[20, 1, 8, 8], [20, 3, 9, 9], [20, 7]])
  func wrongShape(shape: [Int]) throws {
    let data = try scratch.write(numPyFile(shape), to: "other.npy")
    let row = shape.count == 2 ? "acts on arrays" : "takes [batch, 3, 8, 8], but the examples are"
    try expectError(65, row, data: data)
  }

  @Test("Examples of M that have another shape are told before anything is measured")
  func wrongScaleShape() throws {
    let other = try scratch.write(numPyFile([20, 1, 8, 8]), to: "grey.npy")
    try expectError(
      65, "Example 0 of grey.npy has shape [1, 8, 8], but expected [3, 8, 8]",
      options: ["--scale-data", other, "--latent", "features"])
  }

  @Test(
    "An array of another type, cut short or with NaN is refused",
    arguments: [("type", "found '<c8'"), ("length", "is truncated"), ("nan", "expected finite")])
  func brokenArray(flaw: String, message: String) throws {
    let whole = numPyFile([2, 3, 8, 8]) { $0 == 5 ? .nan : 0 }
    let bytes =
      switch flaw {
      case "type": numPyFile([2, 3, 8, 8], type: "<c8", bytes: Array(repeating: 0, count: 3072))
      case "length": Array(whole.dropLast(100))
      default: whole
      }
    try expectError(65, message, data: scratch.write(bytes, to: "broken.npy"))
  }

  @Test("Pictures that are not square cannot be turned: the error names the option")
  func notSquare() throws {
    let data = try scratch.write(numPyFile([5, 3, 8, 10]), to: "wide.npy")
    try expectError(65, "C4 holds a quarter turn, which needs square images", data: data)
    try expectError(65, "(--crop)", data: data)
    let sheet = scratch.path("sheet.png")
    let outcome = try Tool.run(["data", data, "--preview", sheet])
    #expect(outcome.status == 65)
    #expect(outcome.output == "")
    #expect(!FileManager.default.fileExists(atPath: sheet))
  }

  @Test("NaN in an output is told with tensor, example and element")
  func nan() throws {
    let outcome = try Tool.run([
      "measure", Fixtures.model("nan"), "--data", pictures, "--group", "C4", "--softmax", "scores",
    ])
    #expect(outcome.status == 65)
    #expect(
      outcome.error
        == "Error: Tensor 'scores' holds NaN for example 17 of pictures.npy under element r0.\n")
    #expect(outcome.output == "")
  }

  @Test("Means and deviations have to be as many as channels")
  func meanCount() throws {
    try expectError(
      65, "expected 3 means, one for each channel, but found 2",
      options: ["--mean", ".5,.5", "--softmax", "logits"])
    try expectError(
      65, "expected 3 standard deviations",
      options: ["--std", "1", "--softmax", "logits"])
  }

  @Test("A model of bytes refuses pictures in 0...1, which it would round away")
  func bytes() throws {
    try expectError(64, "--pixel-max 255", model: Fixtures.model("uint8"))
    let bytes = try scratch.write(numPyFile([5, 3, 8, 8]) { Float($0 % 256) }, to: "bytes.npy")
    _ = try Tool.output(of: [
      "measure", Fixtures.model("uint8"), "--data", bytes, "--group", "C4", "--softmax", "logits",
    ])
  }

  @Test("Metrics refuse tensors that they cannot be had of")
  func unfitTensors() throws {
    try expectError(
      64, "'features' of shape [N, 4] cannot be measured channel by channel: it is a vector",
      options: ["--channelwise", "features"])
    try expectError(65, "Softmax needs one score", options: ["--softmax", "relu"])
    try expectError(
      65, "one per example", model: Fixtures.model("unbatched"), options: ["--latent", "total"])
  }

  @Test("ONNX Runtime's library that is not there, or is none, is a missing input")
  func library() throws {
    let nowhere = ["GEED_ONNXRUNTIME": scratch.path("nowhere")]
    try expectError(66, "install-onnxruntime.sh", environment: nowhere)
    try expectError(
      66, "Cannot load ONNX Runtime's library", environment: ["GEED_ONNXRUNTIME": pictures])
  }

  @Test("A sheet that cannot be written leaves nothing on standard output")
  func sheet() throws {
    let outcome = try Tool.run(["data", pictures, "--preview", scratch.path("none/sheet.png")])
    #expect(outcome.status == 66)
    #expect(outcome.error.contains("Expected a folder to write to"))
    #expect(outcome.output == "")
  }

  /// Measures what would go well but for the arguments.
  private func expectError(
    _ status: Int32, _ message: String, model: String? = nil, data: String? = nil,
    options: [String] = ["--softmax", "logits"], environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Tool.run(
      ["measure", model ?? Fixtures.model("dynamic-batch"), "--data", data ?? pictures]
        + ["--group", "C4"] + options, environment: environment, sourceLocation: sourceLocation)
    #expect(outcome.status == status, sourceLocation: sourceLocation)
    #expect(outcome.error.contains(message), "\(outcome.error)", sourceLocation: sourceLocation)
    #expect(outcome.error.hasPrefix("Error: "), sourceLocation: sourceLocation)
    #expect(
      outcome.error.hasSuffix("\n") && outcome.error.count(where: \.isNewline) == 1,
      "More than a sentence: \(outcome.error)", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
  }
}
