// SPDX-License-Identifier: MIT

#if Torch
@testable import GEEDExperiments
import GEEDReport
import Testing

@Suite struct FigureTests {
  private let experiment = SixBlockExperiment(.paper, at: "glyphs")

  /// A world as the paper tells it: two networks of each kind, which differ a little.
  private func record(_ change: (inout FigureRecord) -> Void = { _ in }) -> FigureRecord {
    var record = FigureRecord(seeds: [0, 1])
    for (seed, noise) in [(UInt64(0), 0.0), (1, 1e-4)] {
      for kind in [NetworkKind.conventional, .steerable] {
        let isSteerable = kind == .steerable
        for iteration in [0, 200, 2_000] {
          let place = FigureRecord.Place(kind, at: iteration)
          func add(_ value: Double, _ quantity: Quantity) {
            record.add(value + noise, of: quantity, at: place, seed: seed)
          }
          for block in 1...6 {
            add(
              (isSteerable ? -0.99 : -0.6) + 0.01 * Double(block),
              .deviation(.channelwise, "block\(block)"))
          }
          let progress = iteration == 0 ? 0.4 : iteration == 200 ? 0.2 : 0.1
          add(progress / (isSteerable ? 2 : 1), .deviation(.latent, "features"))
          add(progress / (isSteerable ? 3 : 1), .deviation(.softmax, "logits"))
          add(isSteerable ? -2 : -9, .deviation(.latentCosine, "features"))
          add(isSteerable ? -0.99 : -0.98, .unnormalized(.latentCosine, "features"))
          add(0.99, .accuracy)
        }
      }
    }
    change(&record)
    return record
  }

  @Test(
    "Where the world is as the paper tells it, every claim holds",
    arguments: [PaperFigure.figure2, .figure7])
  func holds(figure: PaperFigure) {
    let claims = figure.figure.claims(record(), experiment)
    #expect(claims.count == (figure == .figure2 ? 10 : 2))
    for claim in claims { #expect(claim.verdict == .holds, "\(claim.statement)") }
  }

  @Test("A claim that does not hold says so, and no other")
  func doesNotHold() {
    let changed = record { record in
      for seed in [UInt64(0), 1] {
        record.add(
          -0.999, of: .deviation(.channelwise, "block3"), at: .init(.conventional, at: 2_000),
          seed: seed)
      }
    }
    let verdicts = PaperFigure.figure2.figure.claims(changed, experiment).map(\.verdict)
    // Block 3 of the CNN is now nearer to equivariance than that of the C8-CNN and than block 2, and
    // has become so after iteration 200.
    #expect(
      verdicts == [
        .holds, .doesNotHold, .holds, .doesNotHold, .doesNotHold, .holds, .holds, .holds, .holds,
        .holds,
      ])
  }

  @Test(
    "Without numbers nothing is resolved", arguments: PaperFigure.allCases.filter { $0 != .figure1 }
  )
  func empty(figure: PaperFigure) {
    let claims = figure.figure.claims(FigureRecord(seeds: [0, 1]), experiment)
    #expect(!claims.isEmpty)
    for claim in claims { #expect(claim.verdict == .notResolved) }
  }

  /// As the definition of M says: ratios of one network to itself need no second seed to be exact.
  @Test("Figure 14 holds where features are scaled, and names the claim that fails")
  func figure14() {
    let experiment = SixBlockExperiment(.paper, at: "glyphs").withChangedFeatures()
    #expect(experiment.measurements.count == 6)
    func verdicts(latentOfScaled: Double) -> [ClaimVerdict] {
      var record = FigureRecord(seeds: [0, 1])
      for (seed, noise) in [(UInt64(0), 1.0), (1, 1.001)] {
        for kind in experiment.kinds {
          let latent = (kind == .steerable ? 0.05 : 0.2) * noise
          func add(_ kind: NetworkKind, _ factor: Double, _ cosines: (Double, Double)) {
            let place = FigureRecord.Place(kind, at: experiment.iterations)
            for (quantity, value) in [
              (Quantity.latent, latent), (.latentWithoutScale, factor * latent),
              (.latentCosine, cosines.0 * noise), (.latentCosineWithoutScale, cosines.1 * noise),
              (.softmax, latent),
            ] { record.add(value, of: quantity, at: place, seed: seed) }
          }
          let cosines = kind == .steerable ? (-1.2, -0.99) : (-1.4, -0.9)
          add(kind, 1, cosines)
          for measurement in experiment.measurements where measurement.network == kind {
            switch measurement.change {
            case .scaled(let factor): add(measurement.kind, factor * latentOfScaled, cosines)
            case .shrunk(let factor): add(measurement.kind, factor, (-1.0, -0.9999))
            case nil: Issue.record("A measurement without a change")
            }
          }
        }
      }
      return Figure.figure14.claims(record, experiment).map(\.verdict)
    }
    #expect(verdicts(latentOfScaled: 1) == Array(repeating: .holds, count: 6))
    #expect(verdicts(latentOfScaled: 1.002) == [.doesNotHold] + Array(repeating: .holds, count: 5))
  }

  @Test("The statements on channel permutations hold where the CNN hides one, and fail where not")
  func figureA4() {
    let experiment = SixBlockExperiment(.paper, at: "glyphs").withFoundPermutations()
    #expect(experiment.measurements.map(\.isTrained) == [true, true, false])
    func verdicts(hidden gain: Double) -> [ClaimVerdict] {
      var record = FigureRecord(seeds: [0, 1])
      for (seed, noise) in [(UInt64(0), 0.0), (1, 1e-4)] {
        for block in 1...6 {
          func add(_ value: Double, _ quantity: PermutedQuantity, _ place: FigureRecord.Place) {
            record.add(
              value + noise, of: .permuted(quantity, "block\(block)"), at: place, seed: seed)
          }
          let trained = FigureRecord.Place(.conventional, at: experiment.iterations)
          add(-0.5, .identity, trained)
          add(-0.5 - gain, .representation, trained)
          add(-0.4 + 2 * noise, .chance, trained)
          add(gain + noise, .gain, trained)
          add(0.02 - noise, .chanceGain, trained)
          add(gain + 0.1 + noise, .ownGain, trained)
          add(0.06 - noise, .ownChanceGain, trained)
          add(0.01, .gain, .init(.conventional, at: 0))
          let steerable = FigureRecord.Place(.steerable, at: experiment.iterations)
          add(-0.9 + 2 * noise, .representation, steerable)
          add(0.999, .agreement, steerable)
        }
      }
      return Figure.figureA4.claims(record, experiment).map(\.verdict)
    }
    #expect(verdicts(hidden: 0.2) == Array(repeating: .holds, count: 5))
    #expect(
      verdicts(hidden: -0.05) == [.holds, .doesNotHold, .doesNotHold, .doesNotHold, .holds])
  }

  /// Deviations in ℓ₂ and cosine of each kind of network, as the paper tells of theirs.
  @Test("Figure 5 holds where the paper's claims do, and names the claim that fails")
  func figure5() {
    let experiment = SelfSupervisedExperiment(.small, at: "data")
    func verdicts(_ change: (inout [NetworkKind: (Double, Double)]) -> Void) -> [ClaimVerdict] {
      var values: [NetworkKind: (Double, Double)] = [
        .supervised: (0.09, -1.1), .supervisedFlip: (0.05, -1.2), .simclr: (0.01, -1.5),
        .simclrWithoutFlip: (0.08, -1.15), .byol: (0.04, -1.18), .rotations: (0.2, -1.05),
      ]
      change(&values)
      var record = FigureRecord(seeds: experiment.seeds)
      for (seed, noise) in zip(experiment.seeds, [0, 1e-4, 3e-4]) {
        for (kind, (euclidean, cosine)) in values {
          let place = FigureRecord.Place(kind, at: experiment.iterations)
          let factor = kind == .simclr ? 2.0 : 1
          record.add(euclidean + factor * noise, of: .latent, at: place, seed: seed)
          record.add(cosine + factor * noise, of: .latentCosine, at: place, seed: seed)
        }
      }
      return Figure.figure5.claims(record, experiment).map(\.verdict)
    }
    #expect(verdicts { _ in } == Array(repeating: .holds, count: 5))
    // Rotation prediction is the most invariant in the cosine.
    #expect(
      verdicts { $0[.rotations]?.1 = -1.7 } == [.doesNotHold, .holds, .holds, .holds, .holds])
    // BYOL is less invariant than supervised training in both distances.
    #expect(
      verdicts { $0[.byol] = (0.06, -1.1) } == [.holds, .holds, .doesNotHold, .holds, .holds])
  }

  @Test("On other data untrained networks stand against trained ones")
  func otherData() {
    var record = FigureRecord(seeds: [0, 1])
    for (seed, noise) in [(UInt64(0), 0.0), (1, 1e-4)] {
      for kind in [NetworkKind.conventional, .steerable] {
        for (iteration, latent, softmax) in [(0, 0.9, 1e-6), (2_000, 0.3, 0.2)]
          as [(Int, Double, Double)]
        {
          let place = FigureRecord.Place(kind, at: iteration, on: "kmnist")
          let share: Double = kind == .steerable ? 0.5 : 1
          record.add(
            share * latent + noise, of: .deviation(.latent, "features"), at: place, seed: seed)
          record.add(
            share * softmax + noise, of: .deviation(.softmax, "logits"), at: place, seed: seed)
        }
      }
    }
    let claims = PaperFigure.figure3.figure.claims(record, experiment)
    #expect(claims.map(\.verdict) == [.holds, .holds, .holds])
    // Only what was measured is asked about.
    #expect(claims.map(\.parts.count) == [2, 2, 1])
  }
}
#endif
