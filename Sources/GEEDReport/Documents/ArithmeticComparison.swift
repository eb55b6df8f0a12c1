// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The differences of a measurement's arithmetic from float32 on the CPU, for a few of its examples.
package struct ArithmeticComparison: Codable {
  /// The difference of one tensor.
  package struct Output: Codable {
    package let tensor: String
    /// The root mean square of the differences, as a share of that of the numbers in float32; `nil` if
    /// those are all 0 or not finite.
    package let relativeDifference: Double?

    package init(tensor: String, relativeDifference: Double?) {
      self.tensor = tensor
      self.relativeDifference = relativeDifference
    }
  }

  /// One deviation of the same examples in both arithmetics.
  package struct Value: Codable {
    package let metric: Metric
    package let tensor: String
    package let value: Double?
    package let float32: Double?

    package init(metric: Metric, tensor: String, value: Double?, float32: Double?) {
      self.metric = metric
      self.tensor = tensor
      self.value = value
      self.float32 = float32
    }

    /// How much the deviation differs from that in float32; `nil` if one does not exist.
    package var difference: Double? {
      guard let value, let float32 else { return nil }
      return value - float32
    }
  }

  /// The provider and the arithmetic that are compared, such as `openvino` and `bfloat16`; the latter is
  /// `nil` if the provider chooses it.
  package let provider: String
  package let arithmetic: String?
  /// The number of inputs of the outputs.
  package let inputCount: Int
  package let outputs: [Output]
  /// The number of examples of the values, and the values of all results in order; omitted if the
  /// arithmetic is float32 as well.
  package var exampleCount: Int?
  package var values: [Value]?
  /// The reason that there is no comparison; omitted if there is one.
  package var failure: String?

  package init(provider: String, arithmetic: String?, inputCount: Int, outputs: [Output]) {
    self.provider = provider
    self.arithmetic = arithmetic
    self.inputCount = inputCount
    self.outputs = outputs
  }

  /// A relative difference between what rounding to 24 bits and to 11 or fewer bits leads to: deep
  /// networks differ by about 10⁻⁶ between engines in float32, and by about 10⁻³ in shorter numbers.
  private static let longArithmeticLimit = 1e-4

  /// The tensor with the largest difference.
  private var largest: Output? {
    outputs.max { $0.relativeDifference ?? -1 < $1.relativeDifference ?? -1 }
  }

  /// One or two sentences on the outputs.
  package var note: String {
    let name = "\(arithmetic ?? "The arithmetic") of \(provider)"
    if let failure { return "\(name) was not compared with float32 on the CPU: \(failure)" }
    guard let largest, let difference = largest.relativeDifference else {
      return "\(name) was not compared with float32 on the CPU: all outputs are 0 or not finite."
    }
    let found =
      "\(name): outputs differ from those of float32 on the CPU by at most "
      + "\(String(format: "%.1g", difference)) of their root mean square (\(largest.tensor), "
      + "\(inputCount) \(inputCount == 1 ? "input" : "inputs"))."
    let isShort = difference > Self.longArithmeticLimit
    switch arithmetic {
    case "float32" where isShort:
      return found
        + " That is more than rounding in float32 explains, so a part may have been computed "
        + "in a shorter arithmetic."
    case .some(let other) where other != "float32" && !isShort:
      return found
        + " That is no more than in float32, so this processor or this model does not use "
        + "\(other)."
    default: return found
    }
  }
}
