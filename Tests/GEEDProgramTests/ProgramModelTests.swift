// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDProgram
import Synchronization
import Testing

/// A program of the tests, in one of its modes.
private func fake(
  _ mode: String, _ statement: String = "{}", timeout: Double = 30, memoryLimit: Int? = nil,
  log: @escaping @Sendable (String) -> Void = { _ in }
) throws -> ProgramModel {
  let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/fake.py").path
  var options = ProgramOptions()
  options.timeout = timeout
  options.memoryLimit = memoryLimit
  options.log = log
  return try ProgramModel(
    command: "python3 '\(script)' \(mode) '\(statement)'", options: options)
}

/// Rows of `length` numbers, whose sums are 1, 2, 3, …
private func batch(_ rows: Int, length: Int = 4) -> Tensor {
  Tensor(
    shape: [rows, length],
    scalars: (1...rows).flatMap { row in
      [Float(row)] + Array(repeating: 0, count: length - 1)
    })
}

@Suite struct ProgramModelTests {
  @Test("Outputs are those of the program, batch after batch of any size")
  func sums() throws {
    let model = try fake("sums", #"{"name": "sums", "version": 3}"#)
    #expect(model.title == "sums 3")
    for rows in [1, 5, 2] {
      let output = try model.outputs(for: batch(rows)).output("sums")
      #expect(output == Tensor(shape: [rows, 1], scalars: (1...rows).map(Float.init)))
    }
    #expect(model.close()?.code == 0)
    #expect(model.close() == nil)
  }

  @Test(
    "A program with a batch size or a limit receives no other batches",
    arguments: [#"{"batch": 4}"#, #"{"batchLimit": 4}"#, #"{"batch": 16}"#, #"{"batchLimit": 1}"#])
  func batchSizes(statement: String) throws {
    let model = try fake("sums", statement)
    let output = try model.outputs(for: batch(10)).output("sums")
    #expect(output == Tensor(shape: [10, 1], scalars: (1...10).map(Float.init)))
  }

  @Test(
    "Other types are converted", arguments: ["float64", "int64", "int32", "int16", "int8", "uint8"])
  func types(kind: String) throws {
    let model = try fake("types", #"{"kind": "\#(kind)"}"#)
    let output = try model.outputs(for: batch(3)).output("sums")
    #expect(output.scalars == [1, 2, 3])
  }

  /// 1.5 is 0x3E00 in half precision and 0x3FC0 in bfloat16, -2 is 0xC000 in both.
  @Test func halfPrecision() throws {
    let outputs = try fake("half").outputs(for: batch(2))
    for name in ["float16", "bfloat16"] {
      #expect(try outputs.output(name).scalars == [1.5, -2, 1.5, -2])
    }
  }

  @Test("No deadlock when the program writes before it has read all")
  func largeArrays() throws {
    let model = try fake("echo")
    let large = batch(8, length: 500_000)  // 16 MB, many times what a pipe holds
    #expect(try model.outputs(for: large).output("echo") == large)
  }

  @Test("Batches are sent ahead, and answers that nobody waits for are passed over")
  func pending() throws {
    let model = try fake("sums")
    let first = try model.pendingOutputs(for: batch(1))
    _ = try model.pendingOutputs(for: batch(2))
    let third = try model.pendingOutputs(for: batch(3))
    #expect(try third().output("sums").rowCount == 3)
    #expect(try first().output("sums").rowCount == 1)
    #expect(try model.outputs(for: batch(4)).output("sums").rowCount == 4)
  }

  @Test("The digits of a measurement are those of the same function in Swift")
  func sameDigits() throws {
    let images = ArrayDataset(
      (0..<12).map { index in
        Tensor(shape: [1, 4, 4], scalars: (0..<16).map { Float(($0 * index) % 7) })
      })
    let function = ClosureModel(output: "echo") { $0 }
    func results(of model: any MeasurableModel) throws -> [ProbeResult] {
      var measurement = DeviationMeasurement(
        of: model, on: images, under: ImageAction.rotations(4),
        probes: [.latent("echo"), .channelwise("echo")])
      measurement.batchSize = 5
      return try measurement.run().results
    }
    let (program, closure) = (try results(of: fake("echo")), try results(of: function))
    #expect(program.map(\.value) == closure.map(\.value))
    #expect(program.map(\.perExample) == closure.map(\.perExample))
  }

  @Test("Standard error is passed on line by line, and an exit code after the end is told")
  func log() throws {
    let lines = Mutex<[String]>([])
    let model = try fake("crashing") { line in lines.withLock { $0.append(line) } }
    _ = try model.outputs(for: batch(1))
    #expect(model.close()?.code == 7)
    let found = lines.withLock { $0 }
    #expect(found.first == "a line of text")
    #expect(found.last?.hasSuffix("ended with exit code 7 after its last answer.") == true)
  }
}

@Suite struct ProgramFailureTests {
  /// What a program does, and what the error says.
  @Test(
    "Every failure is a sentence that names the command and what came",
    arguments: [
      (
        "early",
        "ended with exit code 1 before its first line; its last words: Cannot find the weights."
      ),
      (
        "leaving",
        "ended with exit code 3 in the answer to batch 1; its last words: a line of text."
      ),
      ("deaf", "was silent for 5 s in the answer to batch 1; '--timeout' allows more."),
      ("silent", "was silent for 0.5 s before its first line"),
      ("prompt", "began with 'ready> ', but expected a line such as {\"geed\": 1}"),
      ("talking", "wrote 'Batch 1' to its standard output in the answer to batch 1"),
      ("printing", "did not write the line 'end' behind its arrays in the answer to batch 1"),
      ("longer", "did not write the line 'end' behind its arrays"),
      (
        "fewer",
        "stated output 'sums' of shape [2, 1] in the answer to batch 1, but expected 3 rows"
      ),
      ("reporting", "reports in the answer to batch 1: the device is busy."),
      ("none", "stated no outputs"), ("twice", "each name once"),
      ("huge", "stated output 'sums' of shape [3, 1099511627776], "),
      ("complex", "stated the type 'complex64' for the output 'sums'"),
      ("big", "stated 16777217 in the output 'sums'"),
    ])
  func sentence(mode: String, expected: String) throws {
    // Programs that answer before they fall silent need time to start on a busy machine.
    let timeouts = ["silent": 0.5, "prompt": 5, "deaf": 5]
    let error = #expect(throws: ProgramError.self) {
      let model = try fake(mode, timeout: timeouts[mode] ?? 30, memoryLimit: 1 << 30)
      defer { model.close() }
      _ = try model.outputs(for: batch(3))
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix("The program 'python3 '") && text.contains(expected), "\(text)")
    #expect(text.hasSuffix("."))
  }

  @Test(
    "Statements that cannot be are refused",
    arguments: [
      (#"{"geed": 2}"#, "speaks version 2 of the protocol, but expected version 1."),
      (#"{"batch": 0}"#, "expected numbers above 0"), (#"{"input": [3, -1]}"#, "numbers above 0"),
      (#"{"batch": "many"}"#, "but expected \"name\" and \"version\" as texts"),
    ])
  func statement(statement: String, expected: String) throws {
    let error = #expect(throws: ProgramError.self) { try fake("sums", statement) }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
  }

  @Test("Examples of another shape than the program states are refused")
  func exampleShape() throws {
    let model = try fake("sums", #"{"input": [3, null]}"#)
    let error = #expect(throws: ProgramError.self) { try model.outputs(for: batch(2)) }
    #expect(
      error?.description.hasSuffix("takes examples of shape [3, any], but these have shape [4].")
        == true)
  }

  @Test("A program that dies between batches is told with its signal, and stays dead")
  func killed() throws {
    let model = try fake("second")
    _ = try model.outputs(for: batch(1))
    for _ in 0..<2 {
      // Larger than a pipe: what is still written must not end this process by SIGPIPE.
      let error = #expect(throws: ProgramError.self) {
        try model.outputs(for: batch(2, length: 300_000))
      }
      #expect(
        error?.description.contains(
          "was ended by signal 9 (Killed) in the answer to batch 2; its last words: Out of memory.")
          == true, "\(String(describing: error))")
    }
  }

  @Test("NaN is an error of the measurement, with its example")
  func notANumber() throws {
    let images = ArrayDataset([Tensor(repeating: 1, shape: [1, 2, 2])])
    let measurement = DeviationMeasurement(
      of: try fake("nan"), on: images, under: ImageAction.rotations(2), probes: [.latent("sums")])
    let error = #expect(throws: MeasurementError.self) { try measurement.run() }
    #expect(error?.description.contains("holds NaN for example 0") == true)
  }

  @Test("A program that hangs is ended with what it has started")
  func hanging() throws {
    let child = Mutex<pid_t?>(nil)
    let model = try fake("hanging", timeout: 5) { line in
      if line.hasPrefix("child ") { child.withLock { $0 = pid_t(line.dropFirst(6)) } }
    }
    #expect(throws: ProgramError.self) { try model.outputs(for: batch(1)) }
    model.stop()
    model.close()
    let pid = try #require(child.withLock { $0 })
    // Killed with its group; what remains of it until the system reaps it takes no signal.
    var isGone = false
    for _ in 0..<200 where !isGone {
      let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      isGone = state.map { $0.contains(") Z ") } ?? (kill(pid, 0) != 0)
      usleep(10_000)
    }
    #expect(isGone)
  }

  @Test("Another thread can stop a program that computes")
  func stopped() throws {
    let model = try fake("hanging")
    Thread.detachNewThread {
      usleep(300_000)
      model.stop()
    }
    let error = #expect(throws: ProgramError.self) { try model.outputs(for: batch(1)) }
    #expect(error?.problem == .stopped)
  }

  @Test(
    "A program that cannot be started is named, with the reason",
    arguments: [
      ("no-such-program", "there is no 'no-such-program' in the folders of PATH"),
      ("/no/such/program", "there is no file '/no/such/program'"),
      ("/dev/null", "'/dev/null' is not executable"), ("/", "'/' is not executable"),
    ])
  func notStarted(command: String, expected: String) {
    let error = #expect(throws: ProgramError.self) { try ProgramModel(command: command) }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
  }
}
