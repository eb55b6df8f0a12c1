// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// How a model is measured: all that decides the numbers but the model and the data.
///
/// `geed measure` and `geed merge` make their measurements of recipes, so what was measured in parts is
/// put together by the very rules that it was measured by.
struct MeasurementRecipe: Codable, Hashable {
  let group: String
  let interpolation: Interpolation
  let probes: [ProbeChoice]
  let exampleCount: Int?
  let scaleExampleCount: Int?
  let seed: UInt64
  let batch: Int
  let confidenceLevel: Double
  let intervalMethod: IntervalMethod
  let mask: PictureMask?
  let measuresSubgroups: Bool
  let precision: Double?

  /// What happens to pictures of a shape.
  func transformations(on shape: [Int]) throws -> any TransformationFamily {
    try GroupName(parsing: group).transformations(
      on: shape, seed: seed, interpolation: interpolation)
  }

  /// The measurement of a model on data.
  ///
  /// - Throws: `UsageError` if a field type does not fit the group, `ActionError` if the group does
  ///   not fit the data.
  func measurement(
    of model: any MeasurableModel, on dataset: any Dataset, scaleDataset: (any Dataset)?
  ) throws -> DeviationMeasurement {
    let transformations = try transformations(on: dataset.exampleShape)
    var measurement = DeviationMeasurement(
      of: model, on: dataset, under: transformations,
      probes: try probes.map { try $0.probe(under: transformations) })
    measurement.exampleCount = exampleCount
    measurement.scaleExampleCount = scaleExampleCount
    measurement.scaleDataset = scaleDataset
    measurement.measuresScaleFirst = precision != nil
    measurement.seed = seed
    measurement.batchSize = batch
    measurement.confidenceLevel = confidenceLevel
    measurement.intervalMethod = intervalMethod
    measurement.measuresSubgroups = measuresSubgroups
    return try mask?.applied(to: measurement) ?? measurement
  }
}
