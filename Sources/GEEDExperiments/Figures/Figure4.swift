// SPDX-License-Identifier: MIT

import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.3, Figure 4, and appendix, Figures 10 and 16

extension Quantity {
  fileprivate static let latentC8 = Quantity.deviation(.latent, "features", under: "C8")
  fileprivate static let softmaxC8 = Quantity.deviation(.softmax, "logits", under: "C8")
}

extension Figure {
  static let figure4 = Figure(
    title: "Figure 4: random and pretrained weights, latent C8-EED during training (§ 4.3)",
    quantities: [.latentC8, .accuracy], layout: .courses
  ) { record, experiment in
    let comparison = PretrainingComparison(record, experiment)
    return comparison.latentClaims(.latentC8) + [
      Claim(
        "Pretrained networks are more accurate.",
        comparison.contrasts(.accuracy, .below))
    ]
  }

  /// Figure 10, as we understand it: Figure 4 with the rotations and reflections of D8.
  static let figure10 = Figure(
    title: "Figure 10: random and pretrained weights, latent D8-EED during training",
    quantities: [.latent, .accuracy], layout: .courses
  ) { record, experiment in
    let comparison = PretrainingComparison(record, experiment)
    return comparison.latentClaims(.latent) + [
      Claim(
        "The order of networks from random and from pretrained weights is the same under D8 as under "
          + "C8.", comparison.agreement(of: .latentC8, and: .latent))
    ]
  }

  /// Figure 16, as we understand it: Figure 4 with the softmax deviation.
  static let figure16 = Figure(
    title: "Figure 16: random and pretrained weights, softmax C8-EED during training",
    quantities: [.softmaxC8, .accuracy], layout: .courses
  ) { record, experiment in
    [
      Claim(
        "Which networks are more invariant in softmax deviation depends on the architecture.",
        PretrainingComparison(record, experiment).extremes(.softmaxC8))
    ]
  }
}

/// The comparisons of networks from random weights with networks from pretrained weights.
private struct PretrainingComparison {
  private let record: FigureRecord
  private let architectures: [PretrainingExperiment.Architecture]
  private let end: Int

  init(_ record: FigureRecord, _ experiment: any Experiment) {
    self.record = record
    architectures = (experiment as? PretrainingExperiment)?.architectures ?? []
    end = experiment.iterations
  }

  /// § 4.3 on a latent deviation.
  func latentClaims(_ quantity: Quantity) -> [Claim] {
    [
      Claim(
        "After the training the features of networks from random weights are more invariant than "
          + "those of pretrained networks.", contrasts(quantity, .below)),
      Claim(
        "Networks from random weights lose latent invariance during the training.",
        changes(quantity, \.scratch, .above)),
      Claim(
        "Pretrained networks gain latent invariance during the training.",
        changes(quantity, \.pretrained, .below)),
    ]
  }

  /// Random minus pretrained after the training, for each architecture and for their mean.
  func contrasts(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> [ClaimPart] {
    withMean(
      architectures.map {
        record.contrast(
          quantity, between: $0.scratch, and: $0.pretrained, at: end, direction)
      }, "\(quantity.title): scratch − pretrained, mean over architectures", direction)
  }

  /// The last value minus the first, for each architecture and for their mean.
  private func changes(
    _ quantity: Quantity, _ kind: (PretrainingExperiment.Architecture) -> NetworkKind,
    _ direction: ClaimPart.Direction
  ) -> [ClaimPart] {
    withMean(
      architectures.map {
        record.change(of: quantity, kind($0), from: 0, to: end, direction)
      }, "\(quantity.title): iteration \(end) − 0, mean over architectures", direction)
  }

  private func withMean(
    _ parts: [ClaimPart], _ label: String, _ direction: ClaimPart.Direction
  ) -> [ClaimPart] {
    guard parts.count > 1 else { return parts }
    let means = record.seeds.indices.map { seed -> Double? in
      let values = parts.compactMap { $0.values[seed] }
      return values.count == parts.count ? values.reduce(0, +) / Double(values.count) : nil
    }
    return parts + [ClaimPart(label, means, direction)]
  }

  /// For each architecture the contrasts in both quantities, claimed on the side on which that in the
  /// first one lies.
  func agreement(of first: Quantity, and second: Quantity) -> [ClaimPart] {
    architectures.flatMap { architecture in
      func contrast(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> ClaimPart {
        record.contrast(
          quantity, between: architecture.scratch, and: architecture.pretrained, at: end, direction)
      }
      let isAbove = contrast(first, .above).mean.map { $0 > 0 } ?? true
      return [first, second].map { contrast($0, isAbove ? .above : .below) }
    }
  }

  /// The architectures with the greatest and the least contrast, which are claimed to lie on both
  /// sides of 0.
  func extremes(_ quantity: Quantity) -> [ClaimPart] {
    func contrasts(_ direction: ClaimPart.Direction) -> [ClaimPart] {
      architectures.map {
        record.contrast(
          quantity, between: $0.scratch, and: $0.pretrained, at: end, direction)
      }
    }
    return [contrasts(.above).max(by: hasLessMean), contrasts(.below).min(by: hasLessMean)]
      .compactMap(\.self)
  }
}

/// Returns whether one comparison has a smaller mean than another; those without a mean come first.
private func hasLessMean(_ a: ClaimPart, _ b: ClaimPart) -> Bool {
  (a.mean ?? -.infinity) < (b.mean ?? -.infinity)
}
