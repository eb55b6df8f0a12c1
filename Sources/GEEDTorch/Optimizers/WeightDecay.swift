// SPDX-License-Identifier: MIT

/// The strength of weight decay and the parameters that it applies to.
package enum WeightDecay: Hashable, Sendable {
  /// No parameter decays.
  case none
  /// All parameters decay.
  case all(Double)
  /// Matrices and kernels decay. Parameters with one axis, that is biases and the scales and shifts
  /// of normalizations, do not: decay would not keep a function simple there, it would only move
  /// its outputs.
  case matricesAndKernels(Double)

  /// Returns the strength for a parameter of this shape.
  func amount(shape: [Int]) -> Double {
    switch self {
    case .none: 0
    case .all(let amount): amount
    case .matricesAndKernels(let amount): shape.count > 1 ? amount : 0
    }
  }
}

/// Parameters that one call of a fused kernel changes: they have a gradient and the same decay.
struct DecayGroup {
  let decay: Double
  /// The positions of the parameters in the optimizer's list.
  var indices: [Int] = []
  /// The gradients of the parameters.
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
