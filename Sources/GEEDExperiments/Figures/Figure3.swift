// SPDX-License-Identifier: MIT

import GEEDReport
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.2, Figure 3, and appendix, Figure 8

private let measuredData = [
  "kmnist", "notmnist", "cifar10-grey", "mnist-shot-noise-3", "mnist-glass-blur-3", "mnist-fog-3",
  "mnist-zigzag-3",
]

extension SixBlockExperiment {
  /// Adds the measurements of trained and untrained networks on those of the other data that exist.
  func onOtherData() -> Self {
    var experiment = self
    experiment.otherData = measuredData
    experiment.measurements = data.available(measuredData).flatMap { data in
      kinds.flatMap { kind in
        [false, true].map {
          NetworkMeasurement(of: kind, on: data, isTrained: $0, measurement)
        }
      }
    }
    return experiment
  }
}

/// Returns the data sets that networks were measured on: first, as `nil`, the test part of the
/// training data.
private func measured(in record: FigureRecord) -> [String?] {
  ([nil] + measuredData).filter { !record.iterations(on: $0).isEmpty }
}

extension Figure {
  /// The networks of Figure 2 on data that they were not trained on, together with untrained
  /// networks. M is computed from the data that are measured.
  static let figure3 = Figure(
    title: "Figure 3: deviations on other data (§ 4.2)", quantities: [.latent, .softmax],
    layout: .data
  ) { record, experiment in
    let end = experiment.iterations
    let data = measured(in: record)
    func untrained(_ quantity: Quantity, _ direction: ClaimPart.Direction) -> [ClaimPart] {
      data.flatMap { data in
        experiment.kinds.map { kind in
          ClaimPart(
            "\(data ?? experiment.dataName): untrained CNN − \(kind.rawValue)",
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
        data.map {
          record.contrast(
            .latent, at: end, on: $0, named: $0 ?? experiment.dataName, .above)
        }),
    ]
  }

  /// Figure 8, as we understand it: the latent deviations of Figure 3 with the cosine and without M.
  /// The claims are those of § 4.1 on the cosine, tested on every data set.
  static let figure8 = Figure(
    title: "Figure 8: other latent deviations on other data",
    quantities: [.latentCosine, .latentCosineWithoutScale, .latentWithoutScale],
    layout: .data
  ) { record, experiment in
    let data = measured(in: record)
    return [
      Claim(
        "In the cosine version with M the CNN is more invariant than the C8-CNN, on every data set.",
        data.map {
          record.contrast(
            .latentCosine, at: experiment.iterations, on: $0, named: $0 ?? experiment.dataName,
            .below)
        }),
      Claim(
        "In the cosine version without M the C8-CNN is more invariant than the CNN, on every data "
          + "set.",
        data.map {
          record.contrast(
            .latentCosineWithoutScale, at: experiment.iterations, on: $0,
            named: $0 ?? experiment.dataName, .above)
        }),
    ]
  }
}
