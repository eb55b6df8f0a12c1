// SPDX-License-Identifier: MIT

import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.2, Figure 3, and appendix, Figure 8

private let otherData = [
  MeasuredData.rotatedMNIST, "kmnist", "notmnist", "cifar10-grey", "mnist-shot-noise-3",
  "mnist-glass-blur-3", "mnist-fog-3", "mnist-zigzag-3",
]

/// Returns those of the data sets that networks were measured on.
private func measuredData(in record: FigureRecord) -> [String] {
  otherData.filter { !record.iterations(on: $0).isEmpty }
}

extension Figure {
  /// The networks of Figure 2 on data that they were not trained on, together with untrained
  /// networks. M is computed from the data that are measured.
  static let figure3 = Figure(
    title: "Figure 3: deviations on other data (§ 4.2)", quantities: [.latent, .softmax],
    data: otherData, showsTrajectory: false
  ) { record, experiment in
    let end = experiment.iterations
    let measured = measuredData(in: record)
    func untrained(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> [ClaimPart] {
      measured.flatMap { data in
        NetworkKind.allCases.map { kind in
          ClaimPart(
            "\(data): untrained CNN − \(kind.rawValue)",
            record.differences(
              (quantity, .init(.conventional, at: 0, on: data)),
              minus: (quantity, .init(kind, at: end, on: data))),
            direction)
        }
      }
    }
    return [
      Claim(
        "The untrained CNN is the least invariant in latent (ℓ2) deviation, on every data set.",
        untrained(.latent, .above)),
      Claim(
        "The untrained CNN is the most invariant in softmax deviation, on every data set.",
        untrained(.softmax, .below)),
      Claim(
        "The C8-CNN is more invariant than the CNN in latent (ℓ2) deviation, on every data set.",
        measured.map { record.contrast(.latent, at: end, on: $0, .above) }),
    ]
  }

  /// Figure 8, as we understand it: the latent deviations of Figure 3 with the cosine and without M.
  /// The claims are those of § 4.1 on the cosine, tested on every data set.
  static let figure8 = Figure(
    title: "Figure 8: other latent deviations on other data",
    quantities: [.latentCosine, .latentCosineWithoutScale, .latentWithoutScale],
    data: otherData, showsTrajectory: false
  ) { record, experiment in
    let measured = measuredData(in: record)
    return [
      Claim(
        "In the cosine version with M the CNN is more invariant than the C8-CNN, on every data set.",
        measured.map { record.contrast(.latentCosine, at: experiment.iterations, on: $0, .below) }),
      Claim(
        "In the cosine version without M the C8-CNN is more invariant than the CNN, on every data "
          + "set.",
        measured.map {
          record.contrast(.latentCosineWithoutScale, at: experiment.iterations, on: $0, .above)
        }),
    ]
  }
}
