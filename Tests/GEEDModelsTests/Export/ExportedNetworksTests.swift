// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing

/// One after another: some hold tens of millions of weights.
@Suite(.serialized, .enabled(if: Runtime.isAvailable, Runtime.missing))
struct ExportedNetworksTests {
  /// What differs from another architecture by the number or the width of the same blocks; the published
  /// networks below are all.
  private static let variants: Set<NetworkArchitecture> = [
    .resNet34, .resNet101, .cifarResNet56, .leViT128, .leViT192, .resNetV2r101x1,
  ]

  @Test(
    "ONNX Runtime gives what libtorch gives, in every block",
    arguments: NetworkArchitecture.allCases.filter { !variants.contains($0) })
  func architectures(architecture: NetworkArchitecture) throws {
    // An odd size where the network takes it. AlexNet is left with one pixel, of which its adaptive
    // pooling makes 6 x 6.
    let shape = try #require(
      [[3, 33, 33], [3, 32, 32], [3, 63, 63]].first {
        architecture.validationError(ofImages: $0) == nil
      })
    let weights = try ParameterStore(seed: 1)
    let network = try architecture.makeNetwork(
      classCount: 7, imageShape: shape, parameters: weights.root)
    try expectSameOutputs(network, weights, imageShape: shape, name: architecture.rawValue)
  }

  enum SixBlockNetwork: String, CaseIterable {
    case conventional, steerableC8, steerableD4

    func make(_ plan: SixBlockPlan, _ p: ParameterPath) throws -> any FactoredClassifier {
      switch self {
      case .conventional: try ConventionalCNN(plan: plan, parameters: p)
      case .steerableC8: try SteerableCNN(.cyclic(8), plan: plan, parameters: p)
      case .steerableD4: try SteerableCNN(.dihedral(rotationCount: 4), plan: plan, parameters: p)
      }
    }
  }

  @Test(
    "And so it does for the networks of six blocks", arguments: SixBlockNetwork.allCases)
  func sixBlockNetworks(network: SixBlockNetwork) throws {
    let weights = try ParameterStore(seed: 1)
    try expectSameOutputs(
      network.make(SixBlockPlan().scaled(by: 0.05), weights.root), weights,
      imageShape: [1, 29, 29], name: network.rawValue)
  }

  /// For Scripts/fixtures/check_onnx_exports.py to check as well.
  @Test(
    "The published networks at the published sizes",
    .enabled(if: Exports.folder != nil, "GEED_EXPORTS does not name a folder for their files."),
    arguments: NetworkArchitecture.allCases)
  func publishedNetworks(architecture: NetworkArchitecture) throws {
    let weights = try ParameterStore(seed: 1)
    try expectSameOutputs(
      architecture.makeNetwork(parameters: weights.root), weights,
      imageShape: architecture.publishedImageShape, name: "published-\(architecture.rawValue)")
  }

  private func expectSameOutputs(
    _ classifier: any FactoredClassifier, _ weights: ParameterStore, imageShape: [Int],
    name: String
  ) throws {
    try makeUneven(weights)
    let graph = try classifier.onnxGraph(inputShape: imageShape, parameters: weights)
    let model = try loaded(graph, name: name)
    #expect(model.tensors == classifier.outputNames)
    // Two images were recorded.
    let images = FormulaWeights.input([3] + imageShape)
    let expected = try MeasurableClassifier(classifier).outputs(for: images)
    let found = try model.outputs(for: images)
    for tensor in model.tensors {
      // Rounding of 6e-8 in sums of up to 10⁴ products, one after another in up to 100 layers. The
      // unnormalized sums of BiT's ResNet-v2 let it grow most, to 2e-5 in the small one; there both
      // sides are equally far from double precision.
      expectClose(
        found[tensor], try #require(expected[tensor]), relative: 1e-4, "\(name) \(tensor)")
    }
  }

  /// New networks are too even for a test: all shifts are 0 and all scales 1, some 0. Matrices stay as
  /// they were drawn.
  private func makeUneven(_ weights: ParameterStore) throws {
    for entry in weights.all where entry.tensor.count < 10_000 {
      let shape = entry.tensor.shape
      try entry.tensor.assign(
        TorchTensor(FormulaWeights.values(of: entry.name, shape: shape), shape: shape))
    }
  }
}
#endif
