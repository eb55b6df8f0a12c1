// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDTorch
import Testing

@Suite struct NetworkArchitectureTests {
  @Test(
    "Every name makes a network for the classes that are asked for",
    arguments: NetworkArchitecture.allCases)
  func networks(architecture: NetworkArchitecture) throws {
    #expect(NetworkArchitecture(rawValue: architecture.rawValue) == architecture)
    let shape = Self.smallImageShape(of: architecture)
    #expect(architecture.validationError(ofImages: shape) == nil)
    #expect(architecture.validationError(ofImages: architecture.publishedImageShape) == nil)
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(
      classCount: 3, imageShape: shape, parameters: weights.root)
    let logits = try withoutGradients { try network(TorchTensor.full(0.5, shape: [1] + shape)) }
    #expect(logits.shape == [1, 3])
    try expectHead(of: network, weights, imageShape: shape)
  }

  /// f₂ reads the parameters of the head, all of them and no others; f₁ reads the others alone.
  private func expectHead(
    of network: some FactoredClassifier, _ weights: ParameterStore, imageShape: [Int]
  ) throws {
    func shiftVectors(where isChosen: (String) -> Bool) throws {
      for entry in weights.all where entry.tensor.shape.count == 1 && isChosen(entry.name) {
        try entry.tensor.assign(entry.tensor.shifted(by: 0.01))
      }
    }
    // Where scales start at 0, weights behind them would not matter.
    try shiftVectors { _ in true }
    let images = try TorchTensor(FormulaWeights.input([2] + imageShape))
    func outputs() throws -> (features: Tensor, logits: Tensor) {
      try withoutGradients {
        let features = try network.features(images)
        return (try features.host(), try network.logits(features, .evaluation).host())
      }
    }
    let before = try outputs()
    let heads = weights.all.filter { network.isHead($0.name) }
    #expect(heads.contains { $0.name.hasSuffix("weight") })
    for entry in heads {
      let kept = try entry.tensor.cloned()
      try entry.tensor.assign(entry.tensor.shifted(by: 0.25))
      let after = try outputs()
      #expect(after.features == before.features, "\(entry.name)")
      #expect(after.logits != before.logits, "\(entry.name)")
      try entry.tensor.assign(kept)
    }
    let features = try TorchTensor(before.features)
    try shiftVectors { !network.isHead($0) }
    let after = try withoutGradients { try network.logits(features, .evaluation).host() }
    #expect(after == before.logits)
    #expect(try outputs().features != before.features)
  }

  @Test(
    "Names and classes are those of the published weights",
    arguments: [
      ("resnet18", 11_689_512), ("cifar-resnet20", 269_722), ("densenet121", 7_978_856),
      ("mobilenetv1", 4_231_976),
    ])
  func published(name: String, parameterCount: Int) throws {
    let weights = try ParameterStore(seed: 0)
    _ = try NetworkArchitecture(rawValue: name)?.makeNetwork(parameters: weights.root)
    #expect(weights.parameterCount == parameterCount)
  }

  @Test func imagesThatDoNotFit() {
    let resNet = NetworkArchitecture.resNet18
    #expect(
      resNet.validationError(ofImages: [1, 28, 28])
        == "resnet18 takes images of 3 channels, but these have 1")
    #expect(
      resNet.validationError(ofImages: [28, 28])
        == "expected images [C, H, W], but got shape [28, 28]")
    #expect(
      resNet.validationError(ofImages: [3, 0, 28])
        == "expected images [C, H, W], but got shape [3, 0, 28]")
  }

  @Test(
    "Images can be too small",
    arguments: [
      (NetworkArchitecture.alexNet, 62), (.denseNet121, 28), (.squeezeNet11, 16),
    ])
  func smallImages(architecture: NetworkArchitecture, size: Int) {
    #expect(
      architecture.validationError(ofImages: [3, size, 100])
        == "\(architecture.rawValue) takes images of \(size + 1) x \(size + 1) pixels or more, "
        + "but these are \(size) x 100")
    #expect(architecture.validationError(ofImages: [3, size + 1, size + 1]) == nil)
  }

  @Test func weightsBoundToOneSize() {
    for (height, width) in [(40, 40), (32, 48)] {
      #expect(
        NetworkArchitecture.leViT192.validationError(ofImages: [3, height, width])
          == "levit_192 takes square images whose size is a multiple of 16, "
          + "but these are \(height) x \(width)")
    }
    #expect(NetworkArchitecture.leViT128.validationError(ofImages: [3, 48, 48]) == nil)
  }

  @Test("The smallest images leave one number of each channel", arguments: [1, 17])
  func smallestImages(size: Int) throws {
    let architecture = size == 17 ? NetworkArchitecture.squeezeNet11 : .mobileNetV1
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(
      classCount: 3, imageShape: [3, size, size], parameters: weights.root)
    let images = try TorchTensor.full(0.5, shape: [1, 3, size, size])
    let blocks = try withoutGradients {
      try network.activations(images, throughBlock: network.blockNames.count)
    }
    #expect(blocks.last?.shape.suffix(2) == [1, 1])
  }

  /// The smallest that the network takes, or a little more.
  private static func smallImageShape(of architecture: NetworkArchitecture) -> [Int] {
    switch architecture {
    case .alexNet: [3, 63, 63]
    default: [3, 32, 32]
    }
  }
}
#endif
