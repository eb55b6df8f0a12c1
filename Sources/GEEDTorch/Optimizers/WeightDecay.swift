// SPDX-License-Identifier: MIT

/// How strongly each step pulls which parameters towards 0.
public enum WeightDecay: Hashable, Sendable {
  /// None is pulled.
  case none
  /// All are.
  case all(Double)
  /// Matrices and kernels are. What has one axis, biases and the scales and shifts of norms, is
  /// spared: there the pull does not keep a function simple, it only moves its outputs.
  case matricesAndKernels(Double)

  /// The strength for a parameter of this shape.
  func amount(shape: [Int]) -> Double {
    switch self {
    case .none: 0
    case .all(let amount): amount
    case .matricesAndKernels(let amount): shape.count > 1 ? amount : 0
    }
  }
}

/// Parameters that one call of a fused kernel changes: those that have a gradient and the same decay.
struct DecayGroup {
  let decay: Double
  /// Where the parameters stand in the optimizer's list.
  var indices: [Int] = []
  /// Their gradients.
  var gradients: [TorchTensor] = []

  /// Collects the gradients of `parameters`, one group for each of `decays`.
  static func groups(
    of parameters: [NamedParameter], decays: [Double]
  ) throws(TorchError) -> [DecayGroup] {
    var groups: [DecayGroup] = []
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = try parameter.tensor.gradient() else { continue }
      let decay = decays[index]
      if !groups.contains(where: { $0.decay == decay }) { groups.append(DecayGroup(decay: decay)) }
      for group in groups.indices where groups[group].decay == decay {
        groups[group].indices.append(index)
        groups[group].gradients.append(gradient)
      }
    }
    return groups
  }
}
