// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDTorch
import Testing
import _GEEDTestSupport

/// Numbers from PyTorch, made by `Scripts/fixtures/torch_golden.py`.
struct TorchGolden: Decodable, Sendable {
  struct Numbers: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]

    /// The numbers in double precision.
    func tensor() throws(TorchError) -> TorchTensor { try TorchTensor(values, shape: shape) }

    /// The numbers in double precision, where gradients are collected.
    func leaf() throws(TorchError) -> TorchTensor {
      let leaf = try tensor()
      try leaf.setRequiresGradient()
      return leaf
    }
  }

  struct OperationCase: Decodable, Sendable {
    let name: String
    let inputs: [Numbers]
    let output: Numbers
    /// Those of sum(output · cos(0, 1, 2, ...)).
    let gradients: [Numbers]
  }

  struct RunningStatistics: Decodable, Sendable {
    let batches: [Numbers]
    let mean, variance: Numbers
  }

  struct Stream: Decodable, Sendable, CustomTestStringConvertible {
    struct Draw: Decodable, Sendable {
      let kind, type: String
      let shape: [Int]
      let values: [Double]
    }

    let seed: UInt64
    let draws: [Draw]
    var testDescription: String { "seed \(seed)" }
  }

  struct OptimizerCase: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let rates: [Double]
    let start, end: [Numbers]
    let state: [String: Numbers]
    var testDescription: String { name }
  }

  struct Clipping: Decodable, Sendable, CustomTestStringConvertible {
    let limit, norm: Double
    let parameters, gradients: [Numbers]
    var testDescription: String { "limit \(limit)" }
  }

  let operations: [OperationCase]
  let runningStatistics: RunningStatistics
  let generators: [Stream]
  let optimizers: [OptimizerCase]
  let clipping: [Clipping]
  let schedules: [String: [Double]]

  /// The file, read once.
  static let values: TorchGolden = {
    let url = Bundle.module.url(
      forResource: "torch_golden", withExtension: "json", subdirectory: "Fixtures")
    guard let url, let data = try? Data(contentsOf: url),
      let golden = try? JSONDecoder().decode(TorchGolden.self, from: data)
    else { preconditionFailure("Expected Fixtures/torch_golden.json beside the tests.") }
    return golden
  }()
}

/// Expects the shape and, scalar by scalar, the numbers of PyTorch.
///
/// - Parameter tolerance: How far numbers up to 1 may be apart; greater ones by as much of themselves.
///   The default is for double precision, where sums of some dozen terms in another order differ by
///   1e-15 and the file keeps 15 digits.
func expectClose(
  _ tensor: TorchTensor?, _ expected: TorchGolden.Numbers, tolerance: Double = 1e-12,
  _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let tensor = try #require(tensor, "No tensor. \(comment)", sourceLocation: sourceLocation)
  #expect(tensor.shape == expected.shape, "\(comment)", sourceLocation: sourceLocation)
  try expectClose(
    tensor.doubles(), expected.values, tolerance: tolerance, comment,
    sourceLocation: sourceLocation)
}

/// Expects equal counts and close numbers.
func expectClose(
  _ found: [Double], _ expected: [Double], tolerance: Double, _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  try #require(found.count == expected.count, "\(comment)", sourceLocation: sourceLocation)
  for (index, (a, b)) in zip(found, expected).enumerated() {
    expectClose(
      a, b, tolerance: tolerance * max(1, abs(b)), "scalar \(index) \(comment)",
      sourceLocation: sourceLocation)
  }
}
#endif
