// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// What `geed measure --json` prints and the reference measurement writes.
struct Measured: Decodable {
  struct Result: Decodable {
    struct Element: Decodable {
      let element: String
      let value: Double
    }

    struct Example: Decodable {
      let index: Int
      let value: Double
    }

    let metric: String
    let tensor: String
    let value: Double?
    let unnormalized: Double?
    let scale: Double?
    let exampleCount: Int
    let perElement: [Element]?
    let perExample: [Example]?
    let confidenceInterval: [Double]?
    let floor: Double?
    let notes: [String]?

    /// All numbers by a name that says where they stand.
    var numbers: [String: Double?] {
      let single = [
        ("value", value), ("unnormalized", unnormalized), ("scale", scale),
        ("exampleCount", Double(exampleCount)),
      ]
      let elements = (perElement ?? []).map { ("element \($0.element)", Optional($0.value)) }
      let examples = (perExample ?? []).map { ("example \($0.index)", Optional($0.value)) }
      return Dictionary(uniqueKeysWithValues: single + elements + examples)
    }
  }

  let results: [Result]

  init(json: String) throws {
    self = try JSONDecoder().decode(Measured.self, from: Data(json.utf8))
  }

  func result(_ metric: String, _ tensor: String) throws -> Result {
    try #require(
      results.first { $0.metric == metric && $0.tensor == tensor }, "No \(metric) of \(tensor).")
  }

  /// Expects the same results with the same numbers.
  ///
  /// - Parameters:
  ///   - relative: The difference allowed, as a share of the larger number.
  ///   - absolute: Differences up to this are rounding of numbers near 0.
  func expectEqual(
    _ other: Measured, relative: Double, absolute: Double = 1e-9,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(results.count == other.results.count, sourceLocation: sourceLocation)
    for result in results {
      let numbers = result.numbers
      let others = try other.result(result.metric, result.tensor).numbers
      #expect(numbers.keys.sorted() == others.keys.sorted(), sourceLocation: sourceLocation)
      let wrong = numbers.filter { name, number in
        switch (number, others[name] ?? nil) {
        case (nil, nil): return false
        case (let a?, let b?):
          return !(abs(a - b) <= absolute + relative * max(abs(a), abs(b)))
        default: return true
        }
      }
      let shown = wrong.prefix(5).map { name, number in
        "\(name): \(number ?? .nan) and \((others[name] ?? nil) ?? .nan)"
      }
      #expect(
        wrong.isEmpty, "\(wrong.count) of \(result.metric) \(result.tensor), such as \(shown)",
        sourceLocation: sourceLocation)
    }
  }
}
