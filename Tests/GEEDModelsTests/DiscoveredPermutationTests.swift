// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDTorch
import Testing

@testable import GEEDModels

/// Channel permutations that are found in networks whose own permutations are known.
@Suite struct DiscoveredPermutationTests {
  /// Images of four blobs, which turns by 45° hardly blur.
  private func images(_ count: Int) -> ArrayDataset {
    var generator = SplitMix64(seed: 4)
    return ArrayDataset(
      (0..<count).map { _ in
        var scalars = [Float](repeating: 0, count: 29 * 29)
        for _ in 0..<4 {
          let x = 14 + 4 * generator.nextGaussian()
          let y = 14 + 4 * generator.nextGaussian()
          let height = generator.nextGaussian()
          for pixel in scalars.indices {
            let (dx, dy) = (Double(pixel % 29) - x, Double(pixel / 29) - y)
            let distance = dx * dx + dy * dy
            scalars[pixel] += Float(height / (1 + distance / 4))
          }
        }
        return Tensor(shape: [1, 29, 29], scalars: scalars)
      })
  }

  private func network(_ group: String) throws -> SteerableCNN {
    var plan = SixBlockPlan()
    plan.widths = [2, 2, 1, 2, 2, 2]
    plan.featureCount = 5
    let store = try ParameterStore(seed: 1)
    let network = try SteerableCNN(
      #require(PlanarGroup(group)), plan: plan, parameters: store.root)
    for entry in store.all where entry.tensor.shape.count == 1 {
      let shape = entry.tensor.shape
      try entry.tensor.assign(
        TorchTensor(FormulaWeights.values(of: entry.name, shape: shape), shape: shape))
    }
    return network
  }

  @Test(
    "The permutations of a steerable network are found in every block", arguments: ["C8", "D4"])
  func steerable(group: String) throws {
    let network = try network(group)
    let action = network.fields[0].symmetry.imageAction
    let measurement = DeviationMeasurement(
      of: MeasurableClassifier(network), on: images(8), under: action,
      probes: network.blockNames.indices.map { index in
        var probe = Probe.channelwise(
          network.blockNames[index], outputAction: network.outputAction(ofBlock: index))
        probe.searchesPermutations = true
        return probe
      })
    for result in try measurement.run(checksIndependence: false).results {
      let found = try #require(result.permutations, "\(result.tensor): \(result.notes)")
      let declared = try #require(found.declared)
      #expect(declared.agreement >= 0.99, "\(result.tensor)")
      let interval = try #require(declared.deviation.confidenceInterval)
      #expect(interval.contains(found.representation.value))
      #expect(found.relations.allSatisfy { $0.share <= 0.01 })
      #expect(found.gain.value > 0, "\(result.tensor)")
      if group == "D4" {
        // Turns of pixels are exact; six layers in single precision.
        #expect(abs(found.representation.value + 1) < 1e-5, "\(result.tensor)")
      }
    }
  }
}
#endif
