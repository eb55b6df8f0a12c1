// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore
import Testing
import _GEEDTestSupport

/// Three probes of a small model under C4, on 6 of 20 pictures with three classes.
func storedMeasurement() -> DeviationMeasurement {
  var generator = SplitMix64(seed: 4)
  let pictures = (0..<20).map { _ in Tensor.random([3, 6, 6], using: &generator) }
  let gains = Tensor.random([108], using: &generator).scalars
  let model = ClosureModel { batch in
    let maps = Tensor(
      shape: batch.shape,
      scalars: batch.scalars.indices.map { max(0, batch.scalars[$0] * gains[$0 % 108]) })
    let features = (0..<batch.rowCount).map { row in
      Tensor(shape: [3], scalars: Array(maps.row(row).scalars.prefix(3)))
    }
    return ["maps": maps, "features": .stacking(features)]
  }
  var measurement = DeviationMeasurement(
    of: model, on: ArrayDataset(pictures, labels: (0..<20).map { $0 % 3 }, name: "pictures"),
    under: ImageAction.rotations(4),
    probes: [.softmax("features"), .latent("features"), .channelwise("maps")])
  measurement.exampleCount = 6
  measurement.scaleExampleCount = 9
  return measurement
}

/// What decides the numbers of the tests' runs.
private struct Settings: Encodable {
  let seed: Int
  let probe = "all"
}

func description(seed: Int, shard: Shard = .whole, tag: String? = nil) throws -> RunDescription {
  try RunDescription(
    settings: Settings(seed: seed), model: "model.onnx", modelSHA256: "ab", data: "pictures",
    group: "C4", seed: .max, shard: shard, tag: tag)
}

/// A measurement that was written into a store from beginning to end.
struct StoredMeasurement {
  let id: Int64
  let recording: MeasurementRecording
  let records: [MeasurementRecord]
  let result: MeasurementResult

  init(in store: RunStore) throws {
    let measurement = storedMeasurement()
    recording = try store.beginMeasurement(description(seed: 3), of: measurement)
    var run = try measurement.start()
    var all: [MeasurementRecord] = []
    var isDone = false
    while !isDone {
      var records: [MeasurementRecord] = []
      isDone = try !run.advance(addingRecordsTo: &records)
      try recording.append(records)
      all += records
    }
    result = run.result
    try recording.finish(result, document: "{}")
    records = all
    id = recording.id
  }
}

/// A folder for one test, gone with the object.
final class Scratch {
  private let folder: String

  init() throws {
    var template = Array("\(NSTemporaryDirectory())geed-store-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path("file")))
    return path("file")
  }
}
