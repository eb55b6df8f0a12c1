// SPDX-License-Identifier: MIT

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A failure of a program that serves a model.
public struct ProgramError: Error, Hashable, CustomStringConvertible {
  /// What a program was doing when it failed.
  public enum Stage: Hashable, Sendable, CustomStringConvertible {
    /// It was starting, before its first line.
    case starting
    /// It had a batch to answer: the number of this batch, from 1.
    case answering(batch: Int)

    public var description: String {
      switch self {
      case .starting: "before its first line"
      case .answering(let batch): "in the answer to batch \(batch)"
      }
    }
  }

  /// What went wrong.
  public enum Problem: Hashable, Sendable {
    /// The command cannot be split into words; the text completes "the command …".
    case syntax(String)
    /// The system cannot start the program, for this reason.
    case notStarted(String, isMissing: Bool)
    /// The program has ended, or closed its standard output.
    case ended(Stage, ProgramEnd)
    /// Nothing came from the program for this time.
    case silent(Stage, seconds: Double)
    /// A line that is none of the protocol.
    case foreignLine(Stage, String)
    /// Bytes between the arrays and the line `end`, or instead of it.
    case noEnd(Stage)
    /// The program speaks another version of the protocol.
    case version(String)
    /// A statement of the program that cannot be: what was expected and what came.
    case statement(Stage, expected: String, found: String)
    /// The program's own words on why it cannot answer.
    case reported(Stage, String)
    /// Examples do not have the shape that the program has stated.
    case exampleShape([Int], expected: [Int?])
    /// The program was stopped.
    case stopped
  }

  /// The command as it was given.
  public let command: String

  /// What went wrong.
  public let problem: Problem

  package init(_ command: String, _ problem: Problem) {
    self.command = command
    self.problem = problem
  }

  /// Whether the program does not exist or cannot be started.
  public var isNotStarted: Bool { if case .notStarted = problem { true } else { false } }

  /// Whether other words would be a command.
  public var isSyntax: Bool { if case .syntax = problem { true } else { false } }

  /// One sentence that names the command, what was expected and what came.
  public var description: String {
    let name = "The program '\(command)'"
    switch problem {
    case .syntax(let reason): return "The command '\(command)' \(reason)."
    case .notStarted(let reason, _): return "\(name) cannot be started: \(reason)."
    case .ended(let stage, let end): return "\(name) \(end) \(stage)\(end.lastWords)"
    case .silent(let stage, let seconds):
      return "\(name) was silent for \(shortened(seconds)) s \(stage); '--timeout' allows more."
    case .foreignLine(.starting, let text):
      return "\(name) began with \(quoted(text)), but expected a line such as {\"geed\": 1}; its "
        + "standard output is for the protocol alone, texts go to standard error."
    case .foreignLine(let stage, let text):
      return "\(name) wrote \(quoted(text)) to its standard output \(stage), but expected a line "
        + "such as {\"outputs\": [...]}; texts go to standard error (in Python, "
        + "print(..., file=sys.stderr))."
    case .noEnd(let stage):
      return "\(name) did not write the line 'end' behind its arrays \(stage): their bytes are not "
        + "as many as its shapes and types say, or a text came between them."
    case .version(let found):
      return "\(name) speaks version \(found) of the protocol, but expected version "
        + "\(ProgramModel.protocolVersion)."
    case .statement(let stage, let expected, let found):
      return "\(name) stated \(found) \(stage), but expected \(expected)."
    case .reported(let stage, let text): return "\(name) reports \(stage): \(sentence(text))"
    case .exampleShape(let shape, let expected):
      let lengths = expected.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      return "\(name) takes examples of shape [\(lengths)], but these have shape \(shape)."
    case .stopped: return "\(name) was stopped."
    }
  }
}

/// How a program ended.
public struct ProgramEnd: Hashable, Sendable, CustomStringConvertible {
  /// The exit code, if it exited.
  public let code: Int32?
  /// The number of the signal that ended it, if one did.
  public let signal: Int32?
  /// The last line that it wrote to standard error, if any.
  public let lastLine: String?

  /// Reads the status of `waitpid`; `nil` for a program that runs on.
  init(status: Int32?, lastLine: String?) {
    code = status.flatMap { $0 & 0x7F == 0 ? $0 >> 8 & 0xFF : nil }
    signal = status.flatMap { $0 & 0x7F == 0 ? nil : $0 & 0x7F }
    self.lastLine = lastLine
  }

  /// Whether it exited with code 0.
  public var isSuccess: Bool { code == 0 }

  public var description: String {
    if let signal { return "was ended by signal \(signal) (\(String(cString: strsignal(signal))))" }
    if let code { return "ended with exit code \(code)" }
    return "closed its standard output"
  }

  /// The end of a sentence.
  var lastWords: String { lastLine.map { "; its last words: \(sentence($0))" } ?? "." }
}

/// Returns at most 80 characters of a text that is shown in a sentence, in quotes.
func quoted(_ text: String) -> String {
  text.isEmpty ? "an empty line" : "'\(text.prefix(80))\(text.count > 80 ? "…" : "")'"
}

/// Returns a text as the end of a sentence, on one line and with a full stop.
private func sentence(_ text: String) -> String {
  let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(1_000)
  return words.last.map { ".!?".contains($0) } ?? true ? String(words) : words + "."
}

private func shortened(_ seconds: Double) -> String {
  seconds.rounded() == seconds ? "\(Int(seconds))" : "\(seconds)"
}
