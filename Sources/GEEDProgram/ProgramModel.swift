// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// A model that another program computes, in any language.
///
///     let model = try ProgramModel(command: "python serve.py")
///     let outputs = try model.outputs(for: images)
///
/// The program is started once. Batches go to its standard input and outputs come from its standard
/// output, in the protocol of the article "A model in any language"; what it writes to standard
/// error is passed on. It ends when its standard input does, after ``close()`` or with this object,
/// and is ended with all that it has started if it does not.
///
/// Outputs of other types than `float32` are converted. A program that takes batches of one size
/// only receives the last example repeatedly to fill the last batch.
public final class ProgramModel: MeasurableModel {
  /// The version of the protocol.
  public static let protocolVersion = 1

  /// The command, as it was given.
  public let command: String

  /// The program and its arguments.
  public let words: [String]

  /// What the program states of itself.
  public let statement: ProgramStatement

  private struct Requests {
    /// Those that were sent and not answered yet, in order.
    var unanswered: [SentRequest] = []
    /// The outputs to request; `nil` for all.
    var outputs: [String]?
    /// The outputs that were answered with numbers of an integer type.
    var wholeNumberOutputs: Set<String> = []
    var isClosed = false
  }

  private let options: ProgramOptions
  private let process: ProgramProcess
  private let requests = Mutex(Requests())
  private let reader: Mutex<AnswerReader>
  private let time = Mutex(Duration.zero)

  /// Starts a program and waits for its first line.
  ///
  /// - Parameters:
  ///   - command: The program and its arguments, split into words as a shell does it, but without a
  ///     shell. The program is looked for in PATH.
  ///   - options: The settings of the program, such as its timeout.
  /// - Throws: ``ProgramError`` if it cannot be started or states something else.
  /// - Precondition: The timeout is positive.
  public init(command: String, options: ProgramOptions = ProgramOptions()) throws {
    precondition(options.timeout > 0, "Expected a positive timeout, but got \(options.timeout).")
    self.command = command
    self.options = options
    words = try GEEDProgram.words(ofCommand: command)
    process = try ProgramProcess(words: words, command: command, log: options.log)
    var reader = AnswerReader(command: command, process: process, options: options)
    do {
      statement = try reader.readStatement()
    } catch {
      process.stop()
      _ = process.close(within: 0)
      throw error
    }
    self.reader = Mutex(reader)
  }

  deinit { close() }

  /// The name and the version that the program states, as far as it does.
  public var title: String? {
    let parts = [statement.name, statement.version].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }

  /// Asks the program for these outputs only; it may send others as well, which are left out.
  public func request(only outputs: [String]) { requests.withLock { $0.outputs = outputs } }

  /// Runs the program on a batch of any size.
  ///
  /// - Throws: ``ProgramError``; after any of them the program computes nothing more.
  /// - Precondition: There is at least one example.
  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    try pendingOutputs(for: batch)()
  }

  /// Sends a batch, and returns a function that waits for its outputs. The program receives it while
  /// it still computes earlier ones.
  public func pendingOutputs(for batch: Tensor) throws -> PendingOutputs {
    precondition(batch.rowCount > 0, "Expected at least one example.")
    try requireShape(batch.rowShape)
    let count = batch.rowCount
    let step = statement.batch ?? min(count, statement.batchLimit ?? count)
    let parts = stride(from: 0, to: count, by: step).map { start in
      let rows = start..<min(start + step, count)
      let sent = batch.rows(rows, paddedTo: statement.batch ?? rows.count)
      return (request: send(sent), rowCount: rows.count)
    }
    return { [self] in
      let start = ContinuousClock.now
      defer { time.withLock { $0 += ContinuousClock.now - start } }
      let answers = try parts.map { try receive($0.request, rowCount: $0.rowCount) }
      return answers.count == 1 ? answers[0] : try joined(answers)
    }
  }

  /// Ends the program: its standard input is closed, and after a few seconds it is ended.
  ///
  /// - Returns: How it ended; `nil` if that was known before.
  @discardableResult
  public func close() -> ProgramEnd? {
    let wasClosed = requests.withLock { requests in
      defer { requests.isClosed = true }
      return requests.isClosed
    }
    if wasClosed { return nil }
    let end = process.close(within: process.wasStopped ? 0 : 5_000)
    if !end.isSuccess, !process.wasStopped {
      options.log("The program '\(command)' \(end) after its last answer.")
    }
    return end
  }

  /// Stops the program at once, on any thread; what waits for it throws.
  public func stop() { process.stop() }

  /// The outputs that were answered with integers or truth values, such as labels.
  package var wholeNumberOutputs: Set<String> { requests.withLock { $0.wholeNumberOutputs } }

  /// The time spent waiting for answers.
  package var secondsOfWaiting: Double { time.withLock { $0 / .seconds(1) } }
}

extension ProgramModel {
  /// A request, and its answer once it was read.
  private final class Request: Sendable {
    let answer = Mutex<[AnswerReader.Output]?>(nil)
  }

  /// A request that was sent. Its answer is left out if nobody holds the request any more.
  private struct SentRequest {
    let rowCount: Int
    weak let request: Request?
  }

  private func send(_ batch: Tensor) -> Request {
    let request = Request()
    // In one lock, so that requests are sent in the order in which their answers are read.
    requests.withLock { requests in
      precondition(!requests.isClosed, "Expected a program that was not closed.")
      let line = RequestLine(shape: batch.shape, outputs: requests.outputs)
      process.send(line.bytes, batch.scalars)
      requests.unanswered.append(SentRequest(rowCount: batch.rowCount, request: request))
    }
    return request
  }

  private func requireShape(_ shape: [Int]) throws(ProgramError) {
    guard let input = statement.input else { return }
    let fits =
      input.count == shape.count && zip(input, shape).allSatisfy { $0 == nil || $0 == $1 }
    if !fits { throw ProgramError(command, .exampleShape(shape, expected: input)) }
  }

  /// Waits for the answer to a request, and reads those before it.
  private func receive(_ request: Request, rowCount: Int) throws -> [String: Tensor] {
    let outputs = try reader.withLock { reader in
      while true {
        if let answer = request.answer.withLock({ $0 }) { return answer }
        guard let sent = requests.withLock({ $0.unanswered.first }) else { return [] }
        let answer = try reader.readAnswer(rowCount: sent.rowCount)
        requests.withLock { requests in
          requests.unanswered.removeFirst()
          for output in answer where output.holdsWholeNumbers {
            requests.wholeNumberOutputs.insert(output.name)
          }
        }
        sent.request?.answer.withLock { $0 = answer }
      }
    }
    return Dictionary(
      uniqueKeysWithValues: outputs.map { output in
        (output.name, output.tensor.rows(0..<rowCount, paddedTo: rowCount))
      })
  }

  /// Joins the answers to the parts of a batch.
  private func joined(_ answers: [[String: Tensor]]) throws -> [String: Tensor] {
    try answers[0].keys.reduce(into: [:]) { result, name in
      let parts = try answers.map { try $0.output(name) }
      if let other = parts.first(where: { $0.rowShape != parts[0].rowShape }) {
        throw MeasurementError.shapeChanged(
          tensor: name, from: parts[0].rowShape, to: other.rowShape)
      }
      result[name] = Tensor(
        shape: [parts.reduce(0) { $0 + $1.rowCount }] + parts[0].rowShape,
        scalars: parts.flatMap(\.scalars))
    }
  }
}

extension Tensor {
  /// Returns consecutive rows of a batch, the last of which is repeated if `count` is larger.
  fileprivate func rows(_ rows: Range<Int>, paddedTo count: Int) -> Tensor {
    if rows == 0..<rowCount, count == rowCount { return self }
    let last = scalarRange(ofRow: rows.upperBound - 1)
    var chosen = Array(scalars[scalarRange(ofRow: rows.lowerBound).lowerBound..<last.upperBound])
    for _ in rows.count..<count { chosen += scalars[last] }
    return Tensor(shape: [count] + rowShape, scalars: chosen)
  }
}

/// The options with which a program is run.
public struct ProgramOptions: Sendable {
  /// The number of seconds without a byte from the program after which it counts as hung.
  public var timeout = 300.0

  /// The largest number of bytes of all outputs of a batch; `nil` for no limit.
  public var memoryLimit: Int?

  /// Receives every line that the program writes to standard error; by default the lines are
  /// written to that of this process.
  public var log: @Sendable (String) -> Void = { line in
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }

  /// Called about once a second with the seconds so far while nothing comes from the program; it is
  /// stopped if the answer is `false`.
  public var continuesWaiting: @Sendable (Double) -> Bool = { _ in true }

  /// Creates the default options.
  public init() {}
}
