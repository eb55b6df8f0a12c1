// SPDX-License-Identifier: MIT

import GEED

/// The JSON document of `geed plan --json`: the number of examples that each value needs, and
/// the time.
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

  /// Creates a plan from a pilot.
  private init(_ pilot: MeasuredSession, of measurement: DeviationMeasurement, precision: Double) {
    self.precision = precision
    confidenceLevel = pilot.result.confidenceLevel
    pilotExampleCount = pilot.result.results.map(\.exampleCount).max() ?? 0
    pilotSeconds = pilot.seconds
    availableExampleCount = measurement.dataset.count
    let cost = InputCount(measurement)
    let secondsPerInput = pilot.seconds / Double(max(cost.inputs(examples: pilotExampleCount), 1))
    rows = pilot.result.results.map { result in
      var plan = SampleSizePlan(
        pilot: result, precision: precision, intervals: measurement.intervals)
      plan.seconds = plan.exampleCount.map {
        secondsPerInput * Double(cost.inputs(examples: $0))
      }
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

/// The number of inputs of the model for a number of examples of E.
private struct InputCount {
  private let order: Int
  private let scaleCount: Int
  private let sharesExamples: Bool

  init(_ measurement: DeviationMeasurement) {
    order = measurement.inputAction.transformations.count
    let total = (measurement.scaleDataset ?? measurement.dataset).count
    let needsScale = measurement.probes.contains { $0.metric.scaleMeasure != nil }
    scaleCount = needsScale ? min(measurement.scaleExampleCount ?? total, total) : 0
    sharesExamples = measurement.scaleDataset == nil
  }

  func inputs(examples: Int) -> Int {
    examples * order + max(0, scaleCount - (sharesExamples ? examples : 0))
  }
}
