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
  /// A network of each kind, with what is small about it chosen small.
  enum Network: String, CaseIterable {
    case resNet18, resNet50, cifarResNet20, alexNet, denseNet, leViT128S, resNetV2
    case conventional, steerableC8, steerableD4

    var imageShape: [Int] {
      switch self {
      case .resNet18, .resNet50, .denseNet, .resNetV2: [3, 33, 33]
      case .cifarResNet20: [3, 16, 16]
      // The grid before the adaptive pooling to 6 x 6 has a single pixel.
      case .alexNet: [3, 63, 63]
      case .leViT128S: [3, 64, 64]
      case .conventional, .steerableC8, .steerableD4: [1, 29, 29]
      }
    }

    func make(_ p: ParameterPath) throws -> any FactoredClassifier {
      switch self {
      case .resNet18: try ResNet(.resNet18, classCount: 7, parameters: p)
      case .resNet50: try ResNet(.resNet50, classCount: 7, parameters: p)
      case .cifarResNet20: try CIFARResNet(.resNet20, parameters: p)
      case .alexNet: try AlexNet(classCount: 7, parameters: p)
      case .denseNet: try DenseNet(layerCounts: [2, 2], classCount: 7, parameters: p)
      case .leViT128S: try LeViT(.leViT128S, classCount: 7, imageSize: 64, parameters: p)
      case .resNetV2: try ResNetV2(.r50x1, classCount: 7, parameters: p)
      case .conventional: try ConventionalCNN(plan: SixBlockPlan().scaled(by: 0.2), parameters: p)
      case .steerableC8: try SteerableCNN(plan: SixBlockPlan().scaled(by: 0.05), parameters: p)
      case .steerableD4:
        try SteerableCNN(
          .dihedral(rotationCount: 4), plan: SixBlockPlan().scaled(by: 0.05), parameters: p)
      }
    }
  }

  @Test("ONNX Runtime gives what libtorch gives, in every block", arguments: Network.allCases)
  func outputs(network: Network) throws {
    let weights = try ParameterStore(seed: 1)
    try expectSameOutputs(
      network.make(weights.root), weights, imageShape: network.imageShape, name: "\(network)")
  }

  /// The published networks in full, whose files Scripts/fixtures/check_onnx_exports.py checks.
  enum PublishedNetwork: String, CaseIterable {
    case resNet18, resNet34, resNet50, resNet101, cifarResNet20, cifarResNet56, alexNet
    case denseNet121, leViT128S, leViT128, leViT192, bitR50x1, bitR101x1

    func make(_ p: ParameterPath) throws -> any FactoredClassifier {
      switch self {
      case .resNet18: try ResNet(.resNet18, parameters: p)
      case .resNet34: try ResNet(.resNet34, parameters: p)
      case .resNet50: try ResNet(.resNet50, parameters: p)
      case .resNet101: try ResNet(.resNet101, parameters: p)
      case .cifarResNet20: try CIFARResNet(.resNet20, parameters: p)
      case .cifarResNet56: try CIFARResNet(.resNet56, parameters: p)
      case .alexNet: try AlexNet(parameters: p)
      case .denseNet121: try DenseNet(parameters: p)
      case .leViT128S: try LeViT(.leViT128S, parameters: p)
      case .leViT128: try LeViT(.leViT128, parameters: p)
      case .leViT192: try LeViT(.leViT192, parameters: p)
      case .bitR50x1: try ResNetV2(.r50x1, parameters: p)
      case .bitR101x1: try ResNetV2(.r101x1, parameters: p)
      }
    }
  }

  @Test(
    "The published networks at the published sizes",
    .enabled(if: Exports.folder != nil, "GEED_EXPORTS does not name a folder for their files."),
    arguments: PublishedNetwork.allCases)
  func publishedNetworks(network: PublishedNetwork) throws {
    let weights = try ParameterStore(seed: 1)
    let side = network.rawValue.hasPrefix("cifar") ? 32 : 224
    try expectSameOutputs(
      network.make(weights.root), weights, imageShape: [3, side, side],
      name: "published-\(network)")
  }

  private func expectSameOutputs(
    _ classifier: any FactoredClassifier, _ weights: ParameterStore, imageShape: [Int],
    name: String
  ) throws {
    try makeUneven(weights)
    let graph = try classifier.onnxGraph(inputShape: imageShape, parameters: weights)
    let model = try loaded(graph, name: name)
    #expect(model.tensors == classifier.blockNames + ["features", "logits"])
    // Two pictures were recorded.
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
