// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

/// Options for changes to all pictures that adapt them to a model, or test it.
struct AdaptationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Keep only so many classes, such as 9 for the digits 0 to 8.")
  var classes: Int?

  @Flag(help: "Turn colour into luma, also where the data are numbers and not pictures.")
  var grey = false

  @Flag(help: "Exchange black and white: dark ink on paper becomes bright strokes on black.")
  var invert = false

  @Flag(help: "Turn every picture by an angle of its own that never changes.")
  var rotated = false

  @Option(
    help: ArgumentHelp(
      """
      Make every picture worse, by a severity of 1 to 5: \
      \(Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).
      """, valueName: "kind:severity"))
  var corruption: CorruptionOption?

  @Option(
    parsing: .unconditional, help: "The seed of what --rotated and --corruption draw. (default: 0)",
    transform: seed(parsing:))
  var dataSeed: UInt64 = 0

  func validate() throws {
    try requireRange("--classes", classes, 1...1_000_000)
  }

  /// All changes, in the order in which the library applies them.
  var adaptation: Adaptation {
    var result = Adaptation()
    result.classes = classes
    result.isGrey = grey
    result.isInverted = invert
    result.isRotated = rotated
    result.corruption = corruption?.corruption
    result.seed = dataSeed
    return result
  }
}

/// A corruption with its severity, such as `fog:3`.
struct CorruptionOption: ExpressibleByArgument {
  let corruption: Corruption

  init?(argument: String) {
    guard let corruption = Corruption(parsing: argument) else { return nil }
    self.corruption = corruption
  }
}
