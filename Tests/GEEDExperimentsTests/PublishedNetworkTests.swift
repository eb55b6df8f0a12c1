// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDModels
import GEEDReport
import GEEDTorch
import Testing

@testable import GEEDExperiments

@Suite struct PublishedNetworkTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "geed-\(UUID())").path(percentEncoded: false)
    try FileManager.default.createDirectory(
      atPath: "\(folder)/models", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// Names as in torchvision, in a DINO checkpoint's backbone, and in a SimCLR encoder with its head.
  @Test(
    "Features have the weights of the file, whatever wraps their names",
    arguments: [
      ("", ["fc.weight", "fc.bias"]), ("module.backbone.", []),
      ("module.encoder.", ["module.fc.0.weight", "projection_head.0.weight"]),
    ])
  func names(prefix: String, heads: [String]) throws {
    try inFolder { folder in
      let published = try ParameterStore(seed: 1)
      _ = try NetworkArchitecture.resNet18.makeNetwork(parameters: published.root)
      var tensors: [String: TorchTensor] = [:]
      for entry in published.all where !entry.name.hasPrefix("fc.") {
        tensors[prefix + entry.name] = entry.tensor
      }
      tensors[prefix + "bn1.num_batches_tracked"] = try TorchTensor([Int64(7)], shape: [])
      for head in heads { tensors[head] = try .full(3, shape: [5, 4]) }
      let path = "\(folder)/models/network.safetensors"
      try SafetensorsFile.write(tensors, metadata: [:], to: path)
      let weights = try ParameterStore(seed: 2)
      let network = try NetworkArchitecture.resNet18.makeNetwork(parameters: weights.root)
      let before = try weights["fc.weight"]?.host()
      try PublishedNetwork(
        architecture: .resNet18, fileNames: [], source: "", mean: [], deviation: []
      ).load(path, into: weights, of: network)
      for name in ["conv1.weight", "layer4.1.bn2.running_var"] {
        #expect(try weights[name]?.host() == published[name]?.host())
      }
      #expect(try weights["fc.weight"]?.host() == before)
      tensors[prefix + "layer1.0.conv1.weight"] = nil
      try SafetensorsFile.write(tensors, metadata: [:], to: path)
      let error = #expect(throws: WeightsError.self) {
        try PublishedNetwork(
          architecture: .resNet18, fileNames: [], source: "", mean: [], deviation: []
        ).load(path, into: weights, of: network)
      }
      #expect(error?.description.contains("layer1.0.conv1.weight") == true)
    }
  }

  @Test("What is missing is named with its origin, and nothing else")
  func missing() throws {
    try inFolder { folder in
      let none = PublishedNetworkExperiment(at: folder).missing
      #expect(none.count == 5)
      #expect(none.contains { $0.hasPrefix("imagenet (") })
      #expect(none.contains { $0.contains("models/resnet50-1x.safetensors (resnet50-1x of") })
      let names = ["resnet50-0676ba61", "dino_resnet50_pretrain"]
      for name in names {
        try Data().write(to: URL(filePath: "\(folder)/models/\(name).safetensors"))
      }
      let experiment = PublishedNetworkExperiment(at: folder)
      #expect(experiment.missing.count == 3)
      #expect(experiment.published.count == 2)
      #expect(experiment.networks.isEmpty && experiment.measurements.count == 4)
      let experimentAtPaperScale = PaperFigure.figure5.experiment(.paper, at: folder)
      #expect(experimentAtPaperScale.missing == experiment.missing)
      let claims = Figure.figure5.claims(FigureRecord(seeds: [0]), experiment)
      #expect(claims.map(\.parts.count) == [6, 2, 2])
    }
  }
}
#endif
