// SPDX-License-Identifier: MIT

import ArgumentParser

/// The tool `geed`.
@main
struct Geed: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "geed",
    abstract: "Measure how equivariant or invariant a neural network really is.")
}
