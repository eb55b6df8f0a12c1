// SPDX-License-Identifier: MIT

import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.4, Figure 5

extension Figure {
  /// Figure 5, at the scale of the paper on its four published networks, and otherwise on networks that
  /// differ in their training alone. In the published ones a contrastive loss comes together with swaps
  /// of left and right among the augmentations; the claims that separate them are ours.
  static let figure5 = Figure(
    title: "Figure 5: invariance under reflections of networks trained without labels (§ 4.4)",
    quantities: [.latent, .latentCosine, .probeAccuracy], layout: .networks
  ) { record, experiment in
    let end = experiment.iterations
    let distances: [Quantity] = [.latent, .latentCosine]
    func contrasts(
      _ first: NetworkKind, minus others: [NetworkKind], _ direction: ClaimPart.Direction
    ) -> [ClaimPart] {
      others.flatMap { other in
        distances.map { record.contrast($0, between: first, and: other, at: end, direction) }
      }
    }
    let kinds = experiment.kinds + experiment.measurements.map(\.kind)
    let arePublished = experiment.kinds.isEmpty
    let distilled = arePublished ? NetworkKind("DINO") : .byol
    let supervised = arePublished ? NetworkKind.supervised : .supervisedFlip
    /// The contrasts in both distances; that in the cosine is claimed on the other side than that
    /// on which the one in ℓ2 lies.
    func disagreement(_ first: NetworkKind, _ second: NetworkKind) -> [ClaimPart] {
      func contrast(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> ClaimPart {
        record.contrast(quantity, between: first, and: second, at: end, direction)
      }
      let isAbove = contrast(.latent, .above).mean.map { $0 > 0 } ?? true
      return [
        contrast(.latent, isAbove ? .above : .below),
        contrast(.latentCosine, isAbove ? .below : .above),
      ]
    }
    let claims = [
      Claim(
        "Contrastive learning with swaps of left and right is the most invariant in both distances.",
        contrasts(
          .simclr, minus: kinds.filter { $0 != .simclr && $0 != .simclrWithoutFlip },
          .below)),
      Claim(
        "Self-distillation without a contrastive loss is less invariant than contrastive learning, in "
          + "both distances.", contrasts(distilled, minus: [.simclr], .above)),
      Claim(
        "Whether supervised training or self-distillation is more invariant depends on the distance.",
        disagreement(supervised, distilled)),
    ]
    if arePublished { return claims }
    return claims + [
      Claim(
        "Without the swaps contrastive learning is less invariant than with them, and than "
          + "supervised training with them, in both distances.",
        contrasts(.simclrWithoutFlip, minus: [.simclr, .supervisedFlip], .above)),
      Claim(
        "Supervised training is more invariant with swaps of left and right than without, in both "
          + "distances.", contrasts(.supervisedFlip, minus: [.supervised], .below)),
    ]
  }
}
