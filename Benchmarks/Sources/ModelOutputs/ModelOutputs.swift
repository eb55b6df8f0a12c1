// SPDX-License-Identifier: MIT

import Foundation
import GEEDModels
import GEEDTorch

/// Runs a network on images from a file and writes all it gives, for comparison with Python:
///
///     ModelOutputs resnet18 weights.safetensors images.safetensors outputs.safetensors saved.safetensors
///
/// The images are the tensor `images`. The outputs are named as blocks are, `features` and `logits`; the
/// metadata hold the number of parameters. The weights are saved once more as they were loaded.
@main
struct ModelOutputs {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 5, let name = arguments.first,
      let architecture = NetworkArchitecture(rawValue: name)
    else {
      let names = NetworkArchitecture.allCases.map(\.rawValue).joined(separator: ", ")
      print("usage: ModelOutputs ARCHITECTURE WEIGHTS IMAGES OUTPUTS SAVED\n\(names)")
      exit(64)
    }
    let files = Array(arguments.dropFirst())
    let images = try images(in: files[1])
    let weights = try ParameterStore(seed: 0)
    let network = try architecture.makeNetwork(
      imageShape: Array(images.shape.dropFirst()), parameters: weights.root)
    try weights.load(files[0])
    try SafetensorsFile.write(
      withoutGradients { try outputs(of: network, images) },
      metadata: ["parameterCount": "\(weights.parameterCount)"], to: files[2])
    try weights.save(to: files[3])
  }

  private static func images(in path: String) throws -> TorchTensor {
    let file = try SafetensorsFile(opening: path)
    guard let entry = file["images"] else {
      throw WeightsError.invalid(
        path: path, place: "file", expected: "a tensor 'images'", found: "none of that name")
    }
    return try file.tensor(entry)
  }

  private static func outputs(
    of network: some FactoredClassifier, _ images: TorchTensor
  ) throws -> [String: TorchTensor] {
    let outputs = try network.outputs(images)
    let tensors = outputs.blocks + [outputs.features, outputs.logits]
    return Dictionary(
      uniqueKeysWithValues: zip(network.blockNames + ["features", "logits"], tensors))
  }
}
