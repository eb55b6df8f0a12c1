// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDTorch
import Testing

/// What a network of another library gives for ``FormulaWeights``: shape, norm and some numbers of
/// every block's output, of the features and of the logits.
///
/// `write_golden` in `Scripts/fixtures/formula_weights.py` writes these files.
struct GoldenOutputs: Decodable {
  struct Output: Decodable {
    let name: String
    let shape: [Int]
    /// The Euclidean norm of all scalars.
    let norm: Double
    /// The greatest absolute value.
    let largest: Double
    /// Where `values` stand among the scalars.
    let positions: [Int]
    let values: [Double]
  }

  /// The libraries that made the numbers.
  let versions: [String: String]
  /// The shape of the images.
  let inputShape: [Int]
  /// In the order in which they are computed: blocks, "features", "logits".
  let outputs: [Output]

  /// Reads `Fixtures/<name>.json`.
  init(_ name: String) throws {
    self = try readFixture(name)
  }

  /// Fills `weights` by formula, runs `classifier`, which was made with them, and compares.
  ///
  /// - Parameter relative: How far numbers may be apart, as a part of the greatest one of their
  ///   tensor. Both sides run the same sums in single precision in another order; rounding of 6e-8
  ///   each grows with the number of layers to 1e-6 to 1e-5, while a wrong stride, padding or
  ///   epsilon shows from 1e-3 on.
  func expect(
    _ classifier: some FactoredClassifier, _ weights: ParameterStore, relative: Double = 1e-4,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try FormulaWeights.fill(weights)
    let model = MeasurableClassifier(classifier)
    #expect(model.outputNames == outputs.map(\.name), sourceLocation: sourceLocation)
    let found = try model.outputs(for: FormulaWeights.input(inputShape))
    for output in outputs {
      let tensor = try #require(found[output.name], sourceLocation: sourceLocation)
      output.expect(tensor, relative: relative, sourceLocation: sourceLocation)
    }
  }
}

extension GoldenOutputs.Output {
  /// Compares a tensor with what is known of it.
  func expect(_ tensor: Tensor, relative: Double, sourceLocation: SourceLocation) {
    guard tensor.shape == shape else {
      Issue.record(
        "\(name): expected shape \(shape), but got \(tensor.shape).",
        sourceLocation: sourceLocation)
      return
    }
    let found = positions.map { Double(tensor.scalars[$0]) }
    let worst = zip(found, values).map { abs($0 - $1) / largest }.max() ?? .nan
    let sumOfSquares = tensor.scalars.reduce(0) { $0 + Double($1) * Double($1) }
    let normError = abs(sumOfSquares.squareRoot() / norm - 1)
    // Not ">": NaN must fail.
    guard worst <= relative, normError <= relative else {
      Issue.record(
        "\(name): numbers are off by \(worst) of the greatest, the norm by \(normError).",
        sourceLocation: sourceLocation)
      return
    }
  }
}

/// Reads `Fixtures/<name>.json`.
func readFixture<Value: Decodable>(_ name: String) throws -> Value {
  let url = try #require(
    Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"),
    "Expected Fixtures/\(name).json beside the tests.")
  return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
}
#endif
