// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// What `geed measure --json` prints: numbers, and all that is needed to get them again.
struct MeasurementDocument: Encodable {
  /// A twin of the model, measured in the same way.
  struct Control: Encodable {
    let kind: ControlKind
    let seed: UInt64
    let results: [ProbeResult]
  }

  let frame: MeasurementFrame
  let timing: Timing?
  let examples: MeasuredExamples
  let results: [ProbeResult]
  let control: Control?

  init(
    _ controls: Controls, model: OnnxModel, files: ModelFingerprint, data: String,
    dataset: any Dataset, options: DataOptions, interpolation: Interpolation,
    leftOut: [TensorsLeftOut], notes: [String] = [], timing: Timing?
  ) throws {
    frame = try MeasurementFrame(
      controls, model: model, files: files, data: data, dataset: dataset, options: options,
      interpolation: interpolation, leftOut: leftOut, notes: notes)
    self.timing = timing
    examples = controls.result.examples
    results = controls.result.results
    control = controls.untrained.map {
      Control(kind: .untrained, seed: controls.seed, results: $0.results)
    }
  }

  /// The document of shards that were merged: the frame that they share, and the results of all.
  init(_ frame: MeasurementFrame, _ result: MeasurementResult) {
    self.frame = frame
    timing = nil
    examples = result.examples
    results = result.results
    control = nil
  }

  private enum CodingKeys: String, CodingKey {
    case timing, examples, results, control
  }

  /// Encodes the frame's fields beside the others.
  func encode(to encoder: any Encoder) throws {
    try frame.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(timing, forKey: .timing)
    try container.encode(examples, forKey: .examples)
    try container.encode(results, forKey: .results)
    try container.encodeIfPresent(control, forKey: .control)
  }
}

/// What stands in a measurement's document besides its results.
struct MeasurementFrame: Codable, Hashable {
  struct Model: Codable, Hashable {
    let path: String
    let sha256: String
    /// The hashes of files that hold weights, left out where the ONNX file holds them all.
    let weights: [String: String]?
    let layout: String
    let provider: String
    let producer: String
  }

  struct Data: Codable, Hashable {
    let path: String
    let exampleCount: Int
    let shape: [Int]
    let preprocessing: Preprocessing
    /// Left out where nothing was changed.
    let adaptation: Adaptation?
    /// What was left out or chosen; left out itself where there is nothing to say.
    let notes: [String]?
  }

  /// The noise of the results' `noiseResponse`.
  struct Noise: Codable, Hashable {
    let seed: UInt64
  }

  let schema: String
  let model: Model
  let data: Data
  let group: String
  /// `nil` for runs of older versions.
  let interpolation: Interpolation?
  let transformations: String?
  let quantity: MeasuredQuantity
  let seed: UInt64
  let confidenceLevel: Double
  let versions: [String: String]
  /// Without what only says where the run is kept: the command of the same run in one go.
  let commandLine: [String]
  let mask: PictureMask?
  let action: ActionDefects?
  let noise: Noise?
  /// Tensors that patterns name and that cannot be measured; left out where there are none.
  let leftOut: [TensorsLeftOut]?

  init(
    _ controls: Controls, model: OnnxModel, files: ModelFingerprint, data: String,
    dataset: any Dataset, options: DataOptions, interpolation: Interpolation,
    leftOut: [TensorsLeftOut], notes: [String]
  ) throws {
    schema = "geed.measurement/1"
    self.model = Model(
      path: model.graph.path, sha256: files.sha256, weights: files.weights,
      layout: model.layoutNote, provider: model.provider.rawValue, producer: model.graph.producer)
    self.data = Data(
      path: data, exampleCount: dataset.count, shape: dataset.exampleShape,
      preprocessing: options.preprocessing,
      adaptation: options.changes.adaptation == Adaptation() ? nil : options.changes.adaptation,
      notes: notes.isEmpty ? nil : notes)
    let result = controls.result
    group = result.group
    self.interpolation = interpolation
    transformations = result.transformations
    quantity = result.quantity
    seed = result.seed
    confidenceLevel = result.confidenceLevel
    versions = ["geed": Geed.version, "onnxruntime": model.libraryVersion]
    commandLine = StoreOptions.withoutStoring(CommandLine.arguments)
    mask = controls.mask
    action = controls.action
    noise = controls.kinds.contains(.noise) ? Noise(seed: controls.seed) : nil
    self.leftOut = leftOut.isEmpty ? nil : leftOut
  }
}

/// How long measuring took, and how long the bare forward passes over the same batches.
struct Timing: Encodable {
  let measureSeconds: Double
  let forwardSeconds: Double

  /// Measuring in units of the bare forward passes.
  var ratio: Double { measureSeconds / forwardSeconds }
}
