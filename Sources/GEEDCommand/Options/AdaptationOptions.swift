// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED
import GEEDData

/// Options for changes to all images that adapt them to a model, or test it.
struct AdaptationOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Keep only this many classes, from class 0 on, such as 9 for the digits 0 to 8.")
  var classes: Int?

  @Flag(help: "Convert color to luma, also in data that are arrays instead of images.")
  var grey = false

  @Flag(help: "Exchange black and white: dark ink on paper becomes bright strokes on black.")
  var invert = false

  @Flag(help: "Rotate every image by its own random angle, which --data-seed determines.")
  var rotated = false

  @Option(
    help: ArgumentHelp(
      """
      Corrupt every image, with a severity from 1 to 5, such as fog:3. The kinds: \
      \(Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).
      """, valueName: "kind:severity"))
  var corruption: Corruption?

  @Option(
    parsing: .unconditional, help: "The seed for --rotated and --corruption. (default: 0)",
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
    result.corruption = corruption
    result.seed = dataSeed
    return result
  }
}

extension Corruption: ExpressibleByArgument {
  /// Parses a corruption with its severity, such as `fog:3`.
  public init?(argument: String) { self.init(parsing: argument) }
}
