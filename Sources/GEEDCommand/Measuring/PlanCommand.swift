// SPDX-License-Identifier: MIT

import ArgumentParser
import GEED

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

        geed plan resnet.onnx --data images/ --preset imagenet --group C8 \\
          --latent features --softmax logits --precision 5%
      """)

  @OptionGroup var options: MeasurementOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Option(
    help: ArgumentHelp(
      "The precision as a fraction of each value, such as 5%.", valueName: "part"))
  var precision: Percentage

  @OptionGroup(title: "Controls") var masking: MaskOptions

  @Flag(help: "Print JSON.") var json = false

  func validate() throws { try options.probes.requireNoDiscovery(besides: nil) }

  func run() throws {
    let session = try MeasurementSession(options, sampling) { plan, _ in
      plan.exampleCount = SampleSizePlan.pilotCount
      plan.mask = masking.mask
    }
    defer { session.engine.finish() }
    try PlanDocument.printed(of: session, precision: precision, asJSON: json)
  }

  /// This process's command as one of `geed plan`; `nil` if it has options that `geed plan` lacks.
  static var words: String? {
    let words = CommandLine.arguments.dropFirst(2).map {
      $0 == "--plan" || $0.hasPrefix("--plan=") ? $0.replacing("--plan", with: "--precision") : $0
    }
    guard (try? parse(words)) != nil else { return nil }
    return (["geed plan"] + words.map(\.quotedForShell)).joined(separator: " ")
  }
}

extension String {
  /// The text as one word of a shell command.
  fileprivate var quotedForShell: String {
    let isPlain = wholeMatch(of: /[A-Za-z0-9%+,.\/:=@_-]+/) != nil
    return isPlain ? self : "'\(replacing("'", with: #"'\''"#))'"
  }
}

/// The JSON document of `geed plan --json`: the examples that each value needs, and the time.
struct PlanDocument: Encodable {
  let schema = "geed.plan/1"
  let precision: Double
  let confidenceLevel: Double
  let pilotExampleCount: Int
  let pilotSeconds: Double
  let availableExampleCount: Int
  let rows: [SampleSizePlan]

  /// Measures the pilot of a session and prints the plan.
  static func printed(
    of session: MeasurementSession, precision: Percentage, asJSON: Bool
  ) throws {
    let plan = PlanDocument(
      try session.measured(), of: session.measurement, precision: precision.fraction)
    if asJSON { try printJSON(plan) } else { plan.lines.forEach { print($0) } }
    try Interruption.end()
  }

  private init(_ pilot: MeasuredSession, of measurement: DeviationMeasurement, precision: Double) {
    self.precision = precision
    confidenceLevel = pilot.result.confidenceLevel
    pilotExampleCount = pilot.result.results.map(\.exampleCount).max() ?? 0
    pilotSeconds = pilot.seconds
    availableExampleCount = measurement.dataset.count
    let order = measurement.inputAction.transformations.count
    let total = (measurement.scaleDataset ?? measurement.dataset).count
    let scaleCount =
      measurement.needsScale ? min(measurement.scaleExampleCount ?? total, total) : 0
    /// Returns the number of inputs of the model; E and M share examples of the same data set.
    func inputCount(_ examples: Int) -> Int {
      examples * order + max(0, scaleCount - (measurement.scaleDataset == nil ? examples : 0))
    }
    let secondsPerInput = pilot.seconds / Double(max(inputCount(pilotExampleCount), 1))
    rows = pilot.result.results.map { result in
      var plan = SampleSizePlan(
        pilot: result, precision: precision, intervals: measurement.intervals)
      plan.seconds = plan.exampleCount.map { secondsPerInput * Double(inputCount($0)) }
      return plan
    }
  }

  /// A table, and the total for the probe that needs the most examples.
  var lines: [String] {
    var table = Table(
      ofResults: [
        "value", "pilot", "examples for ±\(precision.percentText)", "seconds", "with --precision",
      ])
    for row in rows {
      table.add([
        row.metric.rawValue, row.tensor, row.value.short,
        row.pilotPrecision.map { "±\(($0 * 1e3).rounded() / 10) %" } ?? "–",
        row.exampleCount.map(String.init) ?? "–", row.seconds.short,
        row.stoppedExampleCount.map(String.init) ?? "–",
      ])
    }
    let notes = rows.flatMap { row in
      (row.notes.map(\.description) + (row.reason.map { [$0] } ?? [])).map {
        "note: \(row.metric.rawValue) \(row.tensor): \($0)"
      }
    }
    return ["Pilot of \(pilotExampleCount) examples in \(pilotSeconds.short) s", ""] + table.lines
      + ["", total] + notes
  }

  private var total: String {
    guard let hardest = rows.max(by: { $0.exampleCount ?? 0 < $1.exampleCount ?? 0 }),
      let count = hardest.exampleCount, let seconds = hardest.seconds
    else { return "No value can be planned." }
    let text =
      "All that can be planned: about \(count) examples, \(seconds.short) s, for "
      + "\(hardest.metric.rawValue) \(hardest.tensor)"
    return count > availableExampleCount
      ? text + "; the data have only \(availableExampleCount)." : text + "."
  }
}

extension SampleSizePlan {
  /// The reason that there is no plan, or only one, although the pilot has a value.
  fileprivate var reason: String? {
    guard value != nil else { return nil }
    if pilotPrecision == nil {
      return "nothing to plan by: the pilot's value is 0, or its error is not known."
    }
    if exampleCount == nil {
      return "M's own error is too large for this precision; take more '--scale-samples'."
    }
    return stoppedExampleCount == nil
      ? "M's own error is too large for '--precision', whose intervals are a little wider; take more "
        + "'--scale-samples'." : nil
  }
}
