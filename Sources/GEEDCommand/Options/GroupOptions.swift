// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// Which group acts on pictures, and how values between pixels are made.
struct GroupOptions: ParsableArguments {
  @Option(
    help: """
      C8 and the like: rotations; D4 and the like: with reflections; flip: left and right swap; \
      T4x4 and the like: circular shifts.
      """)
  var group: GroupName

  @Option(help: "How values between pixels are made.")
  var interpolation: Interpolation = .bilinear

  /// The action on pictures.
  var action: ImageAction { group.action.interpolated(by: interpolation) }
}

/// The name of a group that acts on pictures.
struct GroupName: ExpressibleByArgument {
  let action: ImageAction

  init?(argument: String) {
    guard let action = ImageAction(named: argument) else { return nil }
    self.action = action
  }
}

extension Interpolation: ExpressibleByArgument {}
