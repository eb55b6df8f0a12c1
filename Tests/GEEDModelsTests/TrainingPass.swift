// SPDX-License-Identifier: MIT

#if Torch
import GEEDModels
import GEEDTorch
import Testing

/// Makes one training pass over two classes and expects that every trained parameter gets a gradient:
/// finite, and not 0 everywhere.
func expectGradientsEverywhere(
  _ classifier: some FactoredClassifier, _ weights: ParameterStore, images shape: [Int],
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let images = try TorchTensor(FormulaWeights.input(shape))
  let labels = try TorchTensor((0..<shape[0]).map { Int64($0 % 2) }, shape: [shape[0]])
  let mode = try ForwardMode.training(TorchGenerator(seed: 1))
  try classifier(images, mode).crossEntropy(labels).backward()
  for entry in weights.all where entry.isTrained {
    let gradient = try #require(
      try entry.tensor.gradient(), "\(entry.name) has no gradient.", sourceLocation: sourceLocation)
    let sumOfSquares = try (gradient * gradient).sum().item()
    #expect(
      sumOfSquares > 0 && sumOfSquares.isFinite, "\(entry.name): the sum of squares.",
      sourceLocation: sourceLocation)
  }
}
#endif
