// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

/// `geed plan`.
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Estimate how many examples a precision takes, and how much time.",
    usage: "geed plan <model> --data <data> --group <group> --precision <part>",
    discussion: """
      Measures a pilot of \(SampleSizePlan.pilotCount) examples. From its values, their spread and \
      its duration follows how many examples it takes until every interval is within the precision. \
      The number is known to about 30 %, and less precisely for skewed deviations.

      Example:

        geed plan resnet.onnx --data pictures/ --preset imagenet --group C8 \\
          --latent features --softmax logits --precision 5%
      """)

  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Data") var source: DataSource
  @OptionGroup(title: "Data") var dataOptions: DataOptions
  @OptionGroup(title: "Group") var group: GroupOptions
  @OptionGroup(title: "Probes") var probes: ProbeOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Option(
    help: ArgumentHelp(
      "The precision as a fraction of each value, such as 5%.", valueName: "part"))
  var precision: Percentage

  @OptionGroup(title: "Controls") var masking: MaskOptions

  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let session = try MeasurementSession(
      model: model, data: source, dataOptions, group: group, probes: probes, sampling: sampling
    ) { plan, _ in
      plan.exampleCount = SampleSizePlan.pilotCount
      plan.mask = masking.mask
    }
    try PlanDocument.printed(of: session, precision: precision, asJSON: json)
  }
}
