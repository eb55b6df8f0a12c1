// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED

/// The tool `geed`.
@main
struct Geed: ParsableCommand {
  static let version = GEEDVersion.current

  static let configuration = CommandConfiguration(
    commandName: "geed",
    abstract: "Measure how equivariant or invariant a neural network really is.",
    discussion: """
      geed sends pictures and their rotated or reflected copies through a model and compares what \
      comes out: the G-empirical equivariance deviations of Kvinge et al. (NeurIPS 2022).

      Start with the tensors that a model has, look at what would be measured, then measure:

        geed layers model.onnx
        geed data pictures/ --group C8 --preview orbits.png
        geed measure model.onnx --data pictures/ --group C8 --softmax logits

      Exit codes: 0 done, 1 a check failed, 64 wrong usage, 65 bad data, 66 input missing or not \
      readable, 70 internal error, 130 stopped before there was anything to print.
      """,
    version: version,
    subcommands: measuring + training)

  private static let measuring: [any ParsableCommand.Type] = [
    Layers.self, DataCommand.self, Download.self, Measure.self, Runs.self, Export.self, Merge.self,
    Compare.self, Replicates.self, Check.self, Conformance.self,
  ]

  #if Torch
  private static let training: [any ParsableCommand.Type] = [Train.self, Reproduce.self]
  #else
  private static let training: [any ParsableCommand.Type] = []
  #endif

  static func main() {
    do {
      try requireKnownCommand(CommandLine.arguments.dropFirst().first)
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(reporting: error)
    }
  }

  /// Throws if the first word is meant to be a command, and is none.
  private static func requireKnownCommand(_ word: String?) throws {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let word, !word.hasPrefix("-"), !(names + ["help"]).contains(word) else { return }
    throw UsageError(
      "There is no command '\(word)', only \(names.map { "'\($0)'" }.joined(separator: ", ")).")
  }

  /// Prints why the tool stops, in one sentence, and ends it with the code that the cause has.
  private static func exit(reporting error: any Error) -> Never {
    guard let status = ExitStatus(of: error) else { exit(withError: error) }
    FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
    Foundation.exit(status.rawValue)
  }
}
