// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// The JSON document of `geed measure --json`; documents of older versions lack some of the fields.
struct MeasurementDocument: Codable {
  struct Model: Codable {
    let path: String
    var sha256: String?
    /// The hashes of files that hold weights; omitted if the ONNX file holds them all.
    var weights: [String: String]?
    var layout: String?
    var provider: String?
    var producer: String?
  }

  struct Data: Codable {
    let path: String
    let exampleCount: Int
    let shape: [Int]
    var preprocessing: Preprocessing?
    /// Omitted if nothing was changed.
    var adaptation: Adaptation?
    /// Notes on what was left out or chosen; omitted if there are none.
    var notes: [String]?
  }

  /// The noise of the results' `noiseResponse`.
  struct Noise: Codable {
    let seed: UInt64
  }

  /// A twin of the model, measured in the same way.
  struct Control: Codable {
    let kind: ControlKind
    let seed: UInt64
    let results: [ProbeResult]
  }

  static let schema = "geed.measurement/1"

  let schema: String
  let model: Model
  let data: Data
  let group: String
  var interpolation: Interpolation?
  var transformations: String?
  var quantity: MeasuredQuantity?
  let seed: UInt64
  let confidenceLevel: Double
  var plan: MeasurementPlan?
  var versions: [String: String]?
  /// The command line without the options that determine where the run is stored.
  var commandLine: [String]?
  var mask: String?
  var action: ActionDefects?
  var noise: Noise?
  /// Tensors that patterns match but that cannot be measured; omitted if there are none.
  var leftOut: [TensorsLeftOut]?
  var timing: Timing?
  var examples: MeasuredExamples?
  var results: [ProbeResult]
  var control: Control?

  init(_ session: MeasurementSession, _ controls: ControlResults, timing: Timing?) {
    let (result, dataset) = (controls.result, session.measurement.dataset)
    let notes = session.dataNotes + session.choices.notes
    let adaptation = session.options.preparation.changes.adaptation
    schema = Self.schema
    model = Model(
      path: session.graph.path, sha256: session.files.sha256, weights: session.files.weights,
      layout: session.engine.layoutNote, provider: session.engine.provider.rawValue,
      producer: session.graph.producer)
    data = Data(
      path: session.options.source.data, exampleCount: dataset.count, shape: dataset.exampleShape,
      preprocessing: session.options.preparation.preprocessing,
      adaptation: adaptation == Adaptation() ? nil : adaptation,
      notes: notes.isEmpty ? nil : notes)
    group = result.group
    interpolation = session.plan.interpolation
    transformations = result.transformations
    quantity = result.quantity
    seed = result.seed
    confidenceLevel = result.confidenceLevel
    plan = session.plan
    versions = session.versions
    commandLine = StoreOptions.withoutStoring(CommandLine.arguments)
    mask = session.plan.mask?.rawValue
    action = controls.action
    noise = controls.kinds.contains(.noise) ? Noise(seed: session.plan.controlSeed) : nil
    leftOut = session.choices.leftOut.isEmpty ? nil : session.choices.leftOut
    self.timing = timing
    examples = result.examples
    results = result.results
    control = controls.untrained.map {
      Control(kind: .untrained, seed: session.plan.controlSeed, results: $0.results)
    }
  }

  /// Returns the document of the whole measurement of which this is one of several shards.
  func merged(_ result: MeasurementResult) -> MeasurementDocument {
    var document = self
    document.timing = nil
    document.control = nil
    document.examples = result.examples
    document.results = result.results
    return document
  }
}

/// The time of measuring, and the time of the bare forward passes over the same batches.
struct Timing: Codable {
  let measureSeconds: Double
  let forwardSeconds: Double

  var ratio: Double { measureSeconds / forwardSeconds }
}
