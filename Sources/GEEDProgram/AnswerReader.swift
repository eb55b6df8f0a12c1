// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The reader of what a program writes to its standard output: lines of JSON, and arrays.
struct AnswerReader: Sendable {
  /// An output for the rows of one request.
  struct Output {
    let name: String
    let tensor: Tensor
    /// Whether the type of the numbers has no fractions.
    let holdsWholeNumbers: Bool
  }

  let command: String
  let process: ProgramProcess
  let options: ProgramOptions
  /// The failure after which nothing can be read any more.
  private var failure: ProgramError?
  /// Bytes that were read and not used yet.
  private var rest: ArraySlice<UInt8> = []
  /// The number of the next answer, from 0.
  private(set) var next = 0

  init(command: String, process: ProgramProcess, options: ProgramOptions) {
    self.command = command
    self.process = process
    self.options = options
  }

  private static let longestLine = 1 << 20
  private static let end = Array("end\n".utf8)

  /// Reads the first line.
  mutating func readStatement() throws(ProgramError) -> ProgramStatement {
    let stage = ProgramError.Stage.starting
    let line = try readLine(stage)
    guard let version = decoded(line, as: ProtocolLine.self)?.geed.text else {
      throw foreignLine(line, stage)
    }
    guard version == "\(ProgramModel.protocolVersion)" else { throw error(.version(version)) }
    guard let statement = decoded(line, as: ProgramStatement.self) else {
      throw error(
        .statement(
          stage,
          expected: "\"name\" and \"version\" as texts, \"input\" as a list of lengths, and "
            + "\"batch\" and \"batchLimit\" as numbers", found: shown(line)))
    }
    let lengths = (statement.input ?? []).compactMap(\.self)
    let counts = [statement.batch, statement.batchLimit].compactMap(\.self)
    guard (lengths + counts).allSatisfy({ $0 > 0 }) else {
      throw error(.statement(stage, expected: "numbers above 0", found: shown(line)))
    }
    return statement
  }

  /// Reads the next answer, to a request of `rowCount` rows.
  mutating func readAnswer(rowCount: Int) throws(ProgramError) -> [Output] {
    if let failure { throw failure }
    do {
      let outputs = try readOutputs(.answering(batch: next + 1), rowCount: rowCount)
      next += 1
      return outputs
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func readOutputs(
    _ stage: ProgramError.Stage, rowCount: Int
  ) throws(ProgramError) -> [Output] {
    let line = try readLine(stage)
    guard let answer = decoded(line, as: AnswerLine.self) else { throw foreignLine(line, stage) }
    if let text = answer.error { throw error(.reported(stage, text)) }
    guard let stated = answer.outputs else { throw foreignLine(line, stage) }
    let names = Set(stated.map(\.name))
    guard !stated.isEmpty, names.count == stated.count else {
      throw error(
        .statement(
          stage, expected: "at least one output, each name once",
          found: stated.isEmpty ? "no outputs" : "outputs \(stated.map(\.name))"))
    }
    var left = options.memoryLimit ?? Int.max / 32
    var outputs: [Output] = []
    for output in stated {
      let tensor = try readArray(output, stage, rowCount: rowCount, byteLimit: &left)
      let element = ProgramElement(rawValue: output.type ?? "float32")
      outputs.append(
        Output(
          name: output.name, tensor: tensor,
          holdsWholeNumbers: element?.isWholeNumber ?? false))
    }
    var end = [UInt8](repeating: 0, count: Self.end.count)
    try read(into: &end, stage)
    guard end == Self.end else { throw error(.noEnd(stage)) }
    return outputs
  }

  private mutating func readArray(
    _ output: AnswerLine.Output, _ stage: ProgramError.Stage, rowCount: Int,
    byteLimit: inout Int
  ) throws(ProgramError) -> Tensor {
    let what = "output '\(output.name)' of shape \(output.shape)"
    func fails(expected: String, found: String) -> ProgramError {
      error(.statement(stage, expected: expected, found: found))
    }
    guard let element = ProgramElement(rawValue: output.type ?? "float32") else {
      throw fails(
        expected: ProgramElement.allCases.map(\.rawValue).joined(separator: ", "),
        found: "the type '\(output.type ?? "")' for the output '\(output.name)'")
    }
    guard output.shape.first == rowCount else {
      throw fails(
        expected: "\(rowCount) rows on the first axis, one for each example of the batch",
        found: what)
    }
    guard let count = try? Tensor.checkedCount(of: output.shape), count > 0 else {
      throw fails(expected: "lengths above 0", found: what)
    }
    guard element.byteCount * count <= byteLimit else {
      throw fails(
        expected:
          "at most \(byteText(options.memoryLimit ?? byteLimit)) for all outputs of a batch",
        found: "\(what), \(byteText(element.byteCount * count))")
    }
    byteLimit -= element.byteCount * count
    var bytes = [UInt8](repeating: 0, count: element.byteCount * count)
    try read(into: &bytes, stage)
    let scalars = bytes.withUnsafeBytes { bytes in
      Result { () throws(ProgramElement.Inexact) in try element.floats(in: bytes) }
    }
    switch scalars {
    case .success(let scalars): return Tensor(shape: output.shape, scalars: scalars)
    case .failure(let inexact):
      throw fails(
        expected: "integers that float32 has, such as all up to 16777216",
        found: "\(inexact.number) in the output '\(output.name)'")
    }
  }
}

// MARK: - Bytes

extension AnswerReader {
  private func error(_ problem: ProgramError.Problem) -> ProgramError {
    ProgramError(command, process.wasStopped ? .stopped : problem)
  }

  private func shown(_ line: [UInt8]) -> String { quoted(String(decoding: line, as: UTF8.self)) }

  /// The error for a line that is not of the protocol, or for the end of the program if it wrote that
  /// line as its last.
  private func foreignLine(_ line: [UInt8], _ stage: ProgramError.Stage) -> ProgramError {
    error(.foreignLine(stage, String(decoding: line.prefix(1_000), as: UTF8.self)))
  }

  /// Reads a line, without its line break.
  private mutating func readLine(_ stage: ProgramError.Stage) throws(ProgramError) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      if let place = rest.firstIndex(of: UInt8(ascii: "\n")) {
        line += rest[..<place]
        rest = rest[(place + 1)...]
        return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      }
      line += rest
      guard line.count <= Self.longestLine else { throw foreignLine(line, stage) }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count: Int
      do {
        count = try readSome(&bytes, stage)
      } catch {
        // A text without a line break is what a program wrote last, such as a prompt.
        if case .silent = error.problem, !line.isEmpty { throw foreignLine(line, stage) }
        throw error
      }
      rest = bytes[..<count]
    }
  }

  /// Fills `bytes`.
  private mutating func read(
    into bytes: inout [UInt8], _ stage: ProgramError.Stage
  ) throws(ProgramError) {
    var filled = min(rest.count, bytes.count)
    bytes.replaceSubrange(..<filled, with: rest.prefix(filled))
    rest = rest.dropFirst(filled)
    while filled < bytes.count { filled += try readSome(&bytes, from: filled, stage) }
  }

  /// Reads at least one byte, to the place `start`, and returns how many there were.
  private func readSome(
    _ bytes: inout [UInt8], from start: Int = 0, _ stage: ProgramError.Stage
  ) throws(ProgramError) -> Int {
    let began = ContinuousClock.now
    while true {
      let tick = ContinuousClock.now + .seconds(1)
      let deadline = began + .seconds(options.timeout)
      let count = bytes.withUnsafeMutableBytes {
        process.read(
          into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]), before: min(tick, deadline))
      }
      if count == 0 { throw error(.ended(stage, process.end())) }
      if let count { return count }
      let waited = (ContinuousClock.now - began) / .seconds(1)
      guard waited < options.timeout else {
        throw error(.silent(stage, seconds: options.timeout))
      }
      if !options.continuesWaiting(waited) { process.stop() }
    }
  }
}
