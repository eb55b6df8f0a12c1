// SPDX-License-Identifier: MIT

/// The purpose of a forward pass.
public enum ForwardMode: Sendable {
  /// Uses running statistics and no dropout: equal inputs give equal outputs.
  case evaluation
  /// Uses the statistics of the batch; dropout draws from the generator.
  case training(TorchGenerator)

  public var isTraining: Bool {
    if case .training = self { true } else { false }
  }
}
