// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

/// The results of a measurement's controls.
struct ControlResults {
  /// The model's results, with the response to noise and with caveats.
  let result: MeasurementResult
  /// The results of the untrained twin, if it was requested.
  let untrained: MeasurementResult?
  /// The deviation of the action on the inputs from a group action.
  let action: ActionDefects?
  /// The controls that were run.
  let kinds: [ControlKind]

  /// Runs the controls of a completed measurement.
  ///
  /// After Ctrl-C only the controls that need no model are run.
  init(of session: MeasurementSession, result: MeasurementResult) throws {
    // A run with sufficient precision may have stopped early.
    var measurement = session.measurement
    let plan = session.plan
    if measurement.shard.isWhole {
      measurement.exampleCount = max(result.results.map(\.exampleCount).max() ?? 1, 1)
    }
    measurement.measuresSubgroups = false
    let wanted = Interruption.wasRequested ? [] : Set(plan.controls)
    var result = result
    if wanted.contains(.noise) {
      result = try result.adding(
        noiseResponses: Self.noiseResponses(of: measurement, seed: plan.controlSeed))
    }
    untrained =
      wanted.contains(.untrained)
      ? try Self.run(
        measurement,
        on: OnnxModel(
          untrainedTwinOf: session.graph, probing: plan.tensors,
          options: session.modelOptions.onnxOptions, seed: plan.controlSeed)) : nil
    self.result = result.addingCaveats(untrained: untrained)
    action = try measurement.actionDefects()
    kinds = ControlKind.allCases.filter(wanted.contains)
  }

  private static func run(
    _ measurement: DeviationMeasurement, on twin: OnnxModel
  ) throws -> MeasurementResult {
    var measurement = measurement
    measurement.model = twin
    var progress = ProgressLine()
    defer { progress.clear() }
    var run = try measurement.start()
    while try !Interruption.wasRequested && run.advance() { progress.show(run.progress) }
    return run.result
  }

  private static func noiseResponses(
    of measurement: DeviationMeasurement, seed: UInt64
  ) throws -> [Double?] {
    var progress = ProgressLine()
    defer { progress.clear() }
    var control = try NoiseControl(measurement, seed: seed)
    while try !Interruption.wasRequested && control.advance() { progress.show(control.progress) }
    return control.responses
  }
}
