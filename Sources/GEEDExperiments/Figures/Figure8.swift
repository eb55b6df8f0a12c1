// SPDX-License-Identifier: MIT
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, appendix, Figure 8

/// Figure 8, as we understand it: the latent deviations of Figure 3 in their other versions, with
/// the cosine and without M.
///
/// The networks and the measurements are those of Figure 3.
package struct Figure8: Figure {
  // MARK: Settings

  package static func experiment(_ scale: ExperimentScale) -> SixBlockExperiment {
    Figure2.experiment(scale)
  }

  package let title = "Figure 8: other latent deviations on other data"
  package let quantities: [Quantity] = [
    .latentCosine, .latentCosineWithoutScale, .latentWithoutScale,
  ]
  package let data = Figure3().data
  package let showsTrajectory = false

  package init() {}

  // MARK: Claims

  /// The claims of § 4.1 on the cosine for the training's data, tested on every data set.
  package func claims(
    of record: FigureRecord, in experiment: SixBlockExperiment
  ) -> [Claim] {
    let measured = data.filter { !record.iterations(on: $0).isEmpty }
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
