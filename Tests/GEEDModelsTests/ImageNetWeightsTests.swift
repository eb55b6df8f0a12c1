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

/// Networks with weights that others have trained on ImageNet, beside ONNX files of the same weights.
@Suite(
  .serialized, .enabled(if: data != nil, "GEED_DATA does not name a folder with models."),
  .enabled(if: Runtime.isAvailable, Runtime.missing))
struct ImageNetWeightsTests {
  /// Published weights, and what the README beside them says of the images they are for.
  struct Published: Sendable, CustomTestStringConvertible {
    let file: String
    let architecture: NetworkArchitecture
    var width = 1.0
    /// What is subtracted from pixels in 0...1, and what they are then divided by.
    let mean, deviation: [Float]
    var testDescription: String { file }
  }

  private static let all = [
    Published(
      file: "imagenet-mobilenetv1-0.25", architecture: .mobileNetV1, width: 0.25,
      mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5]),
    Published(
      file: "imagenet-efficientnet-lite0", architecture: .efficientNetLite0,
      mean: [Float](repeating: 127 / 255, count: 3),
      deviation: [Float](repeating: 128 / 255, count: 3)),
    Published(
      file: "imagenet-squeezenet1.1", architecture: .squeezeNet11, mean: [0.485, 0.456, 0.406],
      deviation: [0.229, 0.224, 0.225]),
  ]

  /// Every tenth picture of the sample, as `[N, 3, 224, 224]` in 0...1; to decode all of them would
  /// take too long here.
  private static let pictures = Result {
    let sample = try ImageFolder(
      path: "\(data ?? "")/imagenet-sample",
      preprocessing: Preprocessing(resize: .shortestSide(256), crop: 224))
    return try Tensor.stacking(stride(from: 0, to: 100, by: 10).map { try sample.example(at: $0) })
  }

  /// Both run some thirty layers in single precision, in another order of sums.
  @Test(arguments: Self.all)
  func logitsAndAnswersAreThoseOfONNXRuntime(published: Published) throws {
    let path = "\(data ?? "")/models/\(published.file)"
    let weights = try ParameterStore(seed: 0)
    let network = MeasurableClassifier(
      try published.architecture.makeNetwork(width: published.width, parameters: weights.root))
    try weights.load("\(path).safetensors")
    let reference = try OnnxModel(contentsOf: "\(path).onnx", probing: ["logits"])
    let pictures = try Self.pictures.get()
    let scalars = pictures.scalars.enumerated().map { index, pixel in
      let channel = index / (224 * 224) % 3
      return (pixel - published.mean[channel]) / published.deviation[channel]
    }
    let images = Tensor(shape: pictures.shape, scalars: scalars)
    let found = try #require(network.outputs(for: images)["logits"])
    let expected = try #require(reference.outputs(for: images)["logits"])
    expectClose(found, expected, relative: 1e-4, "logits")
    let answers = [found, expected].map { logits in
      (0..<10).map { row in
        let scores = logits.row(row).scalars
        return scores.indices.max { scores[$0] < scores[$1] }
      }
    }
    #expect(answers[0] == answers[1])
    // Picture i of the sample is of class 10 i, so these are of the classes 0, 100, 200, ...
    let correctCount = answers[0].enumerated().count { $1 == 100 * $0 }
    #expect(correctCount >= 4)
  }
}
#endif
