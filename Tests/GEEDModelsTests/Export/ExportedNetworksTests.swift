// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing

/// ONNX Runtime on the exported networks against libtorch, with another number of pictures than was
/// recorded.
@Suite(.serialized, .enabled(if: Runtime.isAvailable, Runtime.missing))
struct ExportedNetworksTests {
  let weights: ParameterStore

  init() throws {
    weights = try ParameterStore(seed: 0)
  }

  @Test func denseNet() throws {
    try expectSame(DenseNet(classCount: 10, parameters: weights.root), size: 64, "densenet121")
  }

  @Test func leViT() throws {
    try expectSame(
      LeViT(.leViT128S, classCount: 10, imageSize: 96, parameters: weights.root), size: 96,
      "levit_128s")
  }

  @Test func resNetV2() throws {
    try expectSame(
      ResNetV2(.r50x1, classCount: 10, parameters: weights.root), size: 64, "resnetv2_50x1_bit")
  }

  private func expectSame(
    _ network: some FactoredClassifier, size: Int, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try FormulaWeights.fill(weights)
    let model = try loaded(
      network.onnxGraph(inputShape: [3, size, size], parameters: weights), name: name)
    let images = FormulaWeights.input([3, 3, size, size])
    let expected = try MeasurableClassifier(network).outputs(for: images)
    let found = try model.outputs(for: images)
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    for (name, tensor) in expected {
      // Single precision through up to 121 layers, summed in another order.
      expectClose(found[name], tensor, relative: 1e-4, name, sourceLocation: sourceLocation)
    }
  }
}
#endif
