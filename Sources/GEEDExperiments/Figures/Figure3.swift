// SPDX-License-Identifier: MIT
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.2, Figure 3

/// Figure 3: the networks of Figure 2 on data that they were not trained on, together with
/// untrained networks. M is computed from the data that are measured.
package struct Figure3: Figure {
  // MARK: Settings

  package static func experiment(_ scale: ExperimentScale) -> SixBlockExperiment {
    Figure2.experiment(scale)
  }

  package let title = "Figure 3: deviations on other data (§ 4.2)"
  package let quantities: [Quantity] = [.latent, .softmax]
  package let data = [
    MeasuredData.rotatedMNIST, "kmnist", "notmnist", "cifar10-grey", "mnist-shot-noise-3",
    "mnist-glass-blur-3", "mnist-fog-3", "mnist-zigzag-3",
  ]
  package let showsTrajectory = false

  package init() {}

  // MARK: Claims

  package func claims(
    of record: FigureRecord, in experiment: SixBlockExperiment
  ) -> [Claim] {
    let end = experiment.iterations
    let measured = data.filter { !record.iterations(on: $0).isEmpty }
    func untrained(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> [ClaimPart] {
      measured.flatMap { data in
        NetworkKind.allCases.map { kind in
          ClaimPart(
            "\(data): untrained CNN − \(kind.rawValue)",
            record.differences(
              quantity, .init(.conventional, at: 0, on: data), minus: .init(kind, at: end, on: data)
            ),
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
}
