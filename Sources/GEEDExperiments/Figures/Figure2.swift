// SPDX-License-Identifier: MIT
// In What Ways Are Deep Neural Networks Invariant and How Should We Measure This?, Kvinge et al. 2022,
// https://arxiv.org/abs/2210.03773, § 4.1, Figure 2

import GEEDModels

/// Figure 2: channelwise, latent and softmax deviations of conventional and C8-steerable networks
/// during training on rotated MNIST with random rotations.
package struct Figure2: Figure {
  // MARK: Settings

  package static func experiment(_ scale: ExperimentScale) -> SixBlockExperiment {
    var optimizer = OptimizerSettings()
    optimizer.kind = .adamw
    optimizer.rate = 3e-3
    optimizer.decay = .cosine
    optimizer.warmUp = 100
    optimizer.weightDecay = 1e-4
    var experiment = SixBlockExperiment(
      networkCount: 10, iterations: 2_000, measurementInterval: 200, exampleCount: 50,
      scaleExampleCount: 200, conventionalWidth: 2, steerableWidth: 1, optimizer: optimizer,
      evaluation: EvaluationSettings(every: 1_000, count: nil))
    switch scale {
    case .paper: break
    case .small:
      experiment.networkCount = 3
      experiment.conventionalWidth = 1.0 / 2
      experiment.steerableWidth = 1.0 / 12
    case .demo:
      experiment.networkCount = 3
      experiment.conventionalWidth = 1.0 / 3
      experiment.steerableWidth = 1.0 / 16
      experiment.iterations = 300
      experiment.measurementInterval = 100
      experiment.evaluation = EvaluationSettings(every: 100, count: 1_000)
      experiment.trainingCount = 5_000
    case .tiny:
      experiment.networkCount = 2
      experiment.conventionalWidth = 1.0 / 24
      experiment.steerableWidth = 1.0 / 96
      experiment.iterations = 6
      experiment.measurementInterval = 2
      experiment.exampleCount = 3
      experiment.scaleExampleCount = 4
      experiment.batch = 4
      experiment.optimizer.warmUp = 1
      experiment.evaluation = EvaluationSettings(every: 6, count: 20)
      experiment.trainingCount = 40
    }
    return experiment
  }

  package let title = "Figure 2: deviations during training on rotated MNIST (§ 4.1)"
  package let quantities =
    (1...6).map(Quantity.block) + [.latent, .softmax, .accuracy]
  package let data = [MeasuredData.rotatedMNIST]
  package let showsTrajectory = true

  package init() {}

  // MARK: Claims

  /// The accuracy that the paper reports for all networks.
  static let claimedAccuracy = 0.98
  /// The size below which a change of a channelwise deviation counts as none. The range of the
  /// deviation is 2.
  static let negligibleChange = 0.01

  package func claims(
    of record: FigureRecord, in experiment: SixBlockExperiment
  ) -> [Claim] {
    let (start, jump, end) = (0, experiment.measurementInterval, experiment.iterations)
    return [
      Claim(
        "Networks of both kinds classify over 98 % of the test data rightly.",
        NetworkKind.allCases.map {
          ClaimPart(
            $0.rawValue, record.values(.accuracy, .init($0, at: end)), .above,
            Self.claimedAccuracy)
        }),
      Claim(
        "In every block the C8-CNN is closer to channelwise equivariance than the CNN.",
        (1...6).map {
          ClaimPart(
            "block\($0): CNN − C8-CNN",
            record.differences(
              .block($0), .init(.conventional, at: end), minus: .init(.steerable, at: end)),
            .above)
        }),
      Claim(
        "The channelwise deviation of the last block is greater than that of the first.",
        NetworkKind.allCases.map { record.growth(from: 1, to: 6, of: $0, at: end) }),
      Claim(
        "The channelwise deviation grows from every block to the next.",
        NetworkKind.allCases.flatMap { kind in
          (1...5).map { record.growth(from: $0, to: $0 + 1, of: kind, at: end) }
        }),
      Claim(
        "After iteration \(jump) training improves the channelwise deviation of no block (by more "
          + "than \(Self.negligibleChange)).",
        NetworkKind.allCases.flatMap { kind in
          (1...6).map {
            record.change(
              of: .block($0), kind, from: jump, to: end, .above, -Self.negligibleChange)
          }
        }),
      Claim(
        "Latent (ℓ2) and softmax deviations fall from iteration \(jump) to the end.",
        NetworkKind.allCases.flatMap { kind in
          [Quantity.latent, .softmax].map {
            record.change(of: $0, kind, from: jump, to: end, .below)
          }
        }),
      Claim(
        "The latent (ℓ2) deviation falls from the untrained network to the end.",
        NetworkKind.allCases.map {
          record.change(of: .latent, $0, from: start, to: end, .below)
        }),
      Claim(
        "The C8-CNN is more invariant than the CNN in latent (ℓ2) and softmax deviation.",
        [Quantity.latent, .softmax].map { record.contrast($0, at: end, .above) }),
    ] + Figure7().claims(of: record, in: experiment)
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

  /// Returns the comparison of a number between two iterations.
  func change(
    of quantity: Quantity, _ kind: NetworkKind, from first: Int, to last: Int,
    _ direction: ClaimPart.Direction, _ bound: Double = 0
  ) -> ClaimPart {
    ClaimPart(
      "\(kind.rawValue), \(quantity.title): iteration \(last) − \(first)",
      differences(quantity, Place(kind, at: last), minus: Place(kind, at: first)), direction,
      bound)
  }

  /// Returns the comparison between a number of the CNN and that of the C8-CNN. `data` is `nil` for
  /// rotated MNIST, which the label then leaves out.
  func contrast(
    _ quantity: Quantity, at iteration: Int, on data: String? = nil,
    _ direction: ClaimPart.Direction
  ) -> ClaimPart {
    let measured = data ?? MeasuredData.rotatedMNIST
    return ClaimPart(
      "\(data.map { "\($0), " } ?? "")\(quantity.title): CNN − C8-CNN",
      differences(
        quantity, Place(.conventional, at: iteration, on: measured),
        minus: Place(.steerable, at: iteration, on: measured)), direction)
  }
}
