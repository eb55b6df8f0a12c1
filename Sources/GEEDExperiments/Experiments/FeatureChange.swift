// SPDX-License-Identifier: MIT

import GEED
import GEEDModels
import GEEDTorch

/// A change of a network's features between f₁ and f₂ that leaves f = f₂ ∘ f₁ as it is.
package enum FeatureChange: Sendable, Hashable, Codable {
  /// The features are multiplied by a factor, and f₂ divides by it.
  case scaled(by: Double)
  /// The differences of the features from their mean over data are multiplied by a factor, and f₂
  /// divides them by it.
  case shrunk(by: Double)
}

/// A network whose features are moved by z ↦ center + factor · (z − center), and whose head first
/// moves them back.
///
/// The classes and their probabilities are those of the network, up to round-off.
struct NetworkOfChangedFeatures: FactoredClassifier {
  private let network: any FactoredClassifier
  private let factor: Double
  /// The point that does not move, `[1, featureCount]`; `nil` for the origin.
  private let center: TorchTensor?

  /// Changes a network; the mean of the features, if it is needed, is that over the first
  /// `exampleCount` examples.
  init(
    _ network: any FactoredClassifier, _ change: FeatureChange, device: TorchDevice,
    meanOver dataset: any Dataset, exampleCount: Int
  ) throws {
    self.network = network
    switch change {
    case .scaled(let factor):
      self.factor = factor
      center = nil
    case .shrunk(let factor):
      self.factor = factor
      let examples = try (0..<min(exampleCount, dataset.count)).map { try dataset.example(at: $0) }
      center = try withoutGradients {
        try network.features(TorchTensor(.stacking(examples), device: device), .evaluation)
          .mean(axes: [0], keepingAxes: true)
      }
    }
    precondition(factor != 0 && factor.isFinite, "Expected a factor, but got \(factor).")
  }

  var blockNames: [String] { network.blockNames }

  func block<T: NetworkTensor>(
    _ index: Int, _ x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try network.block(index, x, mode)
  }

  func features<T: NetworkTensor>(
    ofLastBlock x: T, _ mode: ForwardMode
  ) throws(TorchError) -> T {
    try moved(network.features(ofLastBlock: x, mode), by: factor)
  }

  func logits<T: NetworkTensor>(_ features: T, _ mode: ForwardMode) throws(TorchError) -> T {
    try network.logits(moved(features, by: 1 / factor), mode)
  }

  func outputActions(under group: FiniteGroup) -> [String: any GroupAction] {
    network.outputActions(under: group)
  }

  private func moved<T: NetworkTensor>(_ z: T, by factor: Double) throws(TorchError) -> T {
    guard let center else { return try z.scaled(by: factor) }
    // center + factor · (z − center) = factor · z + (1 − factor) · center
    return try z.scaled(by: factor).adding(center.scaled(by: 1 - factor))
  }
}
