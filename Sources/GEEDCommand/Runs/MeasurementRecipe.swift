// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// The settings of a measurement: everything that determines the numbers except the model and the
/// data.
///
/// `geed measure` and `geed merge` create their measurements from recipes, so shards are merged by
/// the same rules by which they were measured.
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

  /// Returns the transformations of pictures of a shape.
  func transformations(on shape: [Int]) throws -> any TransformationAction {
    try GroupName(parsing: group).transformations(
      on: shape, seed: seed, interpolation: interpolation)
  }

  /// Returns the measurement of a model on data.
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
