// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Numbers from numpy, scipy and torchvision, made by `Scripts/fixtures/core_golden.py`.
struct Golden: Decodable {
  struct Rotation: Decodable, CustomTestStringConvertible {
    let height, width, turn, turnCount: Int
    let interpolation: String
    let image, result: [Float]
    var testDescription: String { "\(interpolation) \(turn)/\(turnCount) on \(height) x \(width)" }
  }

  struct Shift: Decodable {
    let height, width: Int
    let rows, columns: Double
    let image, result: [Float]
  }

  struct Distances: Decodable {
    let a, b, p, q: [Double]
    let euclidean, cosine, kullbackLeibler, jensenShannon, totalVariation: Double
  }

  struct Scale: Decodable {
    let count, width: Int
    let scalars: [Float]
    let distance, distanceError, similarity, similarityError: Double
  }

  struct Quantile: Decodable {
    let degreesOfFreedom, p, t: Double
  }

  let rotations: [Rotation]
  let shifts: [Shift]
  let distances: [Distances]
  let scales: [Scale]
  let quantiles: [Quantile]

  /// The file, read once.
  static let values: Golden = {
    let url = Bundle.module.url(
      forResource: "core_golden", withExtension: "json", subdirectory: "Fixtures")
    guard let url, let data = try? Data(contentsOf: url),
      let golden = try? JSONDecoder().decode(Golden.self, from: data)
    else { preconditionFailure("Expected Fixtures/core_golden.json beside the tests.") }
    return golden
  }()
}
