// SPDX-License-Identifier: MIT

import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.1, Figure 2, and appendix, Figure 7

/// The accuracy that the paper reports for all networks.
private let claimedAccuracy = 0.98
/// The size below which a change of a channelwise deviation, whose range is 2, counts as none.
private let negligibleChange = 0.01

extension Figure {
  static let figure2 = Figure(
    title: "Figure 2: deviations during training on rotated MNIST (§ 4.1)",
    quantities: (1...6).map(Quantity.block) + [.latent, .softmax, .accuracy],
    layout: .trajectories
  ) { record, experiment in
    let (start, jump, end) = (0, experiment.measurementInterval, experiment.iterations)
    let kinds = experiment.kinds
    return [
      Claim(
        "Networks of both kinds classify over 98 % of the test data rightly.",
        kinds.map {
          ClaimPart(
            $0.rawValue, record.values(.accuracy, .init($0, at: end)), .above, claimedAccuracy)
        }),
      Claim(
        "In every block the C8-CNN is closer to channelwise equivariance than the CNN.",
        (1...6).map { record.contrast(.block($0), at: end, .above) }),
      Claim(
        "The channelwise deviation of the last block is greater than that of the first.",
        kinds.map { record.growth(from: 1, to: 6, of: $0, at: end) }),
      Claim(
        "The channelwise deviation grows from every block to the next.",
        kinds.flatMap { kind in
          (1...5).map { record.growth(from: $0, to: $0 + 1, of: kind, at: end) }
        }),
      Claim(
        "After iteration \(jump) training improves the channelwise deviation of no block (by more "
          + "than \(negligibleChange)).",
        kinds.flatMap { kind in
          (1...6).map {
            record.change(of: .block($0), kind, from: jump, to: end, .above, -negligibleChange)
          }
        }),
      Claim(
        "Latent (ℓ2) and softmax deviations fall from iteration \(jump) to the end.",
        kinds.flatMap { kind in
          [.latent, .softmax].map { record.change(of: $0, kind, from: jump, to: end, .below) }
        }),
      Claim(
        "The latent (ℓ2) deviation falls from the untrained network to the end.",
        kinds.map { record.change(of: .latent, $0, from: start, to: end, .below) }),
      Claim(
        "The C8-CNN is more invariant than the CNN in latent (ℓ2) and softmax deviation.",
        [.latent, .softmax].map { record.contrast($0, at: end, .above) }),
    ] + figure7.claims(record, experiment)
  }

  /// Figure 7, as we understand it: the latent deviations of Figure 2 with the cosine and without M.
  static let figure7 = Figure(
    title: "Figure 7: other latent deviations during training on rotated MNIST",
    quantities: [.latentCosine, .latentCosineWithoutScale, .latent, .latentWithoutScale],
    layout: .trajectories
  ) { record, experiment in
    [
      Claim(
        "In the cosine version with M the CNN is more invariant than the C8-CNN.",
        [record.contrast(.latentCosine, at: experiment.iterations, .below)]),
      Claim(
        "In the cosine version without M the C8-CNN is more invariant than the CNN.",
        [record.contrast(.latentCosineWithoutScale, at: experiment.iterations, .above)]),
    ]
  }
}

extension FigureRecord {
  /// Returns the comparison of one block's channelwise deviation with another's.
  fileprivate func growth(
    from first: Int, to second: Int, of kind: NetworkKind, at iteration: Int
  ) -> ClaimPart {
    let place = Place(kind, at: iteration)
    return ClaimPart(
      "\(kind.rawValue): block\(second) − block\(first)",
      differences((.block(second), place), minus: (.block(first), place)), .above)
  }
}
