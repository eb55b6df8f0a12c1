// SPDX-License-Identifier: MIT

import CGEEDTorch

/// A rule that changes parameters by their gradients, step by step.
///
///     let optimizer = try SGD(weights.all, momentum: 0.9, weightDecay: .all(5e-4))
///     for iteration in 0..<iterationCount {
///       try optimizer.clearGradients()
///       try network(images, .training(generator)).crossEntropy(labels).backward()
///       try optimizer.step(learningRate: schedule.rate(at: iteration))
///     }
///
/// Optimizers are classes because their state consists of tensors that a step changes in place.
package protocol Optimizer: AnyObject {
  /// The parameters to change.
  var parameters: [NamedParameter] { get }

  /// The tensors that steps change and depend on, by the name of the parameter, a dot, and PyTorch's
  /// name: `conv1.weight.momentum_buffer`.
  var state: [String: TorchTensor] { get }

  /// Updates each parameter that has a gradient. Other parameters and their state do not change.
  func step(learningRate: Double) throws(TorchError)
}

extension Optimizer {
  /// Drops the gradients of all parameters, which otherwise add up.
  package func clearGradients() throws(TorchError) {
    try TorchTensor.clearGradients(of: parameters.map(\.tensor))
  }

  /// Scales the gradients of all parameters by one factor so that their joint Euclidean norm is at
  /// most `limit`, as `torch.nn.utils.clip_grad_norm_` does: by limit / (norm + 1e-6) if that is less
  /// than 1.
  ///
  /// - Returns: The norm before scaling, a single number, or `nil` if there are no gradients.
  @discardableResult
  package func clipGradients(toNorm limit: Double) throws(TorchError) -> TorchTensor? {
    try TorchTensor.clipGradients(of: parameters.map(\.tensor), toNorm: limit)
  }

  /// Overwrites ``state`` with that of another optimizer of this kind for the same parameters, or
  /// throws ``OptimizerStateMismatch`` without overwriting anything.
  package func restore(_ saved: [String: TorchTensor]) throws {
    let state = state
    let mismatch = OptimizerStateMismatch(
      missing: state.keys.filter { saved[$0] == nil }.sorted(),
      unexpected: saved.keys.filter { state[$0] == nil }.sorted(),
      misshapen: state.filter { saved[$0.key].map(\.shape) ?? $0.value.shape != $0.value.shape }
        .keys.sorted())
    guard mismatch.isEmpty else { throw mismatch }
    for (name, tensor) in saved { try state[name]?.assign(tensor) }
  }
}

/// The differences between a saved state and that of an optimizer. At least one list has entries.
package struct OptimizerStateMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// Tensors that are needed but were not saved.
  package let missing: [String]
  /// Tensors that were saved by an optimizer of another kind, or for other parameters.
  package let unexpected: [String]
  /// Tensors whose shape is not that of their parameter.
  package let misshapen: [String]

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

  package var description: String {
    let lists = [
      ("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen),
    ]
    return "The saved state is not that of this optimizer."
      + lists.filter { !$0.1.isEmpty }
      .map { " \($0.0) (\($0.1.count)): \($0.1.prefix(4).joined(separator: ", "))." }.joined()
  }
}

extension TorchTensor {
  /// Clips the gradients of `tensors` as ``Optimizer/clipGradients(toNorm:)`` does.
  @discardableResult
  package static func clipGradients(
    of tensors: [TorchTensor], toNorm limit: Double
  ) throws(TorchError) -> TorchTensor? {
    precondition(limit > 0, "Expected a positive limit, but got \(limit).")
    var gradients: [TorchTensor] = []
    for tensor in tensors {
      if let gradient = try tensor.gradient() { gradients.append(gradient) }
    }
    guard !gradients.isEmpty else { return nil }
    return try withExtendedLifetime(gradients) { () throws(TorchError) in
      try makeTensor("clipping gradients") {
        gt_clip_gradients(&$0, gradients.map(\.handle), gradients.count, limit)
      }
    }
  }
}

/// The strength of weight decay and the parameters that it applies to.
package enum WeightDecay: Hashable, Sendable {
  /// No parameter decays.
  case none
  /// All parameters decay.
  case all(Double)
  /// Matrices and kernels decay; parameters with one axis, that is biases and the scales and shifts
  /// of normalizations, do not.
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

/// A factor of the learning rate for each parameter, by its name.
package typealias RateFactor = (_ name: String) -> Double

/// Parameters that one call of a fused kernel changes: they have a gradient, the same decay and the
/// same rate.
struct ParameterGroup {
  /// What distinguishes a group.
  struct Settings: Hashable {
    let decay: Double
    /// The factor by which the learning rate of a step is multiplied.
    let rateFactor: Double
  }

  let settings: Settings
  /// The positions of the parameters in the optimizer's list.
  var indices: [Int] = []
  /// The gradients of the parameters.
  var gradients: [TorchTensor] = []

  /// Collects the gradients of `parameters`, one group for each of `settings`.
  static func groups(
    of parameters: [NamedParameter], settings: [Settings]
  ) throws(TorchError) -> [ParameterGroup] {
    var groups: [ParameterGroup] = []
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = try parameter.tensor.gradient() else { continue }
      let position = groups.firstIndex { $0.settings == settings[index] } ?? groups.count
      if position == groups.count { groups.append(ParameterGroup(settings: settings[index])) }
      groups[position].indices.append(index)
      groups[position].gradients.append(gradient)
    }
    return groups
  }
}

extension [NamedParameter] {
  /// Returns the settings of each parameter.
  func groupSettings(
    _ decay: WeightDecay, _ rateFactor: RateFactor
  ) -> [ParameterGroup.Settings] {
    map { parameter in
      let factor = rateFactor(parameter.name)
      precondition(
        factor >= 0, "Expected a factor of the rate of 0 or more, but got \(factor).")
      return ParameterGroup.Settings(
        decay: decay.amount(shape: parameter.tensor.shape), rateFactor: factor)
    }
  }
}
