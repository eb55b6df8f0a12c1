// SPDX-License-Identifier: MIT

/// Changes parameters by their gradients, step by step.
///
///     let optimizer = try SGD(weights.all, momentum: 0.9, weightDecay: .all(5e-4))
///     for iteration in 0..<iterationCount {
///       try optimizer.clearGradients()
///       try network(images, .training(generator)).crossEntropy(labels).backward()
///       try optimizer.step(learningRate: schedule.rate(at: iteration))
///     }
///
/// Why a class? What an optimizer remembers are tensors that a step changes in place. A copied value
/// would still share them.
public protocol Optimizer: AnyObject {
  /// What is changed.
  var parameters: [NamedParameter] { get }

  /// What later steps depend on, by the name of the parameter and, after a dot, the word that PyTorch
  /// has for it: `conv1.weight.momentum_buffer`.
  ///
  /// The tensors are those that steps change, not copies.
  var state: [String: TorchTensor] { get }

  /// Moves each parameter that has a gradient. Others stay as they are, and so does what is
  /// remembered of them.
  func step(learningRate: Double) throws(TorchError)
}

extension Optimizer {
  /// Drops the gradients of all parameters; to be called before each forward pass, since gradients
  /// add up.
  public func clearGradients() throws(TorchError) {
    try TorchTensor.clearGradients(of: parameters.map(\.tensor))
  }

  /// Scales the gradients of all parameters by one factor, so that their Euclidean norm together is
  /// `limit` at most.
  ///
  /// - Returns: The norm before, a single number, or `nil` if there are no gradients.
  /// - Precondition: `limit` is positive.
  @discardableResult
  public func clipGradients(toNorm limit: Double) throws(TorchError) -> TorchTensor? {
    try TorchTensor.clipGradients(of: parameters.map(\.tensor), toNorm: limit)
  }

  /// Overwrites ``state`` with what another optimizer of this kind had of the same parameters, so
  /// that the next step is the one that it would have made.
  ///
  /// - Throws: ``OptimizerStateMismatch`` if names or shapes differ; nothing is overwritten then.
  public func restore(_ saved: [String: TorchTensor]) throws {
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

/// How a saved state differs from that of an optimizer. At least one list has entries.
public struct OptimizerStateMismatch: Error, Hashable, Sendable, CustomStringConvertible {
  /// Tensors that are needed, but were not saved.
  public let missing: [String]
  /// Tensors that were saved by an optimizer of another kind, or of other parameters.
  public let unexpected: [String]
  /// Tensors whose shape is not that of their parameter.
  public let misshapen: [String]

  var isEmpty: Bool { missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty }

  public var description: String {
    let lists = [
      ("missing", missing), ("unexpected", unexpected), ("of another shape", misshapen),
    ]
    return "The saved state is not that of this optimizer."
      + lists.filter { !$0.1.isEmpty }
      .map { " \($0.0) (\($0.1.count)): \($0.1.prefix(4).joined(separator: ", "))." }.joined()
  }
}
