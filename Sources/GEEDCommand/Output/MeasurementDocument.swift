// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// The JSON document of `geed measure --json`: results, and everything needed to reproduce them.
struct MeasurementDocument: Encodable {
  /// A twin of the model, measured in the same way.
  struct Control: Encodable {
    let kind: ControlKind
    let seed: UInt64
    let results: [ProbeResult]
  }

  let frame: MeasurementMetadata
  let timing: Timing?
  let examples: MeasuredExamples
  let results: [ProbeResult]
  let control: Control?

  init(
    _ controls: ControlResults, model: OnnxModel, files: ModelFingerprint, data: String,
    dataset: any Dataset, options: DataOptions, interpolation: Interpolation,
    leftOut: [TensorsLeftOut], notes: [String] = [], timing: Timing?
  ) throws {
    frame = try MeasurementMetadata(
      controls, model: model, files: files, data: data, dataset: dataset, options: options,
      interpolation: interpolation, leftOut: leftOut, notes: notes)
    self.timing = timing
    examples = controls.result.examples
    results = controls.result.results
    control = controls.untrained.map {
      Control(kind: .untrained, seed: controls.seed, results: $0.results)
    }
  }

  /// Creates the document of merged shards: the frame that they share, and the results of all.
  init(_ frame: MeasurementMetadata, _ result: MeasurementResult) {
    self.frame = frame
    timing = nil
    examples = result.examples
    results = result.results
    control = nil
  }

  private enum CodingKeys: String, CodingKey {
    case timing, examples, results, control
  }

  /// Encodes the frame's fields together with the others.
  func encode(to encoder: any Encoder) throws {
    try frame.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(timing, forKey: .timing)
    try container.encode(examples, forKey: .examples)
    try container.encode(results, forKey: .results)
    try container.encodeIfPresent(control, forKey: .control)
  }
}

/// The parts of a measurement's document other than its results.
struct MeasurementMetadata: Codable, Hashable {
  struct Model: Codable, Hashable {
    let path: String
    let sha256: String
    /// The hashes of files that hold weights; omitted if the ONNX file holds them all.
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
    /// Omitted if nothing was changed.
    let adaptation: Adaptation?
    /// Notes on what was left out or chosen; omitted if there are none.
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
  /// The command line without the options that determine where the run is stored.
  let commandLine: [String]
  let mask: PictureMask?
  let action: ActionDefects?
  let noise: Noise?
  /// Tensors that patterns match but that cannot be measured; omitted if there are none.
  let leftOut: [TensorsLeftOut]?

  init(
    _ controls: ControlResults, model: OnnxModel, files: ModelFingerprint, data: String,
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

/// The time of measuring, and the time of the bare forward passes over the same batches.
struct Timing: Encodable {
  let measureSeconds: Double
  let forwardSeconds: Double

  /// The ratio of the measuring time to that of the bare forward passes.
  var ratio: Double { measureSeconds / forwardSeconds }
}
