// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing

/// Where the real data are, if anywhere.
private let data = ProcessInfo.processInfo.environment["GEED_DATA"]

/// ResNet-20 with weights that others have trained on CIFAR-10, from the folder that GEED_DATA names.
@Suite(.enabled(if: data != nil, "GEED_DATA does not name a folder with models."))
struct PublishedWeightsTests {
  private static let models = "\(data ?? "")/models"

  private let dataset: ImageFolder
  private let model: MeasurableClassifier

  init() throws {
    dataset = try ImageFolder(
      path: "\(data ?? "")/cifar10-test",
      preprocessing: Preprocessing(
        mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225]))
    let weights = try ParameterStore(seed: 0)
    model = MeasurableClassifier(try CIFARResNet(depth: 3, parameters: weights.root))
    try weights.load("\(Self.models)/cifar10-resnet20.safetensors")
  }

  /// The number that the ONNX file of the same weights gives; see the README beside it.
  @Test func rightAnswersAreAsManyAsTheONNXFileGives() throws {
    var correct = 0
    try forEachBatch { indices, images in
      let logits = try #require(model.outputs(for: images)["logits"])
      for (row, index) in indices.enumerated() {
        let scores = logits.row(row).scalars
        let answer = scores.indices.max { scores[$0] < scores[$1] }
        correct += answer == dataset.label(at: index) ? 1 : 0
      }
    }
    #expect(dataset.count == 600)
    #expect(correct == 487)
  }

  /// Both run some twenty layers in single precision, in another order of sums: 1e-4 of the greatest
  /// logit leaves them room, and shows every mistake.
  @Test(.enabled(if: (try? OnnxRuntimeLibrary.shared()) != nil, "ONNX Runtime is missing."))
  func logitsAreThoseOfONNXRuntime() throws {
    let reference = try OnnxModel(
      contentsOf: "\(Self.models)/cifar10-resnet20.onnx", probing: ["logits"])
    var worst: Float = 0
    try forEachBatch { _, images in
      let expected = try #require(reference.outputs(for: images)["logits"])
      let found = try #require(model.outputs(for: images)["logits"])
      let largest = expected.scalars.map(\.magnitude).max() ?? 0
      let difference = zip(found.scalars, expected.scalars).map { ($0 - $1).magnitude }.max() ?? 0
      #expect(found.shape == expected.shape)
      // "max" would pass over NaN.
      #expect(difference <= 1e-4 * largest)
      worst = max(worst, difference / largest)
    }
    #expect(worst > 0, "Nothing was compared.")
  }

  private func forEachBatch(_ body: (Range<Int>, Tensor) throws -> Void) throws {
    for start in stride(from: 0, to: dataset.count, by: 100) {
      let indices = start..<min(start + 100, dataset.count)
      try body(indices, .stacking(indices.map { try dataset.example(at: $0) }))
    }
  }
}
#endif
