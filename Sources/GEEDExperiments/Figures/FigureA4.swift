// SPDX-License-Identifier: MIT

import GEEDModels
import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, appendix A.4, which asks for permutations of channels

private let blocks = 1...6
/// The agreement of permutations above which they count as found.
private let foundShare = 0.99

extension SixBlockExperiment {
  /// Adds a search for channel permutations in the trained networks and in the untrained CNNs, half of
  /// whose examples, as many as in Figure 2, are measured.
  func withFoundPermutations() -> Self {
    var experiment = self
    experiment.measurementTag = "figureA4"
    var settings = measurement
    settings.samples = 2 * exampleCount
    settings.latent = []
    settings.latentCosine = []
    settings.softmax = []
    experiment.measurements =
      kinds.map { NetworkMeasurement(of: $0, searchesPermutations: true, settings) } + [
        NetworkMeasurement(
          of: .conventional, isTrained: false, searchesPermutations: true, settings)
      ]
    return experiment
  }
}

extension Figure {
  /// A.4: whether networks without fields hide a permutation of their channels that is one of the
  /// group. The statements are ours.
  static let figureA4 = Figure(
    title: "A.4: channel permutations found in the networks of Figure 2",
    quantities: blocks.flatMap { block in
      PermutedQuantity.allCases.map { Quantity.permuted($0, "block\(block)") }
    },
    layout: .networks
  ) { record, experiment in
    let end = experiment.iterations
    func parts(_ part: (_ block: String) -> ClaimPart) -> [ClaimPart] {
      blocks.map { part("block\($0)") }
    }
    func difference(
      _ first: PermutedQuantity, minus second: PermutedQuantity, of kind: NetworkKind
    ) -> [ClaimPart] {
      parts { block in
        ClaimPart(
          "\(kind.rawValue), \(block): \(first.rawValue) − \(second.rawValue)",
          record.differences(
            (.permuted(first, block), .init(kind, at: end)),
            minus: (.permuted(second, block), .init(kind, at: end))), .above)
      }
    }
    return [
      Claim(
        "In the C8-CNN the permutations of its fields are found.",
        parts { block in
          ClaimPart(
            "C8-CNN, \(block): share of channels",
            record.values(.permuted(.agreement, block), .init(.steerable, at: end)), .above,
            foundShare)
        }),
      Claim(
        "Every block of the CNN is closer to equivariance with permuted channels than in place.",
        difference(.identity, minus: .representation, of: .conventional)),
      Claim(
        "Permuted channels of the CNN gain more than those of shuffled pairs of examples.",
        difference(.gain, minus: .chanceGain, of: .conventional)
          + difference(.ownGain, minus: .ownChanceGain, of: .conventional)),
      Claim(
        "Training is the reason: permuted channels gain more than in the untrained CNN.",
        parts { block in
          record.change(of: .permuted(.gain, block), .conventional, from: 0, to: end, .above)
        }),
      Claim(
        "The C8-CNN remains closer to equivariance than the CNN with permuted channels.",
        parts { block in
          record.contrast(.permuted(.representation, block), at: end, .above)
        }),
    ]
  }
}
