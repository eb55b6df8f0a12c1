// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx
import GEEDReport
import GEEDStore

struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Measure the equivariance deviations of a model on data.",
    usage: """
      geed measure <model> --data <data> [<options>]
      geed measure --outputs <outputs.npz> --manifest <orbits.json> [<options>]
      """,
    discussion: """
      Each example is transformed by every element of the group and sent through the model; one \
      forward pass serves all probes. Larger values always mean less equivariant or invariant.

        --channelwise    -1 is equivariant, -1/|G| unrelated
        --latent         0 is invariant; copies that differ as different examples do
                         have 0.5 (2 elements) to 0.71 (many)
        --latent-cosine  -1/M is invariant; such copies have about -1/√M
        --softmax        0 is invariant; in nats, at most log |G| and log K for
                         K classes

      M is the mean distance, or cosine similarity, of different examples. Values have confidence \
      intervals over examples. '--precision 5%' stops the measurement as soon as all intervals are \
      that narrow; 'geed plan' estimates in advance how many examples that takes.

      The first Ctrl-C stops the measurement and prints the results so far, with a note; the exit \
      code is 0, or 130 if no example is complete. SIGTERM and SIGHUP do the same with 143 and \
      129. A second signal ends the tool at once. A batch that still runs five seconds after the \
      first signal, as in a model with an endless loop, is abandoned. If the store or the contact \
      sheet cannot be written, the results are printed nevertheless, and the exit code is 74.

      Before the measurement, two batches test whether the model is deterministic and computes \
      each example independently of the others in its batch. Models that fail the test are \
      refused; '--stochastic' measures random ones.

      With '--store' every batch is saved as soon as it is measured. If the run is stopped or \
      killed, the same command with '--resume' continues it, and the results have the same digits \
      as those of an uninterrupted run. '--shard' divides a run among several machines; 'geed \
      merge' combines the shards.

      Example:

        geed measure resnet.onnx --data images/ --preset imagenet --group C8 \\
          --channelwise '/layer*/Relu*' --latent features --softmax logits
      """)

  @OptionGroup var options: MeasurementOptions
  @OptionGroup(title: "Sampling") var precision: PrecisionOptions
  @OptionGroup(title: "Controls") var controls: ControlOptions
  @OptionGroup(title: "Storing") var storing: StoreOptions
  @OptionGroup(title: "Output") var details: DetailOptions

  func validate() throws {
    if storing.store != nil, precision.plan != nil {
      throw ValidationError(
        "'--plan' measures a pilot only, which is not kept; leave '--store' out.")
    }
    if precision.plan != nil { try options.probes.requireNoDiscovery(besides: "--plan") }
    guard storing.shard != nil else { return }
    try options.probes.requireNoDiscovery(besides: "--shard")
    if precision.precision != nil {
      throw ValidationError(
        "'--precision' looks at all examples, and a shard has not; leave '--shard' out.")
    }
    for (option, isGiven) in [
      ("--control", !controls.control.isEmpty), ("--stochastic", controls.stochastic != nil),
    ] where isGiven {
      throw ValidationError(
        "'\(option)' needs the whole measurement; leave it or '--shard' out.")
    }
  }

  func run() throws {
    var sampling = precision.sampling
    // Shards have the same batches, whatever the memory of their machines.
    if storing.shard != nil, sampling.batch == nil {
      sampling.batch = DeviationMeasurement.usualBatchSize
    }
    var session = try MeasurementSession(options, sampling, apply)
    defer { session.engine.finish() }
    try details.requireImages(of: session.measurement.dataset)
    if let precision = precision.plan {
      if let words = PlanCommand.words { StandardError.log("The same as: \(words)") }
      return try PlanDocument.printed(of: session, precision: precision, asJSON: details.json)
    }
    let recording = try storing.begin(&session)
    var measured = try session.measured(recording, comparesArithmetic: true)
    let timing = details.timing && measured.isComplete ? try session.timing(of: measured) : nil
    let controls = try ControlResults(
      of: session, result: try session.addingPermutations(to: measured.result))
    var document = MeasurementDocument(session, controls, timing: timing)
    document.arithmetic = measured.arithmetic
    let isWhole = measured.isComplete && !Interruption.wasRequested
    document.endedEarly = isWhole ? nil : true
    let shard = session.measurement.shard
    document.shard = shard.isWhole ? nil : shard.text
    var caption: String?
    if isWhole, let recording {
      measured.collectingFailure {
        let thumbnails = Thumbnails(
          group: session.plan.group, measurement: session.measurement,
          preprocessing: session.preprocessing)
        try recording.replace(thumbnails: try thumbnails.drawn(for: document.results))
      }
    }
    measured.collectingFailure {
      if isWhole { try recording?.finish(controls.result, document: try jsonText(document)) }
      caption = try details.drawWorst(
        of: document.results, measurement: session.measurement,
        preprocessing: session.preprocessing)
    }
    try details.show(document, sheet: caption)
    if let failure = measured.failures.first { throw failure }
    if !isWhole { try Interruption.end() }
  }

  /// Writes the options that only this command has into a plan.
  private func apply(
    to plan: inout MeasurementPlan, under transformations: TransformationSet
  ) throws {
    try details.requireSubgroups(of: transformations)
    plan.exampleCount = precision.exampleCount
    plan.precision = precision.precision?.fraction
    plan.mask = controls.masking.mask
    plan.draws = controls.stochastic
    plan.measuresSubgroups = details.subgroups
    plan.controls = ControlKind.allCases.filter(controls.control.contains)
    plan.controlSeed = controls.controlSeed
  }
}
