// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

extension OnnxModel {
  /// Throws if the model takes integers and the examples are not suitable: outside the range of the
  /// type, or so small that rounding distorts them.
  ///
  /// Resized pixels are rounded as well, which changes them by less than one percent.
  ///
  /// - Throws: ``UsageError``, and the errors of reading the examples.
  func requireWholeNumbers(in measurement: DeviationMeasurement) throws {
    guard let range = inputElementType.wholeNumbers else { return }
    let dataset = measurement.dataset
    let chosen = randomExamples(min(64, dataset.count), of: dataset.count, seed: measurement.seed)
    var (squares, squaredErrors) = (0.0, 0.0)
    for index in chosen {
      for value in try dataset.example(at: index).scalars.lazy.map(Double.init) {
        guard range.contains(value.rounded()) else {
          throw UsageError(
            "The model \(graph.path) takes whole numbers of type \(inputElementType), but example \(index) of "
              + "\(dataset.name) holds \(Float(value)); pixels up to 255 come with --pixel-max 255, without --mean and --std."
          )
        }
        squares += value * value
        squaredErrors += (value - value.rounded()) * (value - value.rounded())
      }
    }
    guard squaredErrors > 0.02 * 0.02 * squares else { return }
    throw UsageError(
      "The model \(graph.path) takes whole numbers (\(inputElementType)), and little would be left of "
        + "the examples of \(dataset.name) when they are rounded; pixels up to 255 come with "
        + "--pixel-max 255, without --mean and --std.")
  }
}

extension OnnxElementType {
  /// The range of the type, or `nil` for types with fractions.
  fileprivate var wholeNumbers: ClosedRange<Double>? {
    switch self {
    case .bool: 0...1
    case .uint8: 0...255
    case .int8: -128...127
    case .uint16: 0...65_535
    case .int16: -32_768...32_767
    case .int32: -2_147_483_648...2_147_483_647
    case .uint32: 0...4_294_967_295
    case .int64: -0x1p63...0x1p63
    case .uint64: 0...0x1p64
    default: nil
    }
  }
}
