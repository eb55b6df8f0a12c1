// SPDX-License-Identifier: MIT

import CGEEDTorch

/// Stochastic gradient descent with momentum, as `torch.optim.SGD` defines it.
///
/// With gradient g, decay λ, momentum μ and rate η a step is
///
///     g ← g + λ w
///     v ← μ v + g
///     w ← w - η v            or, with Nesterov's momentum, w ← w - η (g + μ v)
///
/// State: `momentum_buffer` (v) for each parameter, none without momentum.
package final class SGD: Optimizer {
  package let parameters: [NamedParameter]
  private let momentum: Double
  private let isNesterov: Bool
  private let groupSettings: [ParameterGroup.Settings]
  private let buffers: [TorchTensor]

  /// Creates an optimizer of the trained ones among `parameters`; μ lies in 0..<1.
  ///
  /// - Parameter rateFactor: The factor of a parameter's learning rate; 1 for all by default.
  package init(
    _ parameters: [NamedParameter], momentum: Double = 0, isNesterov: Bool = false,
    weightDecay: WeightDecay = .none, rateFactor: RateFactor = { _ in 1 }
  ) throws(TorchError) {
    precondition(
      (0..<1).contains(momentum), "Expected a momentum in 0..<1, but got \(momentum).")
    precondition(!isNesterov || momentum > 0, "Nesterov's momentum must not be 0.")
    self.parameters = parameters.filter(\.isTrained)
    self.momentum = momentum
    self.isNesterov = isNesterov
    groupSettings = self.parameters.groupSettings(weightDecay, rateFactor)
    buffers = momentum == 0 ? [] : try self.parameters.zeros()
  }

  package var state: [String: TorchTensor] {
    buffers.isEmpty ? [:] : parameters.states("momentum_buffer", buffers)
  }

  package func step(learningRate: Double) throws(TorchError) {
    for group in try ParameterGroup.groups(of: parameters, settings: groupSettings) {
      let settings = gt_sgd_settings(
        rate: learningRate * group.settings.rateFactor, momentum: momentum,
        weight_decay: group.settings.decay, nesterov: isNesterov)
      let buffers = buffers.isEmpty ? nil : group.indices.map { self.buffers[$0].handle }
      let status = withExtendedLifetime(group) {
        gt_sgd_step(
          group.indices.map { parameters[$0].tensor.handle }, group.gradients.map(\.handle),
          buffers, group.indices.count, settings)
      }
      try check("a step of SGD", status)
    }
  }
}

extension [NamedParameter] {
  /// Returns zeros in the shape of each parameter.
  func zeros() throws(TorchError) -> [TorchTensor] {
    var zeros: [TorchTensor] = []
    for parameter in self { zeros.append(try parameter.tensor.zerosLike()) }
    return zeros
  }

  /// Returns `tensors`, one for each parameter, by name.
  func states(_ word: String, _ tensors: [TorchTensor]) -> [String: TorchTensor] {
    Dictionary(uniqueKeysWithValues: zip(map { "\($0.name).\(word)" }, tensors))
  }
}
