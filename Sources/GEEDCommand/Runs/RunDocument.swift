// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDStore

/// The parts of a document of `geed measure --json` that comparisons need.
struct RunDocument: Decodable {
  struct Model: Decodable {
    let path: String
    let sha256: String?
  }

  struct Data: Decodable, Hashable {
    let path: String
    let exampleCount: Int
    let shape: [Int]
    /// Missing in documents of older versions, like `adaptation`.
    let preprocessing: Preprocessing?
    let adaptation: Adaptation?
  }

  struct Result: Decodable {
    struct Example: Decodable {
      let index: Int
      let name: String?
      let value: Double
    }

    let metric: Metric
    let tensor: String
    let value: Double?
    let confidenceInterval: [Double]?
    let intervalMethod: IntervalMethod?
    /// The least and the greatest possible value, `null` if there is none; missing in older
    /// versions.
    let range: [Double?]?
    let scores: ScoreKind?
    let exampleCount: Int
    let perExample: [Example]?
    let errorShares: [[Double]]?
    let degreesOfFreedom: Int?
    let notes: [String]
  }

  static let schema = "geed.measurement/1"

  /// The path of the run's file.
  private(set) var path = ""

  let schema: String
  let model: Model
  let data: Data
  let group: String
  let interpolation: Interpolation?
  let examples: MeasuredExamples?
  let seed: UInt64
  let confidenceLevel: Double
  let mask: String?
  let results: [Result]

  private enum CodingKeys: String, CodingKey {
    case schema, model, data, group, interpolation, examples, seed, confidenceLevel, mask, results
  }

  /// Reads a run.
  ///
  /// - Parameter path: A file, or `STORE#RUN` for a run of a store.
  /// - Throws: `DataError` for a file that does not exist or that was not written by
  ///   `geed measure`; `StoreError` and ``UnfinishedRun`` for a run of a store.
  static func read(_ path: String) throws -> RunDocument {
    guard let bytes = try bytes(at: path) else {
      throw DataError.missing(path: path, expected: "a run, written by 'geed measure --json'")
    }
    let decoder = JSONDecoder()
    do {
      let found = try decoder.decode(Schema.self, from: bytes).schema
      guard found == schema else {
        throw DataError.invalid(
          path: path, expected: "a run of schema \(schema)", found: "schema \(found)")
      }
      var run = try decoder.decode(RunDocument.self, from: bytes)
      run.path = path
      if let validationError = run.results.lazy.compactMap(\.validationError).first {
        throw DataError.invalid(path: path, expected: "a whole result", found: validationError)
      }
      return run
    } catch let error as DecodingError {
      throw DataError.invalid(
        path: path, expected: "a run, written by 'geed measure --json'", found: error.reason)
    }
  }

  private static func bytes(at path: String) throws -> Foundation.Data? {
    if let contents = FileManager.default.contents(atPath: path) { return contents }
    guard let mark = path.lastIndex(of: "#"), let id = Int64(path[path.index(after: mark)...])
    else {
      return nil
    }
    return Foundation.Data(
      try RunStore(opening: String(path[..<mark])).finishedDocument(ofRun: id).utf8)
  }

  private struct Schema: Decodable {
    let schema: String
  }
}

extension RunDocument.Result {
  /// The value with the contributions of its examples, or `nil` if the value or its error does not
  /// exist.
  var statistic: Estimate? {
    guard let value, let errorShares, let degreesOfFreedom else { return nil }
    return Estimate(
      value: value, errorShares: errorShares.flatMap(\.self), strata: errorShares.map(\.count),
      degreesOfFreedom: degreesOfFreedom)
  }

  /// The range of possible values.
  var possibleValues: ClosedRange<Double> {
    let infinity = Double.infinity
    if let range { return (range[0] ?? -infinity)...(range[1] ?? infinity) }
    switch metric {
    case .softmax, .latent: return 0...infinity
    case .channelwise: return -1...1
    case .latentCosine: return -infinity...infinity
    }
  }

  /// The end of the interval above the value.
  var upperBound: Double? { confidenceInterval?.last }

  /// The title of the result: metric and tensor.
  var title: String { "\(metric.rawValue):\(tensor)" }

  /// The reason that the numbers cannot be those of a measurement, or `nil`.
  fileprivate var validationError: String? {
    if let confidenceInterval,
      confidenceInterval.count != 2 || confidenceInterval[0] > confidenceInterval[1]
    {
      return "an interval \(confidenceInterval) of \(title)"
    }
    if let range,
      range.count != 2 || (range[0] ?? -Double.infinity) > (range[1] ?? Double.infinity)
    {
      return "a range of \(range.count) ends, or the wrong way round, of \(title)"
    }
    if let degreesOfFreedom, degreesOfFreedom < 1 {
      return "\(degreesOfFreedom) degrees of freedom of \(title)"
    }
    return nil
  }
}

extension DecodingError {
  /// The location and the cause of the failed decoding, in one clause.
  fileprivate var reason: String {
    switch self {
    case .keyNotFound: "no '\(keys.path)'"
    case .typeMismatch, .valueNotFound: "another kind of value at '\(keys.path)'"
    case .dataCorrupted:
      keys.isEmpty ? "no JSON" : "a value that is not known at '\(keys.path)'"
    @unknown default: "something else"
    }
  }
}
