// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// Which group acts on pictures, and how values between pixels are made.
struct GroupOptions: ParsableArguments {
  @Option(
    help: """
      C8 and the like: rotations; D4 and the like: with reflections; flip: left and right swap; \
      T4x4 and the like: circular shifts.
      """,
    transform: GroupName.init(parsing:))
  var group: GroupName

  @Option(help: "How values between pixels are made.")
  var interpolation: Interpolation = .bilinear

  /// The action on pictures.
  var action: ImageAction { group.action.interpolated(by: interpolation) }
}

/// The name of a group that acts on pictures.
struct GroupName {
  let action: ImageAction

  init(parsing argument: String) throws {
    guard let action = ImageAction(named: argument) else {
      throw UnknownGroup(name: argument)
    }
    self.action = action
  }
}

/// A name that stands for no group.
private struct UnknownGroup: Error, CustomStringConvertible {
  let name: String

  /// The names that there are, or the one that was meant.
  var description: String {
    let near = [name.prefix(1).uppercased() + name.dropFirst().lowercased(), name.lowercased()]
    if let meant = near.first(where: { ImageAction(named: $0) != nil }) {
      return "did you mean '\(meant)'?"
    }
    return """
      expected C8, D4, T4x4 or the like, or flip, with at most \(FiniteGroup.maximumOrder) elements
      """
  }
}

extension Interpolation: ExpressibleByArgument {}
