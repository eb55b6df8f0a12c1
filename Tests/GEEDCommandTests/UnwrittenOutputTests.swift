// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Output that cannot be written: a code and a sentence, and nothing else is lost.
@Suite("Output that cannot be written", .enabled(if: Available.runtime, Available.noRuntime))
struct UnwrittenOutputTests {
  private let full = Tool.Descriptor.file("/dev/full")
  private let measure = [
    "measure", Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx"), "--data", "glyphs", "--group",
    "C4", "--samples", "30", "--softmax", "logits",
  ]

  @Test(
    "Standard output on a full disk or closed is an error, whatever the command",
    arguments: [
      ["--help"], ["--version"], ["conformance", "--json"], ["layers", "MODEL"],
      ["data", "glyphs", "--samples", "3"], ["measure", "--help"],
      ["--generate-completion-script", "bash"],
    ])
  func unwritten(words: [String]) throws {
    let arguments = words.map {
      $0 == "MODEL" ? Fixtures.path("Examples/Glyphs/glyphs-cnn.onnx") : $0
    }
    for (descriptor, reason) in [
      (full, "No space left on device"), (.closed, "Bad file descriptor"),
    ] {
      let outcome = try Tool.run(arguments, descriptors: [1: descriptor])
      #expect(outcome.status == 74)
      #expect(outcome.error == "Error: Could not write standard output: \(reason).\n")
    }
  }

  @Test("A reader that has left ends the tool as it ends others, without a word")
  func brokenPipe() throws {
    for arguments in [["--help"], measure + ["--json"], ["conformance", "--json"]] {
      let outcome = try Tool.run(arguments, descriptors: [1: .brokenPipe])
      #expect(outcome.status == 128 + SIGPIPE)
      #expect(outcome.error == "")
    }
  }

  @Test("Standard error that cannot be written changes neither output nor code")
  func silent() throws {
    let expected = try Tool.output(of: measure)
    for descriptor in [full, .closed, .brokenPipe] {
      let outcome = try Tool.run(measure, descriptors: [2: descriptor])
      #expect(outcome.status == 0)
      #expect(outcome.output == expected)
      let wrong = try Tool.run(["runs", "--store", "nowhere.sqlite"], descriptors: [2: descriptor])
      #expect(wrong.status == 66)
    }
  }

  @Test("A store does not get the number of a closed descriptor")
  func closedDescriptors() throws {
    let scratch = try Scratch()
    let stored = measure + ["--json", "--store", scratch.path("runs.sqlite")]
    let outcome = try Tool.run(
      stored, descriptors: [0: .closed, 1: .closed, 2: .closed])
    #expect(outcome.status == 74)
    // What was measured is in the store, which nothing else was written to.
    let document = try Tool.output(of: ["export", "1", "--store", scratch.path("runs.sqlite")])
    #expect(try document == Tool.output(of: measure + ["--json"]))
    let resumed = try Tool.run(stored + ["--resume"])
    #expect(resumed.status == 0)
    #expect(resumed.output == document)
  }

  @Test("A result is printed even if its sheet or its store cannot be written")
  func printedNevertheless() throws {
    let scratch = try Scratch()
    // The document holds the command line.
    let drawn = scratch.path("sheet.png")
    let withSheet = try Tool.output(of: measure + ["--json", "--worst-sheet", drawn])
    let sheet = try Tool.run(measure + ["--json", "--worst-sheet", "/dev/full"])
    #expect(sheet.status == 74)
    #expect(sheet.error == "Error: Could not write '/dev/full': No space left on device.\n")
    #expect(sheet.output == withSheet.replacing(drawn, with: "/dev/full"))
    // Room for the tables, and not for all batches.
    let path = scratch.path("runs.sqlite")
    _ = try Tool.run(["runs", "--store", path])
    let stored = measure + ["--batch", "4", "--json", "--store", path]
    let limited = try Tool.run(stored, fileSizeLimit: 100_000)
    #expect(limited.status == 74)
    #expect(limited.error.hasPrefix("Error: Could not write to '\(path)': "))
    #expect(limited.error.count { $0 == "\n" } == 1)
    if !limited.output.isEmpty {
      #expect(try Measured(json: limited.output).results[0].exampleCount < 30)
    }
    let resumed = try Tool.run(stored + ["--resume"])
    #expect(resumed.status == 0)
    #expect(try resumed.output == Tool.output(of: measure + ["--batch", "4", "--json"]))
  }

  @Test("Files that cannot be written are named, and no part of them stays")
  func files() throws {
    let scratch = try Scratch()
    _ = try scratch.write([], to: "out/keep")
    let folder = scratch.path("out")
    for option in ["--preview", "--export", "--export-labels"] {
      let outcome = try Tool.run(
        ["data", "glyphs", "--samples", "3", option, "\(folder)/file"], fileSizeLimit: 100)
      #expect(outcome.status == 74)
      #expect(outcome.error == "Error: Could not write '\(folder)/file': File too large.\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["keep"])
      let full = try Tool.run(["data", "glyphs", "--samples", "3", option, "/dev/full"])
      #expect(full.status == 74)
      #expect(full.error == "Error: Could not write '/dev/full': No space left on device.\n")
    }
  }

  @Test("A device or a link that is written to stays what it is")
  func targets() throws {
    let scratch = try Scratch()
    let link = scratch.path("link.npy")
    _ = try scratch.write([0], to: "target.npy")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target.npy")
    let pipe = scratch.path("null")
    try FileManager.default.createSymbolicLink(atPath: pipe, withDestinationPath: "/dev/null")
    for path in [link, pipe] {
      _ = try Tool.output(of: ["data", "glyphs", "--samples", "3", "--export-labels", path])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) != "")
    }
    var status = stat()
    #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    #expect(try Data(contentsOf: URL(fileURLWithPath: link)).count > 1_000)
  }

  @Test("A report that cannot be written is no passed check")
  func junit() throws {
    let scratch = try Scratch()
    let run = try scratch.write(
      Array(Tool.output(of: measure + ["--json"]).utf8), to: "run.json")
    let outcome = try Tool.run(
      ["check", run, "--below", "softmax=9", "--junit", "/dev/full"])
    #expect(outcome.status == 74)
    #expect(outcome.output.hasPrefix("pass"))
  }

  #if Torch
  @Test("A training whose log cannot be written is done to the end, and says so")
  func training() throws {
    let scratch = try Scratch()
    let settings = try scratch.write(
      Array(
        """
        network: {name: conventional-cnn, width: 0.05}
        data: {source: glyphs, resize: 29, count: 40}
        iterations: 6
        batch: 8
        evaluation: {every: 3, count: 20}
        """.utf8), to: "run.yaml")
    let train = ["train", settings, "--threads", "1", "-o"]
    _ = try Tool.output(of: train + [scratch.path("whole")])
    let cases: [(Int32, Tool.Descriptor, Int32)] = [
      (1, full, 74), (1, .closed, 74), (2, full, 0), (2, .closed, 0), (2, .brokenPipe, 0),
    ]
    for (index, (number, descriptor, status)) in cases.enumerated() {
      let folder = scratch.path("run\(index)")
      let outcome = try Tool.run(train + [folder], descriptors: [number: descriptor])
      #expect(outcome.status == status, "\(outcome.error)")
      for file in ["model.safetensors", "best.onnx", "trajectory.jsonl"] {
        let bytes = try [scratch.path("whole"), folder].map {
          try Data(contentsOf: URL(fileURLWithPath: "\($0)/\(file)"))
        }
        #expect(bytes[0] == bytes[1], "\(file)")
      }
    }
  }

  @Test("A training whose reader has left saves what it can go on from")
  func trainingIntoBrokenPipe() throws {
    let scratch = try Scratch()
    let settings = try scratch.write(
      Array(
        """
        network: {name: conventional-cnn, width: 0.05}
        data: {source: glyphs, resize: 29, count: 40}
        iterations: 100000
        batch: 8
        """.utf8), to: "run.yaml")
    let outcome = try Tool.run(
      ["train", settings, "-o", scratch.path("run")], descriptors: [1: .brokenPipe])
    #expect(outcome.status == 128 + SIGPIPE)
    #expect(outcome.error == "")
    #expect(FileManager.default.fileExists(atPath: scratch.path("run/checkpoint.safetensors")))
  }
  #endif
}
