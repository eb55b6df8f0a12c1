// SPDX-License-Identifier: MIT

import CGEEDProcess
import Dispatch
import Foundation
import GEED
import Synchronization

/// A program that runs, with pipes to its standard streams. Only one thread may read at a time.
///
/// What it writes to standard error goes to `log`, line by line. Requests are written by a thread of
/// their own, so that no deadlock arises when both sides write before they read.
final class ProgramProcess: Sendable {
  private struct State {
    /// The status of `waitpid` once the program has ended.
    var status: Int32?
    var hasStatus = false
    var lastLine: String?
  }

  private let program: pid_t
  private let output: Int32
  private let writer: RequestWriter
  private let state = Mutex(State())
  private let isStopped = Atomic<Bool>(false)
  private let errorsEnded = DispatchSemaphore(value: 0)

  init(words: [String], command: String, log: @escaping @Sendable (String) -> Void) throws {
    var pipes = geed_pipes()
    var program = pid_t()
    let copies = words.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    let failure = (copies + [nil]).withUnsafeBufferPointer {
      geed_process_start($0.baseAddress, &program, &pipes)
    }
    guard failure == 0 else {
      throw ProgramError(
        command, .notStarted(Self.reason(failure, words[0]), isMissing: failure == ENOENT))
    }
    self.program = program
    output = pipes.output
    writer = RequestWriter(descriptor: pipes.input)
    Thread.detachNewThread { [errors = pipes.error] in
      readLines(of: errors) { line in
        self.state.withLock { $0.lastLine = line }
        log(line)
      }
      Foundation.close(errors)
      self.errorsEnded.signal()
    }
  }

  private static func reason(_ code: Int32, _ word: String) -> String {
    switch code {
    case ENOENT:
      word.contains("/")
        ? "there is no file '\(word)', or not the interpreter in its first line"
        : "there is no '\(word)' in the folders of PATH"
    case EACCES: "'\(word)' is not executable"
    case ENOEXEC:
      "'\(word)' is neither a program of this machine nor a script that begins with '#!'"
    default: String(cString: strerror(code))
    }
  }

  /// Writes a request, later and on another thread.
  func send(_ line: [UInt8], _ scalars: [Float]) { writer.add(line, scalars) }

  /// Whether ``stop()`` was called.
  var wasStopped: Bool { isStopped.load(ordering: .relaxed) }

  /// Reads up to as many bytes as fit, and waits for the first of them until `deadline`.
  ///
  /// - Returns: The number of bytes, 0 at the end of the stream; `nil` if none came in time.
  func read(into bytes: UnsafeMutableRawBufferPointer, before deadline: ContinuousClock.Instant)
    -> Int?
  {
    while true {
      let count = Foundation.read(output, bytes.baseAddress, bytes.count)
      if count >= 0 { return count }
      guard errno == EAGAIN || errno == EINTR else { return 0 }
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return nil }
      var place = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      poll(&place, 1, Int32(min(left.rounded(.up), 1_000_000)))
    }
  }

  /// How the program ended, after a moment to do so.
  func end() -> ProgramEnd {
    _ = hasEnded(within: 2_000)
    if state.withLock({ $0.hasStatus }) { _ = errorsEnded.wait(timeout: .now() + 1) }
    return state.withLock { ProgramEnd(status: $0.status, lastLine: $0.lastLine) }
  }

  /// Ends the program on any thread: what reads from it sees the end of the stream.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    send(SIGTERM)
    if !hasEnded(within: 500) { send(SIGKILL) }
  }

  /// Closes the program's standard input and gives it time to end by itself; then it is ended. Called
  /// once, when nothing reads any more.
  func close(within milliseconds: Int) -> ProgramEnd {
    writer.close()
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    // An answer that nobody waits for any more could keep the program from reaching its end.
    withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { bytes in
      while let count = read(into: bytes, before: deadline), count > 0, .now < deadline {}
    }
    let left = Int(max(0, (deadline - .now) / .milliseconds(1)))
    if !hasEnded(within: left) {
      send(SIGTERM)
      if !hasEnded(within: 1_000) {
        send(SIGKILL)
        _ = hasEnded(within: 60_000)
      }
    }
    Foundation.close(output)
    return end()
  }

  private func send(_ signal: Int32) {
    state.withLock { if !$0.hasStatus { geed_process_send(program, signal) } }
  }

  /// Waits until the program has ended, and reaps it.
  private func hasEnded(within milliseconds: Int) -> Bool {
    let deadline = ContinuousClock.now + .milliseconds(milliseconds)
    while true {
      let hasEnded = state.withLock { state in
        if state.hasStatus { return true }
        var status: Int32 = 0
        guard geed_process_wait(program, 0, &status) == 1 else { return false }
        state.status = status
        state.hasStatus = true
        return true
      }
      if hasEnded || .now >= deadline { return hasEnded }
      usleep(5_000)
    }
  }
}

/// Calls `body` with every line of a stream that is not empty, until its end. Progress bars end their
/// lines by a carriage return.
private func readLines(of descriptor: Int32, _ body: (String) -> Void) {
  let longest = 1 << 16
  var line: [UInt8] = []
  func finish() {
    if !line.isEmpty { body(String(decoding: line, as: UTF8.self)) }
    line.removeAll(keepingCapacity: true)
  }
  var bytes = [UInt8](repeating: 0, count: 4_096)
  while true {
    let count = read(descriptor, &bytes, bytes.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return finish() }
    for byte in bytes.prefix(count) {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        finish()
      } else {
        line.append(byte)
        if line.count == longest { finish() }
      }
    }
  }
}

/// The thread that writes requests, in order.
private final class RequestWriter: Sendable {
  /// A request, or the end of all of them.
  private enum Item: Sendable {
    case request(line: [UInt8], scalars: [Float])
    case end
  }

  private let items = Mutex<[Item]>([])
  private let ready = DispatchSemaphore(value: 0)

  init(descriptor: Int32) {
    Thread.detachNewThread {
      // A program that has ended is found when its answer is read.
      var brokenPipe = sigset_t()
      sigemptyset(&brokenPipe)
      sigaddset(&brokenPipe, SIGPIPE)
      pthread_sigmask(SIG_BLOCK, &brokenPipe, nil)
      self.write(to: descriptor)
      Foundation.close(descriptor)
    }
  }

  func add(_ line: [UInt8], _ scalars: [Float]) { add(.request(line: line, scalars: scalars)) }

  /// Ends the stream after the requests so far.
  func close() { add(.end) }

  private func add(_ item: Item) {
    items.withLock { $0.append(item) }
    ready.signal()
  }

  private func write(to descriptor: Int32) {
    while true {
      ready.wait()
      guard case .request(let line, let scalars) = items.withLock({ $0.removeFirst() }) else {
        return
      }
      let isWritten =
        writeAll(line, to: descriptor)
        && scalars.withUnsafeBytes { writeAll($0, to: descriptor) }
      if !isWritten { return }
    }
  }
}
