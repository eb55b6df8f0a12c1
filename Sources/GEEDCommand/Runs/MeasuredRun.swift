// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDStore

/// A run of `geed measure --json`, with the path of its file.
struct MeasuredRun {
  /// A file, or `STORE#RUN` for a run of a store.
  let path: String
  let document: MeasurementDocument

  var results: [ProbeResult] { document.results }

  /// Reads a run.
  ///
  /// - Parameter path: A file, or `STORE#RUN` for a run of a store.
  /// - Throws: `DataError` for a file that does not exist or that was not written by
  ///   `geed measure`; `StoreError` and ``UnfinishedRun`` for a run of a store.
  init(reading path: String) throws {
    self.path = path
    guard let bytes = try Self.bytes(at: path) else {
      throw DataError.missing(path: path, expected: "a run, written by 'geed measure --json'")
    }
    let decoder = JSONDecoder()
    do {
      let found = try decoder.decode(Schema.self, from: bytes).schema
      guard found == MeasurementDocument.schema else {
        throw DataError.invalid(
          path: path, expected: "a run of schema \(MeasurementDocument.schema)",
          found: "schema \(found)")
      }
      document = try decoder.decode(MeasurementDocument.self, from: bytes)
    } catch let error as DecodingError {
      throw DataError.invalid(
        path: path, expected: "a run, written by 'geed measure --json'", found: error.reason)
    }
  }

  private static func bytes(at path: String) throws -> Data? {
    if let contents = FileManager.default.contents(atPath: path) { return contents }
    guard let mark = path.lastIndex(of: "#"), let id = Int64(path[path.index(after: mark)...])
    else {
      return nil
    }
    return Data(
      try RunStore(opening: String(path[..<mark])).finishedDocument(ofRun: id).utf8)
  }

  private struct Schema: Decodable {
    let schema: String
  }
}

extension ProbeResult {
  /// The range of possible values; that of the metric for results of older versions.
  var possibleValues: ClosedRange<Double> {
    let infinity = Double.infinity
    return range
      ?? {
        switch metric {
        case .softmax, .latent: 0...infinity
        case .channelwise: -1...1
        case .latentCosine: -infinity...infinity
        }
      }()
  }

  /// The title of the result: metric and tensor.
  var title: String { "\(metric.rawValue):\(tensor)" }
}

extension DecodingError {
  /// The location and the cause of the failed decoding, in one clause.
  fileprivate var reason: String {
    switch self {
    case .keyNotFound: "no '\(keys.path)'"
    case .typeMismatch, .valueNotFound: "another kind of value at '\(keys.path)'"
    case .dataCorrupted(let context) where context.underlyingError is DamagedResult:
      "\(context.debugDescription) at '\(keys.path)'"
    case .dataCorrupted:
      keys.isEmpty ? "no JSON" : "a value that is not known at '\(keys.path)'"
    @unknown default: "something else"
    }
  }
}
