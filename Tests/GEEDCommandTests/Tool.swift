// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// The built tool, run from outside.
enum Tool {
  /// What a run left behind.
  struct Outcome {
    let status: Int32
    let output: String
    let error: String
    /// The most memory that was resident at a time, in bytes.
    let peakMemory: Int
  }

  /// Where a descriptor leads, if not to a file that the test reads.
  enum Descriptor {
    /// It is not open.
    case closed
    /// A file, such as `/dev/full`, open for writing.
    case file(String)
    /// A pipe whose reader has left.
    case brokenPipe
  }

  /// Runs `geed` with arguments and waits until it ends.
  ///
  /// - Parameters:
  ///   - environment: Variables to set besides those of the tests.
  ///   - folder: The working folder.
  ///   - limit: After how many seconds the run is killed, and the test fails.
  ///   - signals: Signals to send, each after the tool catches it and has used so many seconds of
  ///     processor time: on a busy machine, other seconds say nothing of what was measured by then.
  ///   - signal: A signal to send once, when something has come about.
  ///   - descriptors: Standard input, output or error that lead elsewhere.
  ///   - fileSizeLimit: How many bytes a file can have (`RLIMIT_FSIZE`).
  static func run(
    _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil,
    limit: Double = 120, signals: [(after: Double, signal: Int32)] = [],
    signal: (number: Int32, when: () -> Bool)? = nil,
    descriptors: [Int32: Descriptor] = [:], fileSizeLimit: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let scratch = try Scratch()
    let (output, error) = (scratch.path("stdout"), scratch.path("stderr"))
    // Files and not pipes: a pipe that nobody reads holds its writer up.
    let pid = try spawn(
      arguments, environment: environment, folder: folder ?? scratch.path("."),
      output: output, error: error, descriptors: descriptors, fileSizeLimit: fileSizeLimit)
    let (status, peakMemory, isLate) = wait(
      for: pid, limit: limit, signals: signals, signal: signal)
    if isLate {
      Issue.record(
        "'geed \(arguments.joined(separator: " "))' took more than \(limit) s.",
        sourceLocation: sourceLocation)
    }
    return Outcome(
      status: status, output: try String(contentsOfFile: output, encoding: .utf8),
      error: try String(contentsOfFile: error, encoding: .utf8), peakMemory: peakMemory)
  }

  /// Runs `geed` and returns what it prints, after checking that it ends well and complains not.
  static func output(
    of arguments: [String], environment: [String: String] = [:], limit: Double = 120,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try run(
      arguments, environment: environment, limit: limit, sourceLocation: sourceLocation)
    #expect(outcome.status == 0, "\(outcome.error)", sourceLocation: sourceLocation)
    #expect(outcome.error == "", sourceLocation: sourceLocation)
    return outcome.output
  }

  /// The tool that `GEED_TOOL` names, or the one that was built next to the tests.
  static let path = Result {
    if let tool = ProcessInfo.processInfo.environment["GEED_TOOL"] { return tool }
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let places = [own, Bundle(for: Marker.self).bundlePath, CommandLine.arguments[0]]
      .compactMap { $0 }
      .map { URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "geed").path }
    return try #require(
      places.first { FileManager.default.isExecutableFile(atPath: $0) },
      "The tool is not in \(places); 'swift build' makes it.")
  }

  private final class Marker {}

  private static func spawn(
    _ arguments: [String], environment: [String: String], folder: String, output: String,
    error: String, descriptors: [Int32: Descriptor], fileSizeLimit: Int?
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, path) in [(Int32(1), output), (2, error)] {
      posix_spawn_file_actions_addopen(
        &actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    var openEnds: [Int32] = []
    defer { openEnds.forEach { close($0) } }
    for (descriptor, target) in descriptors {
      switch target {
      case .closed: posix_spawn_file_actions_addclose(&actions, descriptor)
      case .file(let path):
        posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY, 0)
      case .brokenPipe:
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        close(ends[0])
        openEnds.append(ends[1])
        posix_spawn_file_actions_adddup2(&actions, ends[1], descriptor)
      }
    }
    // The library is looked for around the tool and in the working folder; both may be elsewhere.
    let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let tool = try path.get()
    // The threads that tests run on block signals, and what they start would as well.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    var endings = noSignals
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&endings, signal) }
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setsigdefault(&attributes, &endings)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pid = pid_t()
    // `env` changes the folder and becomes the tool.
    let limit = fileSizeLimit.map { ["/usr/bin/prlimit", "--fsize=\($0)"] } ?? []
    let command = limit + ["/usr/bin/env", "-C", folder, tool] + arguments
    let status = withCStrings(command) { arguments in
      withCStrings(variables.map { "\($0)=\($1)" }) { variables in
        posix_spawn(&pid, command[0], &actions, &attributes, arguments, variables)
      }
    }
    try #require(status == 0, "Could not start \(tool): \(String(cString: strerror(status))).")
    return pid
  }

  private static func wait(
    for pid: pid_t, limit: Double, signals: [(after: Double, signal: Int32)],
    signal: (number: Int32, when: () -> Bool)?
  ) -> (status: Int32, peakMemory: Int, isLate: Bool) {
    let start = ContinuousClock.now
    var signals = signals[...]
    var signal = signal
    var isLate = false
    var status: Int32 = 0
    var peakMemory = 0
    while waitpid(pid, &status, WNOHANG) == 0 {
      peakMemory = max(peakMemory, self.peakMemory(of: pid))
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      if let next = signals.first {
        if processorSeconds(of: pid) ?? seconds >= next.after, catches(next.signal, pid) {
          kill(pid, next.signal)
          signals.removeFirst()
        }
      }
      if let last = signal, last.when() {
        kill(pid, last.number)
        signal = nil
      }
      if seconds > limit, !isLate {
        isLate = true
        kill(pid, SIGKILL)
      }
      usleep(5_000)
    }
    // As the shell says it: the exit code, or 128 and the signal.
    let code = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    return (code, peakMemory, isLate)
  }

  /// The processor time of a process, or `nil` where the system does not tell.
  private static func processorSeconds(of pid: pid_t) -> Double? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[name...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
      return nil
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Whether a process has a handler for a signal; `true` where the system does not tell.
  private static func catches(_ signal: Int32, _ pid: pid_t) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
      let mask = text.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/)
    else { return true }
    return (UInt64(mask.1, radix: 16) ?? 0) >> UInt64(signal - 1) & 1 == 1
  }

  /// The peak so far; 0 where the system does not tell.
  ///
  /// `getrusage` would do after the end, but counts the memory of the tests, whose copy the process
  /// was before it became the tool.
  private static func peakMemory(of pid: pid_t) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
      let peak = text.firstMatch(of: /VmHWM:\s*(\d+) kB/)
    else { return 0 }
    return (Int(peak.1) ?? 0) * 1024
  }
}

/// Calls `body` with strings as C wants them, `nil` at the end.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}

/// A folder for one test, gone with the object.
final class Scratch: Sendable {
  private let folder: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())geed-tests-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// A path in the folder.
  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes a file, in a subfolder if `name` says so, and returns its path.
  func write(_ bytes: some Collection<UInt8>, to name: String) throws -> String {
    let path = path(name)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }
}
