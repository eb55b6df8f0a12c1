// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

struct MaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Measure only the inscribed disc: images are masked before the group acts, and channelwise \
      probes compare only the disc of the layer's grid.
      """, valueName: "shape"))
  var mask: ImageMask?
}

/// Options for controls that are reported with the values to make them interpretable.
struct ControlOptions: ParsableArguments {
  @OptionGroup var masking: MaskOptions

  @Option(
    help: ArgumentHelp(
      """
      Also test whether the model responds to changes of its input at all: untrained measures the \
      same model with the values of each weight tensor shuffled; noise measures the response to \
      noise as strong as the change of the example by the group; repeatable.
      """, valueName: "kind"))
  var control: [ControlKind] = []

  @Option(
    parsing: .unconditional, help: "The seed for the shuffling and the noise. (default: 0)",
    transform: seed(parsing:))
  var controlSeed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      """
      Measure a random model, as with active dropout: the mean output of this many runs for each \
      input. The deviation that the remaining noise makes by itself is printed beside each value. \
      Numbers differ from run to run.
      """, valueName: "runs"))
  var stochastic: Int?

  func validate() throws {
    if let stochastic, !(1...Self.greatestDrawCount).contains(stochastic) {
      throw ValidationError(
        "'--stochastic \(stochastic)': expected 1 to \(Self.greatestDrawCount) runs.")
    }
  }

  private static let greatestDrawCount = 10_000
}

extension ImageMask: ExpressibleByArgument {}

extension ControlKind: ExpressibleByArgument {}
