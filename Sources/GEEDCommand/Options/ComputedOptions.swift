// SPDX-License-Identifier: MIT

import ArgumentParser

/// Options for outputs that were computed elsewhere, in place of a model.
struct ComputedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Instead of a model: a .npz or .npy file with the outputs of your own code for the inputs that \
      'geed orbits' wrote; repeatable, for files that continue each other. An array 'index' states \
      the row of the input for each row of the outputs, if they are in another order.
      """, valueName: "outputs.npz"))
  var outputs: [String] = []

  @Option(
    help: ArgumentHelp(
      "The manifest of 'geed orbits' for '--outputs', which holds the data and group.",
      valueName: "orbits.json"))
  var manifest: String?

  func validate() throws {
    guard outputs.isEmpty == (manifest == nil) else {
      throw ValidationError(
        "'--outputs' and '--manifest' belong together: the outputs of a model, and the manifest of "
          + "their inputs.")
    }
  }
}
