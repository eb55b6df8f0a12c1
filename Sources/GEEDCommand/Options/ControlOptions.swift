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
}

extension ImageMask: ExpressibleByArgument {}

extension ControlKind: ExpressibleByArgument {}
