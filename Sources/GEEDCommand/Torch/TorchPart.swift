// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import Synchronization

/// The part of the tool that needs libtorch: training, the figures of the paper, and TorchScript
/// models.
///
/// It is the executable `geed-torch` beside `geed`, and has all commands of `geed` as well. For a
/// command that needs it, `geed` replaces its own process with it, so that it never loads libtorch.
package struct TorchPart: Sendable {
  /// The commands that only this part has.
  let commands: @Sendable () -> [any ParsableCommand.Type]

  /// Loads a TorchScript model, to be run on a number of threads.
  let load: @Sendable (_ path: String, _ threads: Int?) throws -> any ScriptedModelRunner

  /// The exit status for an error of libtorch or of a training; `nil` for other errors.
  let status: @Sendable (any Error) -> ExitStatus?

  /// Creates the part from what needs libtorch.
  package init(
    commands: @escaping @Sendable () -> [any ParsableCommand.Type],
    load: @escaping @Sendable (_ path: String, _ threads: Int?) throws -> any ScriptedModelRunner,
    status: @escaping @Sendable (any Error) -> ExitStatus?
  ) {
    (self.commands, self.load, self.status) = (commands, load, status)
  }

  private static let part = Mutex<TorchPart?>(nil)

  /// The part, if this process is `geed-torch`.
  static var installed: TorchPart? { part.withLock(\.self) }

  /// Makes this process `geed-torch`; called once, before the tool starts.
  package func install() {
    Self.part.withLock { $0 = self }
  }
}

/// A TorchScript model that libtorch has loaded.
package protocol ScriptedModelRunner: Sendable {
  /// The version of libtorch.
  var version: String { get }

  /// The names of the outputs of past runs that are integers or truth values.
  var outputsOfWholeNumbers: Set<String> { get }

  /// Runs the model on a batch.
  ///
  /// - Throws: ``ScriptedModelError`` if the model fails, or returns something else than tensors.
  func outputs(for batch: Tensor) throws -> [String: Tensor]
}

/// The error of loading or running a TorchScript model, with the message of libtorch.
package struct ScriptedModelError: Error {
  let message: String

  package init(message: String) {
    self.message = message
  }
}

// MARK: - In geed

extension TorchPart {
  /// Whether a path is that of a TorchScript file by its name.
  static func isModel(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".pt", ".pth", ".ts", ".torchscript"].contains(where: name.hasSuffix)
  }

  /// The name of the executable.
  static let executableName = "geed-torch"

  /// The path of the executable, beside this one.
  static var executablePath: String {
    let own = Bundle.main.executableURL?.resolvingSymlinksInPath()
    return own?.deletingLastPathComponent().appending(path: executableName)
      .path(percentEncoded: false) ?? executableName
  }

  /// Replaces this process with `geed-torch`, with the same arguments, if they need it and it is there.
  package static func replaceProcess(ifNeededFor arguments: [String]) {
    // Set if a geed was started as geed-torch: it would start itself without end.
    guard isNeeded(for: arguments), getenv(versionVariable) == nil else { return }
    setenv(versionVariable, GEEDVersion.current, 1)
    execv(executablePath, CommandLine.unsafeArgv)
    unsetenv(versionVariable)
  }

  /// The environment variable by which `geed` states its version to `geed-torch`.
  private static let versionVariable = "GEED_VERSION_OF_STARTER"

  /// Throws if this process is `geed-torch` and a `geed` of another version has become it.
  static func requireSameVersion() throws {
    guard installed != nil, let version = getenv(versionVariable).map({ String(cString: $0) })
    else { return }
    // Programs that this process starts may start a geed of their own.
    unsetenv(versionVariable)
    guard version != GEEDVersion.current else { return }
    throw OtherVersionOfTorchPart(version: version)
  }

  /// Whether a command line concerns commands of this part, the completions of all commands, or perhaps
  /// a TorchScript model.
  static func isNeeded(for arguments: [String]) -> Bool {
    let names = PlaceholderCommands.all.compactMap { $0.configuration.commandName }
    let command = arguments.first { !["help", "---completion"].contains($0) }
    if let command, names.contains(command) { return true }
    return arguments.contains { argument in
      argument.hasPrefix("--generate-completion-script")
        || argument == "--experimental-dump-help"
        || isModel(argument)
    }
  }
}

/// The error for a command of `geed-torch` where that executable does not exist, or was built without
/// libtorch.
struct MissingTorchPart: Error, CustomStringConvertible {
  /// The name of the command.
  let command: String

  var description: String {
    "'geed \(command)' needs \(TorchPart.executableName), built with libtorch, at "
      + "'\(TorchPart.executablePath)'. In a checkout of GEED 'Scripts/setup.sh' installs libtorch, and "
      + "'swift build -c release' builds both."
  }
}

/// The error for a `geed-torch` of another version than `geed`.
struct OtherVersionOfTorchPart: Error, CustomStringConvertible {
  /// The version of `geed`.
  let version: String

  var description: String {
    "\(TorchPart.executableName) at '\(TorchPart.executablePath)' has version "
      + "\(GEEDVersion.current), but geed has version \(version); install both from one version."
  }
}

/// The commands of `geed-torch` as `geed` lists them.
enum PlaceholderCommands {
  static let all: [any ParsableCommand.Type] = [TrainPlaceholder.self, ReproducePlaceholder.self]
}

private struct TrainPlaceholder: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TorchPart.trainName, abstract: TorchPart.trainAbstract)

  @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

  func run() throws { throw MissingTorchPart(command: TorchPart.trainName) }
}

private struct ReproducePlaceholder: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: TorchPart.reproduceName, abstract: TorchPart.reproduceAbstract)

  @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

  func run() throws { throw MissingTorchPart(command: TorchPart.reproduceName) }
}

extension TorchPart {
  package static let trainName = "train"
  package static let trainAbstract = "Train a network, and measure its deviations along the way."
  package static let reproduceName = "reproduce"
  package static let reproduceAbstract =
    "Reproduce a figure of the paper, and test the claims of the paper about it."
}
