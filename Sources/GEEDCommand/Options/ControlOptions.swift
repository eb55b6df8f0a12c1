// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// Options for controls that are reported with the values to make them interpretable.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Measure only the inscribed disc: pictures are masked before the group acts, and channelwise \
      probes compare only the disc of the layer's grid.
      """, valueName: "shape"))
  var mask: PictureMask?

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

/// The part of a picture that is measured.
enum PictureMask: String, ExpressibleByArgument, CaseIterable, Codable {
  case disc

  /// Returns a measurement inside the mask.
  func applied(to measurement: DeviationMeasurement) throws -> DeviationMeasurement {
    let shape = measurement.dataset.exampleShape
    guard shape.count >= 2 else {
      throw ValidationError("'--mask disc' needs pictures, but examples have shape \(shape).")
    }
    if let probe = measurement.probes.first(where: \.isPerPixel) {
      throw ValidationError(
        "'--mask disc' cannot be used with the scores of pixels, such as '--softmax \(probe.tensor)'."
      )
    }
    return measurement.maskedToDisc()
  }
}

/// A control that costs forward passes.
enum ControlKind: String, ExpressibleByArgument, CaseIterable, Codable {
  case untrained
  case noise
}
