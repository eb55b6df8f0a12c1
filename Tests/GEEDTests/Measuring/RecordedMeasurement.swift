// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

/// One of everything that a result is made of.
enum RecordedKind: String, CaseIterable {
  case allMetrics, subgroups, sampled, family, ownScale, scaleFirst, moreThanScale, masked
  case smallGrid, labels

  func measurement() throws -> DeviationMeasurement {
    var measurement = sampleMeasurement(under: ImageAction.rotations(4))
    measurement.exampleCount = 9
    measurement.scaleExampleCount = 14
    switch self {
    case .allMetrics: break
    case .subgroups:
      measurement.inputAction = ImageAction.rotationsAndReflections(4)
      measurement.measuresSubgroups = true
    case .sampled:
      let sampling = try #require(GroupName("SO2:5:haar"))
      measurement.inputAction = try sampling.transformations(on: measuredShape, seed: 3)
    case .family:
      measurement.inputAction = ImageTransformations(.blur, from: 0, to: 2, count: 4)
      measurement.probes.removeLast()
    case .ownScale:
      measurement.scaleDataset = pictures(20, seed: 77)
    case .scaleFirst:
      measurement.measuresScaleFirst = true
    case .moreThanScale:
      measurement.scaleExampleCount = 6
    case .masked:
      measurement = measurement.masked(by: .disc)
    case .smallGrid:
      measurement.probes = [.channelwise("small"), .channelwise("maps")]
      let model = measurement.model
      measurement.model = ClosureModel { batch in
        var outputs = try model.outputs(for: batch)
        let maps = try #require(outputs["maps"])
        outputs["small"] = AreaAverage(from: (6, 6), to: (3, 3))(maps)
        return outputs
      }
    case .labels:
      measurement.dataset = ArrayDataset(
        try (0..<40).map { try measurement.dataset.example(at: $0) },
        labels: (0..<40).map { $0 % 4 })
    }
    return measurement
  }
}

/// The records and the result of a run in one go.
func allRecords(
  of measurement: DeviationMeasurement
) throws -> (records: [MeasurementRecord], result: MeasurementResult) {
  var run = try measurement.start()
  var records: [MeasurementRecord] = []
  while try run.advance(addingRecordsTo: &records) {}
  return (records, run.result)
}
