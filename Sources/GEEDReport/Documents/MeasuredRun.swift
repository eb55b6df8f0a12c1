// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDStore

/// A run of `geed measure --json`, with the path of its file.
package struct MeasuredRun {
  /// A file, or `STORE#RUN` for a run of a store.
  package let path: String
  package let document: MeasurementDocument

  package var results: [ProbeResult] { document.results }

  /// A sentence on a run that is a part of a measurement; `nil` for a whole one.
  package var partNote: String? {
    if let shard = document.shard {
      return "'\(path)' is shard \(shard) of a measurement; 'geed merge' joins all shards."
    }
    return document.endedEarly == true
      ? "'\(path)' ended before all examples were measured." : nil
  }

  /// Reads a run from a file written by `geed measure --json`, or from a store.
  package init(reading path: String) throws {
    self.path = path
    guard let bytes = try Self.bytes(at: path) else {
      throw DataError.missing(
        path: path, expected: "a run, written by 'geed measure --json', or STORE#RUN")
    }
    do {
      document = try JSONDecoder().decode(CheckedDocument.self, from: bytes).document
    } catch let other as OtherSchema {
      throw DataError.invalid(
        path: path, expected: "a run of schema \(MeasurementDocument.schema)",
        found: "schema \(other.name)")
    } catch let error as DecodingError {
      throw DataError.invalid(
        path: path, expected: "a run, written by 'geed measure --json'", found: error.reason)
    }
  }

  private static func bytes(at path: String) throws -> Data? {
    if let contents = FileManager.default.contents(atPath: path) { return contents }
    guard let mark = path.lastIndex(of: "#"), let id = Int64(path[path.index(after: mark)...])
    else { return nil }
    return Data(try RunStore(opening: String(path[..<mark])).finishedDocument(ofRun: id).utf8)
  }
}

/// The error for a run that has no document because it was not finished or is a training.
package struct UnfinishedRun: Error, CustomStringConvertible {
  let path: String
  let run: RunSummary

  package var description: String {
    run.kind == .train
      ? "Run \(run.id) of '\(path)' is a training, which has no single result; '--format csv', npz "
        + "and tensorboard export its course."
      : "Run \(run.id) of '\(path)' is not finished; 'geed measure' with '--resume' finishes it."
  }
}

extension RunStore {
  /// Returns the document that `geed measure --json` printed.
  package func finishedDocument(ofRun id: Int64) throws -> String {
    guard let document = try document(ofRun: id) else {
      throw UnfinishedRun(path: path, run: try run(id))
    }
    return document
  }
}

/// A document whose schema is checked before anything else is read.
private struct CheckedDocument: Decodable {
  private enum Key: CodingKey { case schema }

  let document: MeasurementDocument

  init(from decoder: any Decoder) throws {
    let schema = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .schema)
    guard schema == MeasurementDocument.schema else { throw OtherSchema(name: schema) }
    document = try MeasurementDocument(from: decoder)
  }
}

private struct OtherSchema: Error {
  let name: String
}

extension ProbeResult {
  /// The range of possible values; that of the metric for results of older versions.
  package var possibleValues: ClosedRange<Double> {
    if let range { return range }
    return switch metric {
    case .softmax, .latent: 0...Double.infinity
    case .channelwise: -1...1
    case .latentCosine: -Double.infinity...Double.infinity
    case .equivariance: distanceName?.distance.range ?? -Double.infinity...Double.infinity
    }
  }

  package var title: String { "\(metric.rawValue):\(tensor)" }
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
