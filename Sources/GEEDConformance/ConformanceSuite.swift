// SPDX-License-Identifier: MIT

import GEED

/// Measurements with known results, for testing any implementation of the G-EED metrics.
///
///     for test in ConformanceSuite.cases {
///       print(test.name, test.accepts(try test.measure().value))
///     }
///
/// The numbers of every case are in `vectors()`; the article of the module lists which
/// common formulas fail on which case.
public enum ConformanceSuite {
  /// The name of the one output of every model of the suite.
  public static let output = "output"

  /// All cases.
  public static let cases: [ConformanceCase] =
    trivialMaps + averagedMaps + equivariantMaps + axisOrders + latentValues + softmaxValues
    + scoreKinds + sampledGroups + batches

  /// The rounding error of outputs that are stored as `Float`, with a margin for a few operations.
  static let rounding = 1e-6

  static func make(
    _ name: String, _ purpose: String, examples: [Tensor], under inputAction: any GroupAction,
    extent: GroupExtent = .whole, probe: Probe, quantity: ConformanceQuantity = .value,
    expected: Double?, reason: String,
    model: any MeasurableModel
  ) -> ConformanceCase {
    ConformanceCase(
      name: name, purpose: purpose, model: model, examples: examples, inputAction: inputAction,
      extent: extent, probe: probe, quantity: quantity, expected: expected, tolerance: rounding,
      reason: reason)
  }

  /// Returns a model that applies `map` to each row.
  static func rowwise(
    _ outputShape: [Int], _ map: @escaping @Sendable ([Float]) -> [Float]
  ) -> ClosureModel {
    ClosureModel(output: output) { batch in
      .stacking(
        (0..<batch.rowCount).map {
          Tensor(shape: outputShape, scalars: map(batch.row($0).scalars))
        })
    }
  }

  /// Returns a few different arrays of small whole numbers, none of them symmetric.
  static func arrays(_ shape: [Int], count: Int = 4) -> [Tensor] {
    (0..<count).map { example -> Tensor in
      let scalars = (0..<Tensor.count(of: shape)).map { i -> Float in
        let mixed: Int = i * i + 3 * i * (example + 1) + 7 * example
        return Float(mixed % 11 - 4)
      }
      return Tensor(shape: shape, scalars: scalars)
    }
  }

  /// Returns a row of `length` with `value` at position 0 and zeros elsewhere.
  static func peak(_ value: Float, length: Int) -> Tensor {
    Tensor(shape: [1, length], scalars: [value] + Array(repeating: 0, count: length - 1))
  }

  /// Returns the circular shifts of a row by multiples of its length / `count`.
  static func shifts(_ count: Int) -> ImageAction {
    .translations(rows: 1, columns: count)
  }
}
