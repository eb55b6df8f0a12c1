// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels

/// The record of a training run: one JSON object a line, appended as the run goes.
///
/// A run that is killed has lost no line that it had finished. `pandas.read_json(path, lines=True)`
/// reads it.
final class Trajectory {
  /// One line.
  struct Entry: Codable {
    /// How many iterations were done.
    let iteration: Int
    var loss: Double?
    var accuracy: Double?
    var testLoss: Double?
    var testAccuracy: Double?
    var deviations: [Deviation]?
  }

  /// One result of a measurement along the way.
  struct Deviation: Codable {
    let metric: Metric
    let tensor: String
    let value: Double?
    let confidenceInterval: [Double]?
    let unnormalized: Double?
    let scale: Double?
    let floor: Double?
    let perElement: [ElementDeviation]
    let perExample: [ExampleDeviation]
    let notes: [String]

    init(_ result: ProbeResult) {
      metric = result.metric
      tensor = result.tensor
      value = result.value
      confidenceInterval = result.confidenceInterval.map { [$0.lowerBound, $0.upperBound] }
      unnormalized = result.unnormalized
      scale = result.scale
      floor = result.floor
      perElement = result.perElement
      perExample = result.perExample
      notes = result.notes
    }
  }

  /// The file.
  let path: String
  private let handle: FileHandle

  /// Opens the record, with what it has of the first `iteration` iterations; later lines are those of
  /// a run that was killed after its last checkpoint, and come again.
  init(path: String, keepingUntil iteration: Int) throws {
    self.path = path
    var kept = Data()
    if iteration > 0, let bytes = FileManager.default.contents(atPath: path) {
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        // A line that was cut off by a kill is no JSON.
        guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)),
          entry.iteration <= iteration
        else { continue }
        kept += line + [UInt8(ascii: "\n")]
      }
    }
    try kept.write(to: URL(fileURLWithPath: path), options: .atomic)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw DataError.system(
        path: path, operation: "open", reason: String(cString: strerror(errno)))
    }
    try handle.seekToEnd()
    self.handle = handle
  }

  /// Appends a line.
  func append(_ entry: Entry) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try handle.write(contentsOf: encoder.encode(entry) + [UInt8(ascii: "\n")])
  }
}
#endif
