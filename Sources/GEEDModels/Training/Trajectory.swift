// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

/// The record of a training run: one JSON object a line, appended as the run goes.
///
/// A run that is killed has lost no line that it had finished. `pandas.read_json(path, lines=True)`
/// reads it.
public final class Trajectory {
  /// The file.
  public let path: String
  /// The highest accuracy on test data so far, of those after the start.
  public private(set) var bestAccuracy: Double?
  private let handle: FileHandle
  /// The bytes of the lines that are whole.
  private var byteCount: Int

  /// Opens the record, with what it has of the first `iteration` iterations; later lines are those of
  /// a run that was killed after its last checkpoint, and come again.
  ///
  /// - Parameters:
  ///   - path: The file, which is made if it is not there.
  ///   - iteration: How many iterations are kept; 0 empties the file.
  /// - Throws: `DataError` if the file cannot be written.
  public init(path: String, keepingUntil iteration: Int) throws(DataError) {
    self.path = path
    var kept = Data()
    if iteration > 0, let bytes = FileManager.default.contents(atPath: path) {
      for (line, entry) in Self.entries(in: bytes) where entry.iteration <= iteration {
        kept += line + [UInt8(ascii: "\n")]
        bestAccuracy = entry.betterAccuracy(than: bestAccuracy)
      }
    }
    try writeAtomically(Array(kept), to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw DataError.system(path: path, operation: "write", reason: lastSystemError())
    }
    self.handle = handle
    byteCount = kept.count
  }

  /// Appends a line.
  ///
  /// - Parameter entry: What there is to say of one iteration.
  /// - Throws: `DataError` if the file cannot be written; it has no part of the line then.
  public func append(_ entry: Entry) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(entry) + [UInt8(ascii: "\n")]
    let descriptor = handle.fileDescriptor
    guard lseek(descriptor, off_t(byteCount), SEEK_SET) >= 0, writeAll(line, to: descriptor) else {
      let reason = lastSystemError()
      ftruncate(descriptor, off_t(byteCount))
      throw DataError.system(path: path, operation: "write", reason: reason)
    }
    byteCount += line.count
    bestAccuracy = entry.betterAccuracy(than: bestAccuracy)
  }

  /// Reads a record, whole or not; a last line that was cut off is left out.
  ///
  /// - Parameter path: The file.
  /// - Throws: `DataError` if it is not there.
  public static func read(_ path: String) throws(DataError) -> [Entry] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw .missing(path: path, expected: "the trajectory of a training run")
    }
    return entries(in: bytes).map(\.entry)
  }

  private static func entries(in bytes: Data) -> [(line: Data, entry: Entry)] {
    bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      // A line that was cut off by a kill is no JSON.
      (try? JSONDecoder().decode(Entry.self, from: Data(line))).map { (Data(line), $0) }
    }
  }
}

extension Trajectory {
  /// One line.
  public struct Entry: Sendable, Codable {
    /// How many iterations were done.
    public let iteration: Int
    /// The loss of the last one, in nats.
    public var loss: Double?
    /// The share of its batch that was classified rightly.
    public var accuracy: Double?
    /// The mean loss on test data, in nats.
    public var testLoss: Double?
    /// The share of test data that is classified rightly.
    public var testAccuracy: Double?
    /// What was measured.
    public var deviations: [Deviation]?

    /// The test accuracy, if it counts and is higher than `best`; `best` otherwise.
    func betterAccuracy(than best: Double?) -> Double? {
      guard iteration > 0, let testAccuracy, testAccuracy > best ?? -1 else { return best }
      return testAccuracy
    }
  }

  /// One result of a measurement along the way.
  public struct Deviation: Sendable, Codable {
    /// The member of the family.
    public let metric: Metric
    /// The tensor that was probed.
    public let tensor: String
    /// The deviation; for latent metrics E/M.
    public let value: Double?
    /// Both ends of the interval over examples.
    public let confidenceInterval: [Double]?
    /// E before it is divided by M.
    public let unnormalized: Double?
    /// M.
    public let scale: Double?
    /// The value of a map that is as equivariant as the layer's grid allows.
    public let floor: Double?
    /// The mean over examples for each element.
    public let perElement: [ElementDeviation]
    /// The mean over elements for each example.
    public let perExample: [ExampleDeviation]
    /// What a reader of the number has to know.
    public let notes: [String]

    /// - Parameter result: What a probe has measured.
    public init(_ result: ProbeResult) {
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
}
