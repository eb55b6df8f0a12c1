// SPDX-License-Identifier: MIT

#if Torch
import GEED
@testable import GEEDExperiments
import GEEDModels
import GEEDReport
import Testing

@Suite struct PretrainingFigureTests {
  private let experiment = PretrainingExperiment(.small, at: "data")

  private static let latentC8 = Quantity.deviation(.latent, "features", under: "C8")
  private static let softmaxC8 = Quantity.deviation(.softmax, "logits", under: "C8")

  /// Networks as § 4.3 describes them; `softmax` gives the excess of networks from random weights
  /// over pretrained ones, by architecture.
  private func record(
    softmax: [Double] = [0.1, -0.1, 0], _ change: (inout FigureRecord) -> Void = { _ in }
  ) -> FigureRecord {
    var record = FigureRecord(seeds: [0, 1])
    for (seed, noise) in [(UInt64(0), 0.0), (1, 1e-4)] {
      for (architecture, excess) in zip(experiment.architectures, softmax) {
        for kind in [architecture.scratch, architecture.pretrained] {
          let isScratch = kind == architecture.scratch
          for iteration in [0, experiment.iterations] {
            let latent = isScratch ? (iteration == 0 ? 0.2 : 0.3) : (iteration == 0 ? 0.6 : 0.5)
            func add(_ value: Double, _ quantity: Quantity) {
              record.add(value + noise, of: quantity, at: .init(kind, at: iteration), seed: seed)
            }
            add(latent, Self.latentC8)
            add(1.1 * latent, .latent)
            add(0.5 + (isScratch ? excess : 0), Self.softmaxC8)
            add(isScratch ? 0.8 : 0.9, .accuracy)
          }
        }
      }
    }
    change(&record)
    return record
  }

  @Test(
    "Where networks are as the paper describes them, every claim holds",
    arguments: [PaperFigure.figure4, .figure10])
  func holds(figure: PaperFigure) {
    let claims = figure.figure.claims(record(), experiment)
    #expect(claims.map(\.verdict) == Array(repeating: .holds, count: 4))
    // Three architectures; the mean over them, or both groups, in each claim.
    #expect(claims.map(\.parts.count) == [4, 4, 4, figure == .figure4 ? 4 : 6])
  }

  @Test("An architecture of the other order is named, also where the mean has the claimed order")
  func otherOrder() throws {
    let architecture = experiment.architectures[1]
    let changed = record { record in
      for seed in [UInt64(0), 1] {
        record.add(
          0.51 + 1e-4 * Double(seed), of: Self.latentC8,
          at: .init(architecture.scratch, at: experiment.iterations), seed: seed)
      }
    }
    let claim = try #require(PaperFigure.figure4.figure.claims(changed, experiment).first)
    #expect(claim.verdict == .doesNotHold)
    #expect(claim.parts.map(\.verdict) == [.holds, .doesNotHold, .holds, .holds])
    #expect(claim.parts[1].label.contains(architecture.title))
    // Under D8 this architecture has the order that the paper claims, not that under C8.
    let agreement = try #require(PaperFigure.figure10.figure.claims(changed, experiment).last)
    #expect(
      agreement.parts.map(\.verdict) == [.holds, .holds, .holds, .doesNotHold, .holds, .holds])
  }

  /// Differences between scratch and pretrained without noise: 0.1, −0.1 and 0.
  @Test(
    "The order of softmax deviations depends on the architecture if two of them differ in sign",
    arguments: [
      ([0.1, -0.1, 0], ClaimVerdict.holds), ([0.1, 0.2, 0.3], .doesNotHold),
      ([-0.1, -0.2, -0.3], .doesNotHold), ([0.1, 0, 0.2], .notResolved),
    ])
  func softmax(excess: [Double], verdict: ClaimVerdict) throws {
    let noisy = record(softmax: excess) { record in
      // Intervals of a few ten thousandths around the differences.
      for (architecture, excess) in zip(experiment.architectures, excess) {
        for seed in [UInt64(0), 1] {
          record.add(
            0.5 + excess + (seed == 0 ? 1e-5 : -1e-5), of: Self.softmaxC8,
            at: .init(architecture.scratch, at: experiment.iterations), seed: seed)
          record.add(
            0.5, of: Self.softmaxC8,
            at: .init(architecture.pretrained, at: experiment.iterations), seed: seed)
        }
      }
    }
    let claims = PaperFigure.figure16.figure.claims(noisy, experiment)
    #expect(claims.map(\.verdict) == [verdict])
  }

  @Test("Networks from random and from pretrained weights differ in the weights alone")
  func configurations() throws {
    let architecture = experiment.architectures[0]
    let scratch = experiment.configuration(architecture.scratch, seed: 2)
    var pretrained = experiment.configuration(architecture.pretrained, seed: 2)
    let weights = try #require(pretrained.network.pretrained)
    #expect(weights.path == "data/models/imagenet-mobilenetv1-0.25.safetensors")
    #expect(weights.head == .new)
    pretrained.network.pretrained = nil
    #expect(pretrained == scratch)
    let measure = try #require(scratch.measure)
    #expect(measure.group.text == "D8" && measure.subgroups == true)
    #expect(measure.samples == 50 && measure.scaleSamples == 200)
  }

  @Test("Latent deviations are those of channel means, also of SqueezeNet")
  func latentTensors() {
    let tensors = experiment.kinds.map { experiment.configuration($0, seed: 0).measure?.latent }
    #expect(
      tensors == [
        ["features"], ["features"], ["pooled"], ["pooled"], ["features"], ["features"],
      ])
    for kind in experiment.kinds {
      let tensor = experiment.configuration(kind, seed: 0).measure?.latent.first ?? ""
      #expect(experiment.name(of: tensor, in: kind) == "features")
      #expect(experiment.name(of: "logits", in: kind) == "logits")
    }
  }

  /// § 4.3: five models of each kind, 10,000 iterations, measured every 200.
  @Test func paper() {
    let paper = PretrainingExperiment(.paper, at: "data")
    #expect(paper.kinds.count == 8 && paper.seeds.count == 5)
    #expect(paper.iterations == 10_000 && paper.measurementInterval == 200)
    #expect(
      paper.missing == [
        "xview", "models/imagenet-resnet50.safetensors", "models/imagenet-alexnet.safetensors",
        "models/imagenet-densenet121.safetensors", "models/imagenet-levit192.safetensors",
      ])
  }
}
#endif
