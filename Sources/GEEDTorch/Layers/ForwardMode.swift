// SPDX-License-Identifier: MIT

/// What a forward pass is for.
public enum ForwardMode: Sendable {
  /// Running statistics, no dropout: equal inputs give equal outputs.
  case evaluation
  /// Statistics of the batch; dropout draws from the generator.
  case training(TorchGenerator)

  public var isTraining: Bool {
    if case .training = self { true } else { false }
  }
}
