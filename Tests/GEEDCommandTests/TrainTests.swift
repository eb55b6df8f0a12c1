// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import Testing
import _GEEDTestSupport

@Suite("geed train") struct TrainTests {
  private func configuration(_ change: (String) -> String = { $0 }) -> String {
    change(
      """
      network: {name: conventional-cnn, width: 0.05, classes: 10}
      data: {source: glyphs, rotated: true, resize: 29, count: 40}
      iterations: 6
      batch: 8
      optimizer: {kind: sgd, rate: 0.05, warm-up: 2}
      augmentation: rotation
      evaluation: {every: 3, count: 20}
      checkpoint-every: 2
      measure: {every: 3, group: C4, samples: 4, scale-samples: 6, latent: [features]}
      """)
  }

  private func written(_ text: String, in scratch: Scratch) throws -> String {
    let path = scratch.path("run.yaml")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private struct Line: Decodable, Equatable {
    struct Deviation: Decodable, Equatable {
      let metric: String
      let tensor: String
      let value: Double
    }

    let iteration: Int
    let loss: Double?
    let testAccuracy: Double?
    let deviations: [Deviation]?
  }

  private func trajectory(_ folder: String) throws -> [Line] {
    try String(contentsOfFile: "\(folder)/trajectory.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
  }

  /// How many lines a run has written so far.
  private func lineCount(_ folder: String) -> Int {
    let text = try? String(contentsOfFile: "\(folder)/trajectory.jsonl", encoding: .utf8)
    return text?.split(separator: "\n").count ?? 0
  }

  @Test("What was trained is measured by the engine for ONNX models as it was on the way")
  func trainsAndMeasures() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let output = try Tool.output(of: ["train", path, "--threads", "1"])
    let folder = scratch.path("run")
    #expect(output.contains("model.onnx"))
    let lines = try trajectory(folder)
    #expect(lines.map(\.iteration) == Array(0...6))
    #expect(lines.filter { $0.deviations != nil }.map(\.iteration) == [0, 3, 6])
    #expect(lines.dropFirst().allSatisfy { $0.loss != nil })
    let best = try #require(lines.dropFirst().compactMap(\.testAccuracy).max())
    let weights = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/best.safetensors"))
    // The header of the file is text.
    let header = String(decoding: weights.prefix(4096), as: UTF8.self)
    #expect(header.contains("\"testAccuracy\":\"\(best)\""), "\(header)")
    #expect(FileManager.default.fileExists(atPath: "\(folder)/best.onnx"))
    let json = try Tool.output(of: [
      "measure", "\(folder)/model.onnx", "--data", "glyphs", "--resize", "29x29", "--group", "C4",
      "--latent", "features", "--samples", "4", "--scale-samples", "6", "--json",
    ])
    #expect(json.contains("\"tensor\" : \"features\""))
  }

  @Test("Without labels the accuracy is that of a linear probe, and is called so")
  func trainsWithoutLabels() throws {
    let scratch = try Scratch()
    let path = try written(
      configuration {
        $0.replacing("augmentation: rotation", with: "objective: simclr\naugmentation: {crop: {}}")
          .replacing("count: 20}", with: "count: 20, probe-count: 30}")
      }, in: scratch)
    let output = try Tool.output(of: ["train", path, "--threads", "1"])
    #expect(output.contains("linear-probe accuracy") && !output.contains("test accuracy"))
    let text = try String(contentsOfFile: scratch.path("run/trajectory.jsonl"), encoding: .utf8)
    #expect(text.contains(#""testClassifier":"linear-probe""#))
    #expect(try trajectory(scratch.path("run")).compactMap(\.testAccuracy).count == 3)
  }

  @Test("Killed at any moment, a run continues and ends with the same numbers")
  func killedAndResumed() throws {
    let scratch = try Scratch()
    let text = configuration { $0.replacing("iterations: 6", with: "iterations: 40") }
    let path = try written(text, in: scratch)
    let whole = scratch.path("whole")
    let killed = scratch.path("killed")
    _ = try Tool.output(of: ["train", path, "-o", whole, "--threads", "1"])
    let first = try Tool.run(
      ["train", path, "-o", killed, "--threads", "1"],
      signal: (SIGKILL, when: { lineCount(killed) >= 12 }))
    #expect(first.status == 128 + SIGKILL)
    _ = try Tool.output(of: ["train", path, "-o", killed, "--threads", "1", "--resume"])
    #expect(try trajectory(whole) == trajectory(killed))
    for file in ["model.safetensors", "best.safetensors", "best.onnx"] {
      let bytes = try ["whole", "killed"].map {
        try Data(contentsOf: URL(fileURLWithPath: scratch.path("\($0)/\(file)")))
      }
      let same = bytes[0] == bytes[1]
      #expect(same, "\(file)")
    }
  }

  @Test("Ctrl-C saves what the run can go on from")
  func interrupted() throws {
    let scratch = try Scratch()
    let text = configuration { $0.replacing("iterations: 6", with: "iterations: 100000") }
    let path = try written(text, in: scratch)
    let outcome = try Tool.run(
      ["train", path, "--threads", "1"],
      signal: (SIGINT, when: { lineCount(scratch.path("run")) >= 4 }))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Stopped after"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("run/checkpoint.safetensors")))
  }

  @Test(
    "Wrong settings are named in one sentence",
    arguments: [
      ("iterations: 6", "iteration: 6", "iteration"),
      ("iterations: 6", "iterations: 0", "iterations"),
      ("name: conventional-cnn", "name: resnet", "resnet18"),
      ("resize: 29", "resize: 9", "too small"),
      ("[features]", "[feature]", "feature"),
      ("group: C4", "group: Q4", "Q4"),
      ("kind: sgd", "kind: sdg", "kind"),
      ("source: glyphs", "source: nowhere", "nowhere"),
      ("source: glyphs", "source: glyphs, corruption: mist:1", "corruption"),
      ("warm-up: 2", "warm-up: 20", "warm-up"),
      (
        "batch: 8", "batch: 9223372036854775807",
        "line 4, 'batch': expected a number from 1 to 65536"
      ),
      ("batch: 8", "batch: 100000000000", "from 1 to 65536, but got 100000000000"),
      ("batch: 8", "batch: 999999999", "from 1 to 65536"),
      ("batch: 8", "batch: 9223372036854775808", "expected a whole number, but got"),
      ("iterations: 6", "iterations: 9223372036854775807", "from 1 to 1000000000"),
      ("resize: 29", "resize: 65535", "line 2, 'data.resize': expected a number from 1 to 4096"),
      ("batch: 8", "batch: 65536\nlabel-smoothing: 1.5", "line 5, 'label-smoothing'"),
      ("rate: 0.05", "rate: .nan", "line 5, 'optimizer.rate': expected a positive rate"),
      ("rate: 0.05", "rate: 1e300", "but got 1e+300"),
      ("rate: 0.05", "rate: fast", "expected a number, but got 'fast'"),
      ("classes: 10", "classes: 1000000000", "from 2 to 100000"),
      ("classes: 10", "classes: 10, head: new", "'network.head': expected 'weights' as well"),
      ("classes: 10", "classes: 10, weights: none.safetensors", "none.safetensors"),
      ("rate: 0.05", "rate: 0.05, head-rate: 0", "'optimizer.head-rate': expected a positive rate"),
      ("width: 0.05", "width: .inf", "at most 16"),
      ("samples: 4", "samples: 0", "measure.samples"),
      ("every: 3", "every: -1", "from 1 to 1000000000, but got -1"),
      ("batch: 8", "batch: 8\nseed: -1", "line 5, 'seed': expected a whole number from 0 to"),
      ("batch: 8", "batch: 8\nbatch: 9", "line 4: 'batch' occurs more than once"),
      ("batch: 8", "bach: 8", "the nearest is 'batch'"),
      ("batch: 8", "batch: [8", "as YAML: line "),
      ("augmentation: rotation", "augmentation: flips", "line 6, 'augmentation': expected none"),
      ("augmentation: rotation", "augmentation: {flop: 0.5}", "the nearest is 'flip'"),
      ("augmentation: rotation", "augmentation: {crop: {scale: [2]}}", "'augmentation.crop.scale'"),
      ("augmentation: rotation", "augmentation: {blur: {size: 2}}", "an odd number of pixels"),
      ("augmentation: rotation", "objective: dino", "line 6, 'objective': expected one of labels"),
      ("augmentation: rotation", "objective: simclr", "which would be equal"),
      ("batch: 8", "batch: 8\nobjective: rotations", "by how much an image is rotated"),
      ("[features]}", "[logits]}\nobjective: simclr", "does not train 'logits'"),
      ("count: 20}", "count: 20, probe-count: 0}", "'evaluation.probe-count'"),
      ("[features]", "[*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]", "16 aliases"),
    ])
  func wrongSettings(right: String, wrong: String, named: String) throws {
    let scratch = try Scratch()
    let path = try written(configuration { $0.replacing(right, with: wrong) }, in: scratch)
    let outcome = try Tool.run(["train", path])
    #expect([64, 65, 66].contains(outcome.status))
    #expect(outcome.error.contains(named))
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
    #expect(outcome.output == "")
  }

  @Test("A configuration that cannot be read is told by its kind")
  func unreadableConfigurations() throws {
    let scratch = try Scratch()
    let folder = try scratch.write([], to: "folder/x").replacing("/x", with: "")
    let cases: [(path: String, status: Int32, reason: String)] = [
      (scratch.path("none.yaml"), 66, "but there is nothing"),
      (folder, 66, "it is a folder"),
      (try scratch.write([], to: "empty.yaml"), 65, "expected settings"),
      (try scratch.write([0xFF, 0xFE, 0], to: "bytes.yaml"), 65, "expected UTF-8"),
      (
        try scratch.write(Array(repeating: UInt8(ascii: "#"), count: 70_000), to: "large.yaml"), 65,
        "at most 65536 bytes"
      ),
      (
        try scratch.write(Array(repeating: UInt8(ascii: "["), count: 60_000), to: "deep.yaml"), 65,
        "nesting level"
      ),
    ]
    for (path, status, reason) in cases {
      let outcome = try Tool.run(["train", path])
      #expect(outcome.status == status, "\(path)")
      #expect(outcome.error.contains(reason), "\(outcome.error)")
      #expect(outcome.error.count { $0 == "\n" } == 1, "\(outcome.error)")
    }
  }

  @Test("A folder that cannot be made is told with the reason")
  func noFolder() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let file = try scratch.write([], to: "file")
    for (folder, reason) in [
      (file, "there is a file of that name"), ("\(file)/run", "Not a directory"),
    ] {
      let outcome = try Tool.run(["train", path, "-o", folder])
      #expect(outcome.status == 74)
      #expect(outcome.error == "Error: Could not make the folder '\(folder)': \(reason).\n")
    }
  }

  @Test("SIGTERM saves what the run can go on from as well, and the code says so")
  func terminated() throws {
    let scratch = try Scratch()
    let text = configuration { $0.replacing("iterations: 6", with: "iterations: 100000") }
    let path = try written(text, in: scratch)
    let outcome = try Tool.run(
      ["train", path, "--threads", "1"],
      signal: (SIGTERM, when: { lineCount(scratch.path("run")) >= 4 }))
    #expect(outcome.status == 128 + SIGTERM)
    #expect(outcome.output.contains("Stopped after"))
    #expect(FileManager.default.fileExists(atPath: scratch.path("run/checkpoint.safetensors")))
  }

  @Test("A folder that holds a training asks what is to become of it")
  func heldFolder() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let folder = scratch.path("run")
    _ = try Tool.output(of: ["train", path, "--threads", "1"])
    let model = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/model.safetensors"))
    let refused = try Tool.run(["train", path])
    #expect(refused.status == 64)
    #expect(
      refused.error
        == "Error: '\(folder)' holds a training; '--resume' continues it, '--overwrite' starts again.\n"
    )
    // What a killed process leaves half-written, and what is somebody's own.
    _ = try scratch.write([0], to: "run/best.onnx.123-456.part")
    _ = try scratch.write([0], to: "run/notes.part")
    _ = try Tool.output(of: ["train", path, "--threads", "1", "--overwrite"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/model.safetensors")) == model)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.filter { $0.hasSuffix(".part") } == ["notes.part"])
    #expect(try Tool.run(["train", path, "--overwrite", "--resume"]).status == 64)
    // Networks without what their run could go on from stay; a training that had made none yet
    // begins again.
    try FileManager.default.removeItem(atPath: "\(folder)/checkpoint.safetensors")
    let lost = try Tool.run(["train", path, "--resume"])
    #expect(lost.status == 64)
    #expect(lost.error.contains("no checkpoint.safetensors to continue from"), "\(lost.error)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/model.safetensors")) == model)
    for name in ["model.safetensors", "model.onnx"] {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    _ = try Tool.output(of: ["train", path, "--threads", "1", "--resume"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/model.safetensors")) == model)
  }

  @Test(
    "More iterations go on where the rate does not depend on their number, and else say why not")
  func moreIterations() throws {
    let scratch = try Scratch()
    let constant = configuration {
      $0.replacing("warm-up: 2", with: "warm-up: 2, decay: constant")
    }
    let longer = constant.replacing("iterations: 6", with: "iterations: 12")
    let store = scratch.path("runs.sqlite")
    let path = try written(longer, in: scratch)
    let whole = scratch.path("whole")
    _ = try Tool.output(of: ["train", path, "-o", whole, "--threads", "1"])
    let train = ["train", path, "-o", scratch.path("run"), "--threads", "1", "--store", store]
    _ = try written(constant, in: scratch)
    _ = try Tool.output(of: train)
    _ = try written(longer, in: scratch)
    _ = try Tool.output(of: train + ["--resume"])
    let bytes = try ["whole", "run"].map {
      try Data(contentsOf: URL(fileURLWithPath: scratch.path("\($0)/model.safetensors")))
    }
    #expect(bytes[0] == bytes[1])
    #expect(try trajectory(scratch.path("run")).map(\.iteration) == Array(0...12))
    // One run, which has become longer.
    let runs = try Tool.output(of: ["runs", "--store", store])
    #expect(runs.matches(of: /train/).count == 1 && runs.contains(" 12 "), "\(runs)")
    // Back to fewer is no continuation.
    _ = try written(constant, in: scratch)
    let shorter = try Tool.run(train + ["--resume"])
    #expect(shorter.status == 65)
    #expect(shorter.error.contains("it is of iteration 12, but the run has 6 iterations"))
    let cosine = configuration()
    _ = try written(cosine, in: scratch)
    let other = ["train", path, "-o", scratch.path("cosine"), "--threads", "1"]
    _ = try Tool.output(of: other)
    _ = try written(cosine.replacing("iterations: 6", with: "iterations: 12"), in: scratch)
    let refused = try Tool.run(other + ["--resume"])
    #expect(refused.status == 64)
    #expect(refused.error.contains("only 'decay: constant' can continue for longer"))
  }

  /// Writes grey noise in folders of classes.
  private func noise(_ count: Int, in folder: String, _ scratch: Scratch, seed: Int) throws {
    for index in 0..<count {
      // Labels that have nothing to do with the pictures.
      let values = (0..<256).map { Float(($0 * 7919 + (index + seed) * 104_729) % 251) / 250 }
      let array = try scratch.write(numPyFile([1, 1, 16, 16]) { values[$0] }, to: "one.npy")
      let path = scratch.path("\(folder)/class\(index % 3)/\(index).png")
      try FileManager.default.createDirectory(
        at: URL(fileURLWithPath: path).deletingLastPathComponent(),
        withIntermediateDirectories: true)
      _ = try Tool.output(of: [
        "data", array, "--group", "flip", "--samples", "1", "--preview", path,
      ])
    }
  }

  @Test("A network is not tried on what it has learnt")
  func separateParts() throws {
    let scratch = try Scratch()
    try noise(12, in: "pictures", scratch, seed: 0)
    try noise(3, in: "other", scratch, seed: 100)
    let source = scratch.path("pictures")
    func train(_ data: String, _ name: String, count: String = "") throws -> Tool.Outcome {
      let text = configuration {
        $0.replacing("source: glyphs, rotated: true", with: data)
          .replacing(", count: 40", with: count).replacing("classes: 10", with: "classes: 3")
          .replacing("scale-samples: 6", with: "scale-samples: 3")
          .replacing("samples: 4", with: "samples: 2")
      }
      let path = try written(text, in: scratch)
      return try Tool.run(["train", path, "--threads", "1", "-o", scratch.path(name)])
    }
    for data in ["source: \(source)", "source: \(source), rotated: true"] {
      let refused = try train(data, "refused")
      #expect(refused.status == 64)
      #expect(refused.error.contains("does not come in parts"), "\(refused.error)")
      #expect(refused.error.contains("'split: 0.2'"))
    }
    // One of the pictures under another name, and the same folder through a link.
    let link = scratch.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: source)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("other/class0/x.png"), withDestinationPath: "\(source)/class0/0.png")
    for test in [link, "\(source)/", scratch.path("other")] {
      let refused = try train("source: \(source), test: \(test)", "refused")
      #expect(refused.status == 64)
      #expect(refused.error.contains("is among both"), "\(refused.error)")
    }
    try FileManager.default.removeItem(atPath: scratch.path("other/class0/x.png"))
    // The same bytes in other files.
    try FileManager.default.copyItem(atPath: source, toPath: scratch.path("copy"))
    let copied = try train("source: \(source), test: \(scratch.path("copy"))", "refused")
    #expect(copied.status == 64)
    #expect(copied.error.contains("12 of 12 files, such as "), "\(copied.error)")
    let both = try train("source: \(source), test: \(link), split: 0.2", "refused")
    #expect(both.status == 65)
    #expect(try train("source: \(source), test: \(scratch.path("other"))", "a").status == 0)
    #expect(try train("source: \(source), split: 0.25", "b").status == 0)
    let again = try train("source: \(source), split: 0.25", "c")
    #expect(again.status == 0, "\(again.error)")
    #expect(try trajectory(scratch.path("b")) == trajectory(scratch.path("c")))
    // Three of twelve are held back, one of each class: accuracies are thirds.
    let accuracies = try trajectory(scratch.path("b")).compactMap(\.testAccuracy)
    #expect(!accuracies.isEmpty)
    // Rounding of a share of three.
    #expect(accuracies.allSatisfy { abs(3 * $0 - (3 * $0).rounded()) < 1e-9 })
  }

  @Test("A checkpoint that was edited or cut short is told in one sentence")
  func editedCheckpoint() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    _ = try Tool.output(of: ["train", path, "--threads", "1"])
    let checkpoint = URL(fileURLWithPath: scratch.path("run/checkpoint.safetensors"))
    let whole = try Data(contentsOf: checkpoint)
    let header = whole.dropFirst(8).prefix(Int(whole[0]) + Int(whole[1]) << 8)
    func edited(_ change: (String) -> String) throws -> Data {
      let text = Data(change(String(decoding: header, as: UTF8.self)).utf8)
      let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
      return length + text + whole.dropFirst(8 + header.count)
    }
    func flipped(_ bytes: Data, at position: Int) -> Data {
      var bytes = bytes
      bytes[position] ^= 0x40
      return bytes
    }
    let last = "\"iteration\":\"6\""
    let beyond = "\"iteration\":\"9223372036854775807\""
    let cases: [(bytes: Data, reason: String)] = [
      (try edited { $0.replacing(last, with: beyond) }, "it is damaged: its checksum"),
      (try edited { $0.replacing(last, with: "\"iteration\":\"-1\"") }, "the iteration '-1'"),
      (try edited { $0.replacing("\"F32\"", with: "\"F64\"") }, "bytes for F64"),
      (try edited { $0.replacing("\"shape\":[", with: "\"shape\":[-") }, "a whole number"),
      (try edited { $0.replacing("\"draws\":\"2\"", with: "\"draws\":\"1\"") }, "it is damaged"),
      (try edited { $0.replacing("momentum_buffer", with: "momentum_batter") }, "it is damaged"),
      (try edited { $0.replacing("\"sha256\"", with: "\"sha255\"") }, "an older version wrote it"),
      (flipped(whole, at: whole.count - 3), "it is damaged"),
      (flipped(whole, at: (8 + header.count + whole.count) / 2), "it is damaged"),
      (whole.prefix(whole.count / 2), "bytes as in the header"),
      (whole.prefix(4), "8 bytes at least"),
      (Data(repeating: 0xFF, count: 64), "a header of"),
      (Data(), "8 bytes at least"),
    ]
    for (bytes, reason) in cases {
      try bytes.write(to: checkpoint)
      let outcome = try Tool.run(["train", path, "--threads", "1", "--resume"])
      #expect(outcome.status == 65, "\(reason)")
      #expect(outcome.error.contains(reason), "\(outcome.error)")
      #expect(outcome.error.count { $0 == "\n" } == 1, "\(outcome.error)")
    }
  }

  @Test("Pictures can be grey, inverted and corrupted before they are learnt from")
  func adaptedPictures() throws {
    let scratch = try Scratch()
    let changes = ["", ", grey: true", ", invert: true", ", corruption: contrast:5"]
    let losses = try changes.map { change in
      let text = configuration { $0.replacing("source: glyphs", with: "source: glyphs\(change)") }
      let path = try written(text, in: scratch)
      let folder = scratch.path("run\(changes.firstIndex(of: change) ?? 0)")
      _ = try Tool.output(of: ["train", path, "--threads", "1", "--output", folder])
      return try trajectory(folder).compactMap(\.loss).last
    }
    // Glyphs are grey already; everything else is another picture.
    #expect(losses[0] != nil && losses[1] == losses[0])
    #expect(losses[2] != losses[0] && losses[3] != losses[0] && losses[2] != losses[3])
  }

  @Test("Of several processes the first one measures and writes, and all can go on from there")
  func severalProcesses() async throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let folder = scratch.path("run")
    try await trainTogether([path, "-o", folder])
    let lines = try trajectory(folder)
    #expect(lines.map(\.iteration) == Array(0...6))
    #expect(lines.filter { $0.deviations != nil }.map(\.iteration) == [0, 3, 6])
    // Nothing is left to do, but for writing the same network again.
    try FileManager.default.removeItem(atPath: "\(folder)/model.safetensors")
    try await trainTogether([path, "-o", folder, "--resume"])
    #expect(try trajectory(folder) == lines)
    #expect(FileManager.default.fileExists(atPath: "\(folder)/model.safetensors"))
  }

  /// Runs two processes of `geed train`, of which the second has nothing to say.
  private func trainTogether(_ arguments: [String]) async throws {
    let port = try #require(freePort())
    let outcomes = try await withThrowingTaskGroup(of: Tool.Outcome.self) { processes in
      for rank in 0..<2 {
        let environment = [
          "RANK": "\(rank)", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
          "MASTER_PORT": "\(port)",
        ]
        processes.addTask {
          // A thread of its own, as there may be only one for tasks, and each waits for the other.
          try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
              continuation.resume(
                with: Result {
                  try Tool.run(
                    ["train"] + arguments + ["--threads", "1"], environment: environment)
                })
            }
          }
        }
      }
      return try await processes.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.error == "" }, "\(outcomes)")
    #expect(outcomes.count { $0.output == "" } == 1)
    #expect(outcomes.count { $0.output.contains("model.onnx") } == 1)
  }

  @Test("Who is one of several processes, and is not told where they meet, says so")
  func missingVariable() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    let outcome = try Tool.run(
      ["train", path], environment: ["RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": ""])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("MASTER_ADDR is not set, but RANK is."))
  }

  @Test func aCheckpointOfOtherSettingsIsRefused() throws {
    let scratch = try Scratch()
    let path = try written(configuration(), in: scratch)
    _ = try Tool.output(of: ["train", path, "--threads", "1"])
    _ = try written(configuration { $0.replacing("rate: 0.05", with: "rate: 0.5") }, in: scratch)
    let outcome = try Tool.run(["train", path, "--resume"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("other settings"))
  }
}
#endif
