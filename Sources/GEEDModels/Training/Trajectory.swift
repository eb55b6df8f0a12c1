// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData

/// The record of a training run: one JSON object per line, appended as the run proceeds.
///
/// A run that is killed loses no completed line. `pandas.read_json(path, lines=True)` reads the
/// file.
package final class Trajectory {
  package typealias Entry = TrainingRun.Entry

  package let path: String
  /// The highest accuracy on test data so far, not counting the one before the first iteration.
  package private(set) var bestAccuracy: Double?
  private let handle: FileHandle
  /// The number of bytes of the complete lines.
  private var byteCount: Int

  /// Opens the record and keeps its lines of the first `iteration` iterations. Later lines are
  /// those of a run that was killed after its last checkpoint; their iterations are repeated.
  package init(path: String, keepingUntil iteration: Int) throws(DataError) {
    self.path = path
    var kept = Data()
    if iteration > 0, let bytes = FileManager.default.contents(atPath: path) {
      for line in bytes.split(separator: UInt8(ascii: "\n")) {
        // A line is kept as it is, also if another version has written its deviations. One that was
        // cut off by a kill is not valid JSON.
        guard let head = try? JSONDecoder().decode(Head.self, from: Data(line)),
          head.iteration <= iteration
        else { continue }
        kept += line + [UInt8(ascii: "\n")]
        bestAccuracy = Entry(
          iteration: head.iteration, testAccuracy: head.testAccuracy
        ).betterAccuracy(than: bestAccuracy)
      }
    }
    try writeAtomically(Array(kept), to: path)
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw DataError.system(path: path, operation: "write", reason: lastSystemError())
    }
    self.handle = handle
    byteCount = kept.count
  }

  /// The part of a line by which lines are kept.
  private struct Head: Decodable {
    let iteration: Int
    let testAccuracy: Double?
  }

  /// Appends a line; if it cannot be written, no part of it is left in the file.
  package func append(_ entry: Entry) throws {
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
}

extension TrainingRun {
  /// The record of one iteration.
  public struct Entry: Sendable, Codable {
    /// The number of completed iterations.
    public let iteration: Int
    /// The loss of the last iteration, in nats.
    public var loss: Double?
    /// The share of its batch that was classified correctly; with another objective than the labels,
    /// the share for which the objective's question was answered correctly.
    public var accuracy: Double?
    /// The mean loss on test data, in nats.
    public var testLoss: Double?
    /// The share of test data that is classified correctly.
    public var testAccuracy: Double?
    /// The classifier that ``testAccuracy`` belongs to, if it is not the network's own.
    public var testClassifier: TestClassifier?
    /// The measured deviations.
    public var deviations: [ProbeResult]?

    /// A classifier of test data other than the network's own.
    public enum TestClassifier: String, Sendable, Codable {
      /// A linear classifier of the features, fitted to labels at the time of the evaluation.
      case linearProbe = "linear-probe"
    }

    /// Returns the test accuracy if it counts and is higher than `best`; otherwise `best`.
    func betterAccuracy(than best: Double?) -> Double? {
      guard iteration > 0, let testAccuracy, testAccuracy > best ?? -1 else { return best }
      return testAccuracy
    }
  }
}
