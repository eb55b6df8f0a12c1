// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Models that are broken, huge or made to do harm: a status, one sentence, nothing else.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct HostileModelTests {
  private let scratch: Scratch
  private let pictures: String

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([12, 1, 8, 8]), to: "pictures.npy")
  }

  @Test(
    "Weights outside the model's folder, at impossible places or absent are refused alike everywhere",
    arguments: [
      ("external-missing", 66, "'none.bin' is missing"),
      ("external-up", 65, "'../linear-external.bin' is outside the model's folder"),
      ("external-absolute", 65, "'/dev/zero' is no place inside"),
      ("external-offset", 65, "'w.bin' has no place at offset 18446744073709551615"),
      ("external-text", 65, "'w.bin' has no place at offset 4 "),
      ("external-short", 65, "'w.bin' is too short"),
      ("external-length", 65, "'w.bin' is said to hold 36 bytes of it, but the shape takes 72"),
      ("external-nameless", 65, "'' is no place inside"),
      ("external-huge", 65, "'w.bin' is too short"),
    ])
  func external(name: String, status: Int32, reason: String) throws {
    try expectRefused(Fixtures.model("hostile/\(name)"), status, "'W'", reason)
  }

  @Test("A link out of the folder, a FIFO and a folder are no weights; a link inside is")
  func otherFiles() throws {
    let model = try copy("external-other")
    let secret = try scratch.write([UInt8](repeating: 0, count: 256), to: "secret.bin")
    let other = scratch.path("model/other.bin")
    symlink(secret, other)
    try expectRefused(model, 65, "'other.bin' is outside the model's folder")
    unlink(other)
    mkfifo(other, 0o600)
    try expectRefused(model, 65, "'other.bin' is no regular file")
    unlink(other)
    mkdir(other, 0o700)
    try expectRefused(model, 65, "'other.bin' is no regular file")
    rmdir(other)
    try FileManager.default.copyItem(
      atPath: Fixtures.path("Tests/GEEDOnnxTests/Fixtures/hostile/w.bin"),
      toPath: scratch.path("model/w.bin"))
    symlink("w.bin", other)
    #expect(try measure(model).status == 0)
  }

  @Test("A file that is huge and empty is not read into memory that there is not")
  func sparse() throws {
    let model = try copy("external-huge")
    let file = try scratch.write([], to: "model/w.bin")
    truncate(file, 256 << 30)
    for outcome in try runs(model, options: ["--memory", "1GB"]) {
      #expect(outcome.status == 65)
      #expect(outcome.error.contains("takes 128 GB, but at most 1.0 GB"), "\(outcome.error)")
      #expect(outcome.peakMemory < 300 << 20)
    }
  }

  @Test(
    "Shapes that are not possible, or not those of the values, are told",
    arguments: [
      ("dims-huge", "is not possible"), ("dims-wrap", "is not possible"),
      ("dims-negative", "its shape [-2, 1, -3, 3] is not possible"),
      ("dims-short", "its shape [2, 1, 3, 4] takes 96 bytes, but there are 72"),
      ("data-twice", "its values are there twice"),
    ])
  func shapes(name: String, reason: String) throws {
    try expectRefused(Fixtures.model("hostile/\(name)"), 65, "weights 'W'", reason)
  }

  @Test("Inputs that no memory holds are told", arguments: ["batch-huge", "side-huge", "side-max"])
  func inputs(name: String) throws {
    try expectRefused(Fixtures.model("hostile/\(name)"), 65, "its input 'x' of shape")
  }

  @Test("A probe that needs too much memory is told before it is measured, and how to need less")
  func memory() throws {
    // 8·1400 squared numbers of 4 bytes: half a GB for each example.
    let model = Fixtures.model("hostile/tiled")
    let options = ["--group", "C4", "--data", pictures, "--latent", "y", "--samples", "2"]
    let outcome = try Tool.run(["measure", model, "--memory", "4GB"] + options)
    #expect(outcome.status == 65)
    #expect(
      outcome.error.contains(
        "needs about 59 GB of memory, but at most 4.0 GB are allowed; the largest tensor is 'y', "
          + "[1, 11200, 11200] for each example."), "\(outcome.error)")
    #expect(outcome.error.contains("A smaller batch") && outcome.peakMemory < 3 << 30)
    #expect(try Tool.run(["measure", model, "--memory", "0"] + options).status == 64)
    #expect(try Tool.run(["measure", model, "--memory", "much"] + options).status == 64)
  }

  @Test("An input shape that cannot be is wrong usage, or more than the memory")
  func inputShape() throws {
    let model = Fixtures.model("hostile/mix-sum")
    let most = Int.max
    let impossible = try Tool.run(["layers", model, "--input-shape", "\(most)x\(most)x2"])
    #expect(impossible.status == 64)
    let large = try Tool.run(["layers", model, "--input-shape", "1x1000000x1000000"])
    #expect(large.status == 0 && large.output.contains("cannot be run: its input 'x'"))
    #expect(large.peakMemory < 300 << 20)
  }

  @Test("The engine prints nothing by itself, and its message is one line without its sources")
  func engine() throws {
    // A model whose matrices do not fit: the convolution has two channels, the matrix five rows.
    let model = try copy("plain")
    var bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    let name = try #require(bytes.range(of: Data("GlobalAveragePool".utf8)))
    bytes.replaceSubrange(name, with: Data("GlobalAveragePoor".utf8))
    try bytes.write(to: URL(fileURLWithPath: model))
    let outcome = try measure(model)
    #expect(outcome.status == 65)
    #expect(outcome.error.hasPrefix("Error: ONNX Runtime could not load"), "\(outcome.error)")
    #expect(outcome.error.contains("GlobalAveragePoor"), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1)
    #expect(!outcome.error.contains("\u{1B}") && !outcome.error.contains(".cc:"))
  }

  @Test("A loop that never ends is left after Ctrl-C", .timeLimit(.minutes(2)))
  func endless() throws {
    let arguments = [
      "measure", Fixtures.model("hostile/endless"), "--data", pictures, "--group", "C4",
      "--latent", "y",
    ]
    let once = try Tool.run(arguments, limit: 60, signals: [(2, SIGINT)])
    #expect(once.status == 130)
    #expect(once.error.contains("Stopped before the first example was measured"))
    let twice = try Tool.run(arguments, limit: 60, signals: [(2, SIGINT), (2.5, SIGINT)])
    #expect(twice.status == 130)
  }

  @Test("Names with control characters are shown with escapes, and kept in JSON and store")
  func names() throws {
    let name = "a\n\u{1B}[31mEVIL\u{1B}[0m\t\u{202E}b\u{7}"
    let shown = #"a\n\u{1B}[31mEVIL\u{1B}[0m\t\u{202E}b\u{7}"#
    let model = Fixtures.model("hostile/names")
    let listed = try Tool.output(of: ["layers", model])
    #expect(listed.contains(shown))
    let options = ["--data", pictures, "--group", "C4"]
    let text = try Tool.output(of: ["measure", model, "--channelwise", name] + options)
    #expect(text.contains(shown))
    let missing = try Tool.run(["measure", model, "--channelwise", name + "x"] + options)
    #expect(missing.status == 64 && missing.error.contains(shown))
    for text in [listed, text, missing.error] {
      #expect(!text.contains("\u{1B}") && !text.contains("\u{7}"))
      #expect(!text.unicodeScalars.contains("\u{202E}"))
    }
    let json = try Tool.output(of: ["measure", model, "--channelwise", name, "--json"] + options)
    #expect(try Measured(json: json).results[0].tensor == name)
    #expect(!json.unicodeScalars.contains("\u{202E}"))
  }

  @Test("Weights of branches and of constants in other files are part of the model's hash")
  func branches() throws {
    let model = try copy("external-branch")
    let hashes = try [UInt8(1), 2].map { value in
      _ = try scratch.write(
        [Float](repeating: Float(value), count: 18).flatMap { number in
          withUnsafeBytes(of: number) { Array($0) }
        }, to: "model/w.bin")
      let json = try Tool.output(
        of: [
          "measure", model, "--data", pictures, "--group", "C4", "--latent", "y", "--json",
        ])
      let document = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      let weights = (document?["model"] as? [String: Any])?["weights"] as? [String: String]
      return try #require(weights?["w.bin"])
    }
    #expect(hashes[0] != hashes[1])
  }

  /// Copies a model into a folder of its own.
  private func copy(_ name: String) throws -> String {
    try scratch.write(
      Data(contentsOf: URL(fileURLWithPath: Fixtures.model("hostile/\(name)"))),
      to: "model/model.onnx")
  }

  private func measure(_ model: String, _ options: [String] = []) throws -> Tool.Outcome {
    try Tool.run(
      ["measure", model, "--data", pictures, "--group", "C4", "--softmax", "logits"] + options,
      limit: 30)
  }

  /// A measurement, one with an untrained twin, and a linear check.
  private func runs(_ model: String, options: [String] = []) throws -> [Tool.Outcome] {
    [
      try measure(model, options), try measure(model, options + ["--control", "untrained"]),
      try Tool.run(["layers", model, "--linear-check", "C4"] + options, limit: 30),
    ]
  }

  private func expectRefused(
    _ model: String, _ status: Int32, _ reasons: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for outcome in try runs(model) {
      #expect(outcome.status == status, "\(outcome.error)", sourceLocation: sourceLocation)
      for reason in reasons {
        #expect(outcome.error.contains(reason), "\(outcome.error)", sourceLocation: sourceLocation)
      }
      #expect(outcome.error.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
      #expect(outcome.output == "", sourceLocation: sourceLocation)
    }
  }
}
