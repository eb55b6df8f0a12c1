// SPDX-License-Identifier: MIT

import Foundation
import GEEDModels
import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, appendix A.7: why latent deviations are divided by M

/// The changes that the figure makes.
private let factors = [0.1, 10]
private let shrinkage = 0.1
/// The relative error up to which two numbers count as equal. Features are 32-bit floats, and the
/// distance of two shrunk features loses the digits that they share: one or two of seven.
private let tolerance = 1e-3

private func text(_ factor: Double) -> String { String(format: "%g", factor) }

extension NetworkKind {
  fileprivate func scaled(by factor: Double) -> NetworkKind {
    NetworkKind("\(rawValue), features x \(text(factor))")
  }

  fileprivate var shrunk: NetworkKind {
    NetworkKind("\(rawValue), features shrunk to their mean x \(text(shrinkage))")
  }
}

extension SixBlockExperiment {
  /// Adds measurements of the trained networks with changed features.
  func withChangedFeatures() -> Self {
    var experiment = self
    experiment.measurementTag = "figure14"
    var settings = measurement
    settings.channelwise = []
    experiment.measurements = kinds.flatMap { kind in
      factors.map {
        NetworkMeasurement(
          of: kind, as: kind.scaled(by: $0), change: .scaled(by: $0), settings)
      } + [NetworkMeasurement(of: kind, as: kind.shrunk, change: .shrunk(by: shrinkage), settings)]
    }
    return experiment
  }
}

extension Figure {
  /// Figure 14, as we understand it: one function f whose features are scaled, or shrunk towards
  /// their mean, between f₁ and f₂. The statements are consequences of the definition of M, equation
  /// (5), and are ours.
  static let figure14 = Figure(
    title: "Figure 14: why M, latent deviations of changed features (A.7)",
    quantities: [
      .latent, .latentWithoutScale, .latentCosine, .latentCosineWithoutScale, .softmax,
    ],
    layout: .networks
  ) { record, experiment in
    let end = experiment.iterations
    /// The relative distance between `expected` and the quotient of a number with and without a
    /// change.
    func ratios(
      _ quantity: Quantity, _ change: (NetworkKind) -> NetworkKind, _ expected: Double
    ) -> [ClaimPart] {
      experiment.kinds.map { kind in
        let changed = change(kind)
        let values = record.ratios(
          (quantity, .init(changed, at: end)), over: (quantity, .init(kind, at: end)))
        return ClaimPart(
          "\(quantity.title): \(changed.rawValue) / \(kind.rawValue), distance from \(text(expected))",
          values.map { $0.map { abs($0 / expected - 1) } }, .below, tolerance)
      }
    }
    func scalings(_ quantity: Quantity, _ expected: (Double) -> Double) -> [ClaimPart] {
      factors.flatMap { factor in
        ratios(quantity, { $0.scaled(by: factor) }, expected(factor))
      }
    }
    return [
      Claim(
        "Features times a factor, with the same f: the latent (ℓ2) deviation without M is multiplied "
          + "by the factor.", scalings(.latentWithoutScale) { $0 }),
      Claim(
        "With M it does not change, nor do the cosine and the softmax deviation.",
        [Quantity.latent, .latentCosine, .latentCosineWithoutScale, .softmax].flatMap {
          scalings($0) { _ in 1 }
        }),
      Claim(
        "Without M the CNN with features times 0.1 is more invariant (ℓ2) than the C8-CNN, with M it "
          + "is less invariant: the order of two networks depends on M.",
        [
          record.contrast(
            .latentWithoutScale, between: .conventional.scaled(by: 0.1), at: end, .below),
          record.contrast(
            .latent, between: .conventional.scaled(by: 0.1), at: end, .above),
        ]),
      Claim(
        "The order of the networks as they were trained depends on M in the cosine version.",
        [
          record.contrast(.latentCosineWithoutScale, at: end, .above),
          record.contrast(.latentCosine, at: end, .below),
        ]),
      Claim(
        "Features shrunk to their mean look ten times as invariant without M (ℓ2), and with M not.",
        ratios(.latentWithoutScale, \.shrunk, shrinkage) + ratios(.latent, \.shrunk, 1)),
      Claim(
        "In the cosine version features shrunk to their mean look more invariant without M, and with "
          + "M less.",
        experiment.kinds.flatMap { kind in
          [
            record.contrast(
              .latentCosineWithoutScale, between: kind.shrunk, and: kind, at: end, .below),
            record.contrast(.latentCosine, between: kind.shrunk, and: kind, at: end, .above),
          ]
        }),
    ]
  }
}
