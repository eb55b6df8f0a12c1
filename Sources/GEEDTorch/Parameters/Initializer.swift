// SPDX-License-Identifier: MIT

/// The distribution of the initial values of a parameter.
public enum Initializer: Hashable, Sendable {
  /// The same number everywhere.
  case constant(Double)
  /// Uniform between -bound and bound.
  case uniform(bound: Double)
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Normal with mean 0; values beyond two deviations are drawn again.
  case truncatedNormal(deviation: Double)

  public static let zeros = constant(0)
  public static let ones = constant(1)

  /// PyTorch's default for the weights of linear layers and convolutions: uniform with bound 1 /
  /// √fan-in. For `weight` of shape `[O, I, ...]` the fan-in is the product of all lengths but the
  /// first.
  public static func fanIn(_ shape: [Int]) -> Initializer {
    .uniform(bound: 1 / Double(max(1, shape.dropFirst().reduce(1, *))).squareRoot())
  }

  /// Normal with variance 2 / fan-out, for layers that are followed by a ReLU (He et al. 2015,
  /// https://arxiv.org/abs/1502.01852).
  public static func fanOut(_ shape: [Int]) -> Initializer { fanOut(shape, groups: 1) }

  /// Normal with variance 2 / fan-out, where an input takes part in the outputs of its group alone.
  package static func fanOut(_ shape: [Int], groups: Int) -> Initializer {
    let fanOut = shape[0] / groups * shape.dropFirst(2).reduce(1, *)
    return .normal(deviation: (2 / Double(max(1, fanOut))).squareRoot())
  }

  func makeTensor(
    shape: [Int], type: TorchElementType, using generator: TorchGenerator
  ) throws(TorchError) -> TorchTensor {
    switch self {
    case .constant(let value):
      return try .full(value, shape: shape, type: type)
    case .uniform(let bound):
      return try .uniform(-bound, bound, shape: shape, type: type, using: generator)
    case .normal(let deviation):
      return try .normal(deviation: deviation, shape: shape, type: type, using: generator)
    case .truncatedNormal(let deviation):
      var accepted: [Double] = []
      let count = shape.reduce(1, *)
      while accepted.count < count {
        // One draw in twenty lies beyond two deviations.
        let draws = try TorchTensor.normal(
          deviation: 1, shape: [count - accepted.count], type: .float64, using: generator)
        accepted += try draws.doubles().filter { abs($0) <= 2 }
      }
      return try TorchTensor(accepted.map { $0 * deviation }, shape: shape)
        .converted(to: type, on: .cpu)
    }
  }
}
