// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed measure exec:COMMAND`.
@Suite struct ProgramTests {
  /// The example in C, which `cc` makes once.
  private static let compiled = Result {
    let scratch = try Scratch()
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "cc", "-O2", Fixtures.path("Examples/Serving/serve.c"), "-o", scratch.path("serve"),
    ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "cc cannot compile the example.")
    return scratch
  }

  private static let packages = Fixtures.path(".deps/python")
  private static let fake = Fixtures.path("Tests/GEEDProgramTests/Fixtures/fake.py")

  private let glyphs = ["--data", "glyphs", "--group", "C4", "--latent", "sums"]

  /// The command of the example in C.
  static var exampleInC: String {
    get throws { try "exec:\(compiled.get().path("serve"))" }
  }

  private func example() throws -> String { try Self.exampleInC }

  /// Also the value that the article and the example in Swift state.
  @Test("The example in C gives the sums, and the result states what identifies the program")
  func sumsInC() throws {
    let output = try Tool.output(of: ["measure", try example(), "--json"] + glyphs)
    let value = try #require(Measured(json: output).result("latent", "sums").value)
    #expect(abs(value - 0.6669) < 1e-4)
    #expect(output.contains(#""producer" : "marginal sums""#))
    #expect(output.contains("The program is known by its command, the contents of '"))
  }

  @Test(
    "The example in Python gives the same",
    .enabled(if: FileManager.default.fileExists(atPath: packages), "Scripts/install-python.sh"))
  func sumsInPython() throws {
    let script = Fixtures.path("Examples/Serving/serve.py")
    let python = try Tool.output(
      of: ["measure", "exec:python3 '\(script)'", "--json"] + glyphs,
      environment: ["PYTHONPATH": Self.packages])
    let c = try Measured(json: Tool.output(of: ["measure", try example(), "--json"] + glyphs))
    try Measured(json: python).expectEqual(c, relative: 1e-6, absolute: 1e-6)
  }

  @Test("Shards are merged to the bytes of a whole run, and a changed program is another model")
  func stored() throws {
    let scratch = try Scratch()
    let script = try scratch.write(Data(contentsOf: URL(fileURLWithPath: Self.fake)), to: "p.py")
    let arguments =
      ["measure", "exec:python3 \(script) sums", "--samples", "6", "--scale-samples", "8"] + glyphs
    func logged(_ more: [String]) throws -> String {
      let outcome = try Tool.run(arguments + ["--json"] + more)
      #expect(outcome.status == 0, "\(outcome.error)")
      return outcome.error
    }
    let stores = [scratch.path("1.sqlite"), scratch.path("2.sqlite")]
    for (number, store) in stores.enumerated() {
      _ = try logged(["--store", store, "--shard", "\(number + 1)/2"])
    }
    let merged = scratch.path("all.sqlite")
    _ = try Tool.output(of: ["merge"] + stores + ["-o", merged])
    let whole = try Tool.run(arguments + ["--json"]).output
    #expect(try Tool.output(of: ["export", "1", "--store", merged]) == whole)

    let store = scratch.path("runs.sqlite")
    _ = try logged(["--store", store])
    #expect(try logged(["--store", store, "--resume"]).contains("Continuing run 1"))
    _ = try scratch.write(
      Data(contentsOf: URL(fileURLWithPath: script)) + Data("\n".utf8), to: "p.py")
    #expect(try logged(["--store", store, "--resume"]).contains("no run of these settings"))
  }

  @Test("Probabilities are known by their values, and ambiguous scores are asked for")
  func scores() throws {
    func run(_ more: [String]) throws -> Tool.Outcome {
      try Tool.run(
        ["measure", "exec:python3 '\(Self.fake)' scores", "--data", "glyphs", "--group", "C4"]
          + ["--samples", "4"] + more)
    }
    let both = try run(["--softmax", "both", "--softmax", "logits"])
    #expect(both.status == 0, "\(both.error)")
    #expect(
      both.output.contains("'both' is read as probabilities, by the values of a few examples"))
    #expect(both.output.contains("'logits' is read as logits, by the values of a few examples"))
    let one = try run(["--softmax", "one"])
    #expect(one.status == 64)
    #expect(one.error.contains("the tensor holds only numbers between 0 and 1"))
    #expect(try run(["--softmax", "one", "--scores", "one=bernoulli"]).status == 0)
  }

  @Test("Outputs of integers are labels: a map of them moves with the image, a class stays")
  func labels() throws {
    func measured(_ probe: String) throws -> Tool.Outcome {
      try Tool.run([
        "measure", "exec:python3 '\(Self.fake)' labels", "--data", "glyphs", "--group", "C4",
        "--samples", "4", "--equivariance", probe, "--distance", "mismatch", "--reference",
        "original", "--json",
      ])
    }
    for (probe, isEqual) in [
      ("pixels=spatial", true), ("pixels=trivial", false), ("class=trivial", true),
    ] {
      let outcome = try measured(probe)
      #expect(outcome.status == 0, "\(probe): \(outcome.error)")
      let value = try #require(Measured(json: outcome.output).results[0].value)
      #expect(isEqual ? value == 0 : value > 0.01, "\(probe)")
    }
    #expect(try measured("class=spatial").error.contains("is a vector, without a grid"))
  }

  @Test("Ctrl-C prints what there is, and ends a program that hangs")
  func interrupted() throws {
    let scratch = try Scratch()
    // A program may end by itself at the signal, which reaches it too.
    for (name, ends) in [("goes-on", "false"), ("ends", "true")] {
      let mark = scratch.path(name)
      let statement = #"{"mark": "\#(mark)", "ends": \#(ends)}"#
      let partial = try Tool.run(
        ["measure", "exec:python3 '\(Self.fake)' slow '\(statement)'", "--samples", "all"] + glyphs,
        signal: (SIGINT, when: { FileManager.default.fileExists(atPath: mark) }))
      #expect(partial.status == 0, "\(name): \(partial.error)")
      #expect(partial.output.contains("Stopped after"), "\(name)")
    }
    let mark = scratch.path("hangs")
    let hanging = try Tool.run(
      ["measure", #"exec:python3 '\#(Self.fake)' hanging '{"mark": "\#(mark)"}'"#] + glyphs,
      signal: (SIGINT, when: { FileManager.default.fileExists(atPath: mark) }))
    #expect(hanging.status == 130)
    #expect(hanging.error.hasSuffix("there is nothing to print.\n"))
    let child = try #require(hanging.error.firstMatch(of: /child (\d+)/).flatMap { pid_t($0.1) })
    let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
    #expect(state?.contains(") Z ") ?? true)
  }

  @Test("The outputs are listed, without a shape only if the program states it")
  func layers() throws {
    #expect(
      try Tool.output(of: ["layers", try example(), "--input-shape", "1x28x28"])
        == "output  shape   layout\nsums    N x 56  vector\n")
    let outcome = try Tool.run(["layers", try example()])
    #expect(outcome.status == 64 && outcome.error.contains("'--input-shape'"))
  }

  @Test(
    "Options and failures are a sentence and a code",
    arguments: [
      (["exec:nothing-of-this-name"], 66, "there is no 'nothing-of-this-name'"),
      (["exec:a | b"], 64, "has '|'"), (["exec:"], 64, "names no program"),
      (["exec:cat", "--threads", "2"], 64, "'--threads' is for ONNX models"),
      (["model.onnx", "--timeout", "2"], 64, "'--timeout' is for programs"),
      (["exec:cat", "--timeout", "0"], 64, "'--timeout' must be from above 0"),
      (
        ["model.ckpt"], 64,
        "serve it from a program that loads it: 'exec:python serve.py model.ckpt'"
      ),
      (["exec:echo text"], 65, "began with 'text'"),
      (["exec:cat", "--timeout", "0.3"], 65, "was silent for 0.3 s before its first line"),
      (["exec:printf '\\033[31m\\n'"], 65, "\\u{1B}[31m"),
    ])
  func refused(words: [String], status: Int, expected: String) throws {
    let outcome = try Tool.run(["measure"] + words + glyphs)
    #expect(outcome.status == Int32(status), "\(outcome.error)")
    #expect(outcome.error.contains(expected), "\(outcome.error)")
    #expect(outcome.output == "")
  }
}
