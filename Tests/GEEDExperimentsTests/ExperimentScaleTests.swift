// SPDX-License-Identifier: MIT

#if Torch
@testable import GEEDExperiments
import GEEDData
import GEEDModels
import Testing

@Suite struct ExperimentScaleTests {
  @Test("The methods of Figure 5 differ in what their names say")
  func selfSupervised() throws {
    let experiment = SelfSupervisedExperiment(.small, at: "data")
    let settings = experiment.kinds.map { experiment.configuration($0, seed: 1) }
    #expect(
      settings.map { $0.objective?.kind } == [nil, nil, .simclr, .simclr, .byol, .rotations])
    let changes = settings.compactMap { settings -> ImageAugmentation? in
      if case .image(let changes) = settings.augmentation { changes } else { nil }
    }
    #expect(changes.map(\.flip) == [0, 0.5, 0.5, 0, 0.5, 0])
    #expect(changes.map { $0.crop != nil } == [false, false, true, true, true, true])
    #expect(Set(settings.map(\.network)).count == 1 && Set(settings.map(\.data)).count == 1)
    for settings in settings {
      #expect(settings.evaluatesByProbe && settings.measure?.group.text == "flip")
      #expect(settings.measure?.samples == 100)
    }
    #expect(experiment.networks.count == 18)
    #expect(experiment.missing == ["cifar10-train.zip"])
  }

  /// § 4.1: ten networks of each kind, 2,000 iterations, 50 points for E and 200 for M.
  @Test("The paper's numbers")
  func paper() {
    let experiment = SixBlockExperiment(.paper, at: "glyphs")
    #expect(experiment.networkCount == 10)
    #expect(experiment.networks.count == 20)
    #expect(experiment.iterations == 2_000)
    #expect(experiment.measurementInterval == 200)
    #expect(experiment.exampleCount == 50)
    #expect(experiment.scaleExampleCount == 200)
  }

  @Test("The small scale changes widths and the number of networks, and nothing else")
  func small() {
    let paper = SixBlockExperiment(.paper, at: "glyphs")
    var small = SixBlockExperiment(.small, at: "glyphs")
    #expect(small.networkCount < paper.networkCount && small.networkCount >= 3)
    #expect(small.conventionalWidth < paper.conventionalWidth)
    #expect(small.steerableWidth < paper.steerableWidth)
    small.networkCount = paper.networkCount
    small.conventionalWidth = paper.conventionalWidth
    small.steerableWidth = paper.steerableWidth
    #expect(small == paper)
  }

  @Test("Both kinds learn the digits 0 to 8, turned anew each time, and are measured alike")
  func configurations() throws {
    let experiment = SixBlockExperiment(.paper, at: "glyphs")
    let conventional = experiment.configuration(.conventional, seed: 3)
    var steerable = experiment.configuration(.steerable, seed: 3)
    #expect(conventional.network.name == "conventional-cnn")
    #expect(steerable.network.name == "steerable-cnn")
    #expect(steerable.network.group == .cyclic(8))
    #expect(conventional.network.classes == 9 && conventional.data.adaptation.classes == 9)
    #expect(conventional.data.adaptation.isRotated && conventional.augmentation == .rotation)
    #expect(conventional.seed == 3)
    let measure = try #require(conventional.measure)
    #expect(measure.group.text == "C8" && measure.samples == 50 && measure.scaleSamples == 200)
    steerable.network = conventional.network
    #expect(steerable == conventional)
  }

  @Test("All networks are measured on the same examples, turned by the same angles")
  func sameExamples() {
    let experiment = SixBlockExperiment(.small, at: "glyphs")
    let settings = experiment.seeds.map {
      experiment.configuration(.conventional, seed: $0)
    }
    #expect(Set(settings.map(\.measure)).count == 1)
    #expect(Set(settings.map(\.data)).count == 1 && settings[0].data.seed != nil)
    #expect(Set(settings.map(\.seed)).count == experiment.networkCount)
  }
}
#endif
