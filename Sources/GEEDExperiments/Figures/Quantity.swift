// SPDX-License-Identifier: MIT

import GEED

/// A number that a figure shows for each network.
package enum Quantity: Hashable, Sendable {
  /// A deviation as it is defined, for latent metrics divided by M; under a subgroup such as C8 if
  /// one is named, and under the whole group otherwise.
  case deviation(Metric, String, under: String? = nil)
  /// A latent deviation before it is divided by M.
  case unnormalized(Metric, String, under: String? = nil)
  /// The share of test data that is classified correctly.
  case accuracy

  package var title: String {
    switch self {
    case .deviation(let metric, let tensor, let group):
      Self.title(metric, tensor) + (group.map { ", \($0)" } ?? "")
    case .unnormalized(let metric, let tensor, let group):
      "\(metric == .channelwise ? metric.rawValue : Self.title(metric, tensor)) without M"
        + (group.map { ", \($0)" } ?? "")
    case .accuracy: "test accuracy"
    }
  }

  private static func title(_ metric: Metric, _ tensor: String) -> String {
    switch metric {
    case .channelwise: tensor
    case .latent: "latent ℓ2"
    case .latentCosine: "latent cosine"
    case .softmax: "softmax"
    }
  }

  /// The channelwise deviation of block `number`, from 1 to 6.
  static func block(_ number: Int) -> Quantity { .deviation(.channelwise, "block\(number)") }
  static let latent = Quantity.deviation(.latent, "features")
  static let latentWithoutScale = Quantity.unnormalized(.latent, "features")
  static let latentCosine = Quantity.deviation(.latentCosine, "features")
  static let latentCosineWithoutScale = Quantity.unnormalized(.latentCosine, "features")
  static let softmax = Quantity.deviation(.softmax, "logits")
}
