// SPDX-License-Identifier: MIT

import GEED

struct ControlResults {
  /// The model's results, with the response to noise and with caveats.
  let result: MeasurementResult
  /// The results of the untrained twin, if it was requested.
  let untrained: MeasurementResult?
  /// The deviation of the action on the inputs from a group action.
  let action: ActionDefects?
  let kinds: [ControlKind]

  /// Runs the controls of a measurement; after Ctrl-C only those that need no model.
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
      let progress = ProgressLine()
      defer { progress.clear() }
      var control = try NoiseControl(measurement, seed: plan.controlSeed)
      while try !Interruption.wasRequested && control.advance() { progress.show(control.progress) }
      result = result.adding(noiseResponses: control.responses)
    }
    if plan.draws != nil, !Interruption.wasRequested, measurement.shard.isWhole {
      let progress = ProgressLine()
      defer { progress.clear() }
      var noise = try DrawNoise(measurement)
      while try !Interruption.wasRequested && noise.advance() { progress.show(noise.progress) }
      result = result.adding(noiseFloors: noise.deviations)
    }
    if wanted.contains(.untrained) {
      let progress = ProgressLine()
      defer { progress.clear() }
      var twin = measurement
      twin.model = plan.drawing(
        from: try session.engine.untrainedTwin(seed: plan.controlSeed))
      var run = try twin.start()
      while try !Interruption.wasRequested && run.advance() { progress.show(run.progress) }
      untrained = run.result
    } else {
      untrained = nil
    }
    self.result = result.addingCaveats(untrained: untrained)
    action = try measurement.actionDefects()
    kinds = ControlKind.allCases.filter(wanted.contains)
  }
}
