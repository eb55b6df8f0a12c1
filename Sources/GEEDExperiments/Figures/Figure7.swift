// SPDX-License-Identifier: MIT
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, appendix, Figure 7

/// Figure 7, as we understand it: the latent deviations of Figure 2 in their other versions, with
/// the cosine and without M.
///
/// The networks and the measurements are those of Figure 2.
package struct Figure7: Figure {
  // MARK: Settings

  package static func experiment(_ scale: ExperimentScale) -> SixBlockExperiment {
    Figure2.experiment(scale)
  }

  package let title = "Figure 7: other latent deviations during training on rotated MNIST"
  package let quantities: [Quantity] = [
    .latentCosine, .latentCosineWithoutScale, .latent, .latentWithoutScale,
  ]
  package let data = [MeasuredData.rotatedMNIST]
  package let showsTrajectory = true

  package init() {}

  // MARK: Claims

  package func claims(
    of record: FigureRecord, in experiment: SixBlockExperiment
  ) -> [Claim] {
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
