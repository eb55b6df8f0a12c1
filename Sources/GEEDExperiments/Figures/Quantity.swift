// SPDX-License-Identifier: MIT

import GEED

/// A number that a figure shows for each network.
package enum Quantity: Hashable, Sendable {
  /// A deviation as it is defined, for latent metrics divided by M; under a subgroup such as C8 if
  /// one is named, and under the whole group otherwise.
  case deviation(Metric, String, under: String? = nil)
  /// A latent deviation before it is divided by M.
  case unnormalized(Metric, String, under: String? = nil)
  /// A number of the channel permutations that were found in a tensor.
  case permuted(PermutedQuantity, String)
  /// The share of test data that is classified correctly.
  case accuracy
  /// The share of test data that a linear classifier of the features classifies correctly.
  case probeAccuracy

  /// Whether the number is a share of examples.
  package var isShare: Bool { [.accuracy, .probeAccuracy].contains(self) }

  package var title: String {
    switch self {
    case .deviation(let metric, let tensor, let group):
      Self.title(metric, tensor) + (group.map { ", \($0)" } ?? "")
    case .unnormalized(let metric, let tensor, let group):
      "\(Self.title(metric, tensor)) without M"
        + (group.map { ", \($0)" } ?? "")
    case .permuted(let quantity, let tensor): "\(tensor), \(quantity.rawValue)"
    case .accuracy: "test accuracy"
    case .probeAccuracy: "linear-probe accuracy"
    }
  }

  private static func title(_ metric: Metric, _ tensor: String) -> String {
    switch metric {
    case .channelwise, .equivariance: tensor
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

/// A number of the channel permutations that were found in a tensor, by its name in tables.
package enum PermutedQuantity: String, Sendable, CaseIterable {
  /// The channelwise deviation with the channels in place, on the measured half of the examples.
  case identity = "in place"
  /// The deviation with a representation of the group.
  case representation
  /// The deviation with a permutation of its own for each element.
  case own = "for each element"
  /// The deviation with the channels in place in pairs of different examples.
  case identityChance = "chance, in place"
  /// The deviation with a representation found in pairs of different examples.
  case chance = "chance, representation"
  /// The deviation with a permutation of its own for each element, found in such pairs.
  case ownChance = "chance, for each element"
  /// The difference of ``identity`` and ``representation`` for the same network.
  case gain
  /// The difference of ``identity`` and ``own``.
  case ownGain = "gain for each element"
  /// The difference of ``identityChance`` and ``chance``.
  case chanceGain = "gain by chance"
  /// The difference of ``identityChance`` and ``ownChance``.
  case ownChanceGain = "gain for each element by chance"
  /// The largest share of channels on which the best permutations violate a relation.
  case defect = "violated relations"
  /// The share of channels on which the fields of the network and the representation agree.
  case agreement = "agreement with the fields"

  /// Returns the number of permutations that were found; `nil` if there is none.
  func value(of permutations: ChannelPermutations) -> Double? {
    switch self {
    case .identity: permutations.identity.value
    case .representation: permutations.representation.value
    case .own: permutations.own.value
    case .identityChance: permutations.identityChance?.value
    case .chance: permutations.chance.value
    case .ownChance: permutations.ownChance.value
    case .gain: permutations.gain.value
    case .ownGain: permutations.identity.value - permutations.own.value
    case .chanceGain:
      permutations.identityChance.map { $0.value - permutations.chance.value }
    case .ownChanceGain:
      permutations.identityChance.map { $0.value - permutations.ownChance.value }
    case .defect: permutations.relations.map(\.share).max()
    case .agreement: permutations.declared?.agreement
    }
  }
}
