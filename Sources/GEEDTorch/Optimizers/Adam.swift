// SPDX-License-Identifier: MIT

import CGEEDTorch

/// Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980), as `torch.optim.Adam` defines it:
/// weight decay is added to the gradient.
///
/// With gradient g, decay λ, rate η, and t counting the steps of a parameter from 1, a step is
///
///     g ← g + λ w
///     m ← β₁ m + (1 - β₁) g
///     v ← β₂ v + (1 - β₂) g²
///     w ← w - η · m / (1 - β₁ᵗ) / (√(v / (1 - β₂ᵗ)) + ε)
///
/// State for each parameter: `exp_avg` (m), `exp_avg_sq` (v) and `step` (t, a single number).
package class Adam: Optimizer {
  package let parameters: [NamedParameter]
  private let groupSettings: [ParameterGroup.Settings]
  private let averages: [TorchTensor]
  private let squaredAverages: [TorchTensor]
  private let steps: [TorchTensor]
  private let settings: gt_adam_settings

  /// Creates an optimizer of the trained ones among `parameters`; β₁ and β₂ lie in 0..<1.
  ///
  /// - Parameter rateFactor: The factor of a parameter's learning rate; 1 for all by default.
  package convenience init(
    _ parameters: [NamedParameter], beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: WeightDecay = .none, rateFactor: RateFactor = { _ in 1 }
  ) throws(TorchError) {
    try self.init(
      parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      rateFactor: rateFactor, isDecoupled: false)
  }

  fileprivate init(
    _ parameters: [NamedParameter], beta1: Double, beta2: Double, epsilon: Double,
    weightDecay: WeightDecay, rateFactor: RateFactor, isDecoupled: Bool
  ) throws(TorchError) {
    precondition((0..<1).contains(beta1), "Expected a β₁ in 0..<1, but got \(beta1).")
    precondition((0..<1).contains(beta2), "Expected a β₂ in 0..<1, but got \(beta2).")
    precondition(epsilon >= 0, "Expected an ε of 0 or more, but got \(epsilon).")
    self.parameters = parameters.filter(\.isTrained)
    groupSettings = self.parameters.groupSettings(weightDecay, rateFactor)
    averages = try self.parameters.zeros()
    squaredAverages = try self.parameters.zeros()
    var steps: [TorchTensor] = []
    for parameter in self.parameters {
      steps.append(try .full(0, shape: [], device: parameter.tensor.device()))
    }
    self.steps = steps
    settings = gt_adam_settings(
      rate: 0, beta1: beta1, beta2: beta2, epsilon: epsilon, weight_decay: 0,
      is_decoupled: isDecoupled)
  }

  package var state: [String: TorchTensor] {
    [("exp_avg", averages), ("exp_avg_sq", squaredAverages), ("step", steps)]
      .map(parameters.states)
      .reduce(into: [:]) { all, states in all.merge(states) { first, _ in first } }
  }

  package func step(learningRate: Double) throws(TorchError) {
    for group in try ParameterGroup.groups(of: parameters, settings: groupSettings) {
      var settings = settings
      settings.rate = learningRate * group.settings.rateFactor
      settings.weight_decay = group.settings.decay
      let status = withExtendedLifetime(group) {
        gt_adam_step(
          group.indices.map { parameters[$0].tensor.handle }, group.gradients.map(\.handle),
          group.indices.map { averages[$0].handle },
          group.indices.map { squaredAverages[$0].handle },
          group.indices.map { steps[$0].handle }, group.indices.count, settings)
      }
      try check(settings.is_decoupled ? "a step of AdamW" : "a step of Adam", status)
    }
  }
}

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101), as
/// `torch.optim.AdamW` defines it: the gradient is not changed; instead the step begins with
/// w ← w - η λ w.
package final class AdamW: Adam {
  package init(
    _ parameters: [NamedParameter], beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: WeightDecay = .all(0.01),
    rateFactor: RateFactor = { _ in 1 }
  ) throws(TorchError) {
    try super.init(
      parameters, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay,
      rateFactor: rateFactor, isDecoupled: true)
  }
}
