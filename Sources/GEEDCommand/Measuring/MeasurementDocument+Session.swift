// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDReport

extension MeasurementDocument {
  init(_ session: MeasurementSession, _ controls: ControlResults, timing: Timing?) {
    let (result, dataset) = (controls.result, session.measurement.dataset)
    let notes = session.dataNotes + session.choices.notes
    let adaptation = session.options.preparation.changes.adaptation
    var data = Data(
      path: session.options.source.location, exampleCount: dataset.count,
      shape: dataset.exampleShape)
    data.preprocessing = session.plan.inputs == nil ? session.preprocessing : nil
    data.preprocessingByInput = session.preprocessingByInput
    data.adaptation = adaptation == Adaptation() ? nil : adaptation
    data.notes = notes.isEmpty ? nil : notes
    self.init(
      model: Model(
        path: session.graph.path, sha256: session.files.sha256, weights: session.files.weights,
        layout: session.engine.inputNote, provider: session.engine.providerName,
        producer: session.engine.producer),
      data: data, group: result.group, seed: result.seed,
      confidenceLevel: result.confidenceLevel, results: result.results)
    model.depths = Dictionary(
      session.plan.tensors.compactMap { name in
        session.graph.relativeDepth(of: name).map { (name, $0) }
      }, uniquingKeysWith: { $1 })
    model.arithmetic = session.engine.arithmeticName
    let modelNotes = session.engine.notes
    model.notes = modelNotes.isEmpty ? nil : modelNotes
    interpolation = session.plan.interpolation
    transformations = result.transformations
    quantity = result.quantity
    plan = session.plan
    versions = session.versions
    commandLine = StoreOptions.withoutStoring(CommandLine.arguments)
    mask = session.plan.mask?.rawValue
    action = controls.action
    noise = controls.kinds.contains(.noise) ? Noise(seed: session.plan.controlSeed) : nil
    choice = session.choices.reasons.isEmpty ? nil : session.choices.reasons
    leftOut = session.choices.leftOut.isEmpty ? nil : session.choices.leftOut
    self.timing = timing
    examples = result.examples
    control = controls.untrained.map {
      Control(kind: .untrained, seed: session.plan.controlSeed, results: $0.results)
    }
  }
}
