// SPDX-License-Identifier: MIT

import ArgumentParser
import CGEEDProcess
import Foundation
import GEED

package struct Geed: ParsableCommand {
  package static let version = GEEDVersion.current

  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "geed",
      abstract: "Measure how equivariant or invariant a neural network really is.",
      discussion: """
        geed sends images and transformed copies of them, such as rotations and reflections, \
        through a model and compares the outputs: the G-empirical equivariance deviations of Kvinge \
        et al. (NeurIPS 2022).

        List the tensors of a model, inspect the data, then measure:

          geed layers model.onnx
          geed data images/ --group C8 --preview orbits.png
          geed measure model.onnx --data images/ --group C8 --softmax logits

        Exit codes: 0 success, 1 a check failed, 64 wrong usage, 65 bad data, 66 input missing or \
        not readable, 70 internal error, 74 output could not be written; 129, 130 or 143 stopped by \
        SIGHUP, Ctrl-C or SIGTERM. At the first signal 'measure' prints its results so far, and \
        'train' and 'reproduce' save theirs; the exit code is then 0 after Ctrl-C (130 if 'measure' \
        has no result), and 143 or 129 after SIGTERM or SIGHUP. A second signal ends the tool at \
        once.
        """,
      version: version,
      subcommands: measuring + (TorchPart.installed?.commands() ?? PlaceholderCommands.all))
  }

  private static let measuring: [any ParsableCommand.Type] = [
    Layers.self, DataCommand.self, Orbits.self, Download.self, PlanCommand.self, Measure.self,
    Runs.self,
    Show.self, Report.self, FigureCommand.self, Export.self, Merge.self, Compare.self,
    Replicates.self, Check.self, Conformance.self,
  ]

  package init() {}

  /// Runs the tool, and ends the process.
  package static func main() {
    geed_process_prepare()
    var failure: (any Error)?
    do {
      try TorchPart.requireSameVersion()
      try requireKnownCommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot(
        OrbitsManifest.expanding(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      failure = error
    }
    end(with: failure)
  }

  /// Throws if the first word looks like a command but is not one.
  private static func requireKnownCommand(_ word: String?) throws {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word, !word.hasPrefix("-"), !(names + ["help"]).contains(word) else { return }
    throw UsageError(
      "There is no command '\(word)', only \(names.map { "'\($0)'" }.joined(separator: ", ")).")
  }

  /// Prints the reason that the tool stops, in one sentence, and exits with the code of the cause.
  private static func end(with error: (any Error)?) -> Never {
    var status = error.map(report) ?? 0
    if let failure = StandardOutput.finish() {
      if failure.isEndOfPipe {
        if status == 0 || error is OutputError { geed_process_end_of_pipe() }
      } else {
        // One sentence is enough.
        if status == 0 || error is ExitCode {
          StandardError.write("Error: \("\(failure)".shown)\n")
        }
        if status == 0 { status = ExitStatus.notWritten.rawValue }
      }
    }
    geed_process_kill_programs()
    fflush(nil)
    // A thread of an engine may still run or be ending, so the globals of its library must stay: with
    // 'exit' their destructors would free memory that the thread uses.
    _exit(status)
  }

  /// Reports an error, or help and the version, which the parser also throws; returns the exit code.
  private static func report(_ error: any Error) -> Int32 {
    if let code = error as? ExitCode { return code.rawValue }
    if let error = error as? OutputError {
      if !error.isEndOfPipe { StandardError.write("Error: \("\(error)".shown)\n") }
      return ExitStatus.notWritten.rawValue
    }
    if let status = ExitStatus(of: error) {
      StandardError.write("Error: \("\(error)".shown)\n")
      return status == .interrupted ? Interruption.status : status.rawValue
    }
    switch exitCode(for: error) {
    case .success:
      print(fullMessage(for: error))
      return 0
    case .validationFailure:
      StandardError.write("\(fullMessage(for: error).shownLines)\n")
      return ExitStatus.usage.rawValue
    default:
      let words = message(for: error).split(whereSeparator: \.isWhitespace)
      StandardError.write("Error: Unexpected error: \(words.joined(separator: " ").shown)\n")
      return ExitStatus.internalError.rawValue
    }
  }
}
