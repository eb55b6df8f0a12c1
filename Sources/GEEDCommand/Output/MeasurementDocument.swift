// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// What `geed measure --json` prints: numbers, and all that is needed to get them again.
struct MeasurementDocument: Encodable {
  struct Model: Encodable {
    let path: String
    let sha256: String
    let layout: String
    let provider: String
    let producer: String
  }

  struct Data: Encodable {
    let path: String
    let exampleCount: Int
    let shape: [Int]
    let preprocessing: Preprocessing
    /// Left out where nothing was changed.
    let adaptation: Adaptation?
  }

  /// A twin of the model, measured in the same way.
  struct Control: Encodable {
    let kind: ControlKind
    let seed: UInt64
    let results: [ProbeResult]
  }

  /// The noise of the results' `noiseResponse`.
  struct Noise: Encodable {
    let seed: UInt64
  }

  let schema = "geed.measurement/1"
  let model: Model
  let data: Data
  let group: String
  let transformations: String?
  let quantity: MeasuredQuantity
  let seed: UInt64
  let confidenceLevel: Double
  let versions: [String: String]
  let commandLine: [String]
  let timing: Timing?
  let mask: PictureMask?
  let action: ActionDefects?
  let noise: Noise?
  let results: [ProbeResult]
  let control: Control?

  init(
    _ controls: Controls, model: OnnxModel, data: String, dataset: any Dataset,
    options: DataOptions, timing: Timing?
  ) throws {
    self.model = Model(
      path: model.graph.path, sha256: try FileHash.sha256(ofFile: model.graph.path),
      layout: model.layoutNote, provider: model.provider.rawValue, producer: model.graph.producer)
    self.data = Data(
      path: data, exampleCount: dataset.count, shape: dataset.exampleShape,
      preprocessing: options.preprocessing,
      adaptation: options.changes.adaptation == Adaptation() ? nil : options.changes.adaptation)
    let result = controls.result
    group = result.group
    transformations = result.transformations
    quantity = result.quantity
    seed = result.seed
    confidenceLevel = result.confidenceLevel
    versions = ["geed": Geed.version, "onnxruntime": model.libraryVersion]
    commandLine = CommandLine.arguments
    self.timing = timing
    mask = controls.mask
    action = controls.action
    noise = controls.kinds.contains(.noise) ? Noise(seed: controls.seed) : nil
    results = result.results
    control = controls.untrained.map {
      Control(kind: .untrained, seed: controls.seed, results: $0.results)
    }
  }
}

/// How long measuring took, and how long the bare forward passes over the same batches.
struct Timing: Encodable {
  let measureSeconds: Double
  let forwardSeconds: Double

  /// Measuring in units of the bare forward passes.
  var ratio: Double { measureSeconds / forwardSeconds }
}
