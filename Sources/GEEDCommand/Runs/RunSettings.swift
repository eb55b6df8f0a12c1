// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// Everything that decides the numbers of a measurement; runs with the same settings have the same.
struct RunSettings: Codable, Hashable {
  /// What runs the model, and how.
  struct Model: Codable, Hashable {
    let files: ModelFingerprint
    let layout: String
    let provider: String
    let threads: Int?
    let constants: [String: Double]
    /// Left out where there are none.
    let copies: [String]?
    let runtime: String
  }

  /// What is known of a data set without its examples.
  struct Examples: Codable, Hashable {
    let count: Int
    let shape: [Int]
    let classes: ClassCensus?
    /// The SHA-256 of the first examples that are drawn, as the model sees them.
    let sha256: String
  }

  let version: String
  let model: Model
  let data: Examples
  let scaleData: Examples?
  let recipe: MeasurementRecipe
  let controls: [ControlKind]
  let controlSeed: UInt64

  init(
    _ recipe: MeasurementRecipe, of model: OnnxModel, files: ModelFingerprint,
    options: ModelOptions,
    measurement: DeviationMeasurement, controls: ControlOptions
  ) throws {
    version = Geed.version
    self.model = Model(
      files: files, layout: options.layout.rawValue, provider: model.provider.rawValue,
      threads: options.threads,
      constants: options.onnxOptions.constants,
      copies: options.onnxOptions.copies.isEmpty ? nil : options.onnxOptions.copies.sorted(),
      runtime: model.libraryVersion)
    data = try Examples(measurement.dataset, seed: recipe.seed)
    scaleData = try measurement.scaleDataset.map { try Examples($0, seed: recipe.seed) }
    self.recipe = recipe
    self.controls = ControlKind.allCases.filter(controls.control.contains)
    controlSeed = controls.controlSeed
  }
}

extension RunSettings.Examples {
  /// How many examples tell one data set from another.
  private static let fingerprintCount = 8

  init(_ dataset: any Dataset, seed: UInt64) throws {
    count = dataset.count
    shape = dataset.exampleShape
    classes = dataset.classes
    let drawn = randomExamples(
      min(Self.fingerprintCount, dataset.count), of: dataset.count, seed: seed)
    let digest = try Digest(.sha256)
    for index in drawn {
      try dataset.example(at: index).scalars.withUnsafeBytes { digest.add(Array($0)) }
    }
    sha256 = try digest.finish()
  }
}
