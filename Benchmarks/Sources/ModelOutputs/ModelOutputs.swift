// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDModels
import GEEDTorch
import _SteerableTestSupport

/// Runs a network on images from a file and writes all of its outputs, for comparison with Python:
///
///     ModelOutputs resnet18 weights.safetensors images.safetensors outputs.safetensors saved.safetensors
///
/// The images are the tensor `images`. The outputs have the names of the blocks, `features` and
/// `logits`; the metadata contain the number of parameters. The loaded weights are saved again
/// unchanged.
///
/// For a steerable network the file has expanded filters, `block1.conv.filter` and so on, instead
/// of coefficients, which belong to one basis.
@main
struct ModelOutputs {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 6 else {
      print("usage: ModelOutputs NETWORK WEIGHTS IMAGES OUTPUTS SAVED")
      exit(64)
    }
    let files = Array(arguments.dropFirst(2))
    let images = try tensor("images", in: SafetensorsFile(opening: files[1]))
    let weights = try ParameterStore(seed: 0)
    guard let network = try network(named: arguments[1], images.shape, weights.root) else {
      print("There is no network '\(arguments[1])'.")
      exit(64)
    }
    try load(files[0], into: weights, network)
    try SafetensorsFile.write(
      withoutGradients { try outputs(of: network, images) },
      metadata: ["parameterCount": "\(weights.parameterCount)"], to: files[2])
    try weights.save(to: files[3])
  }

  /// Returns a network of published sizes, `mobilenetv1_025`, or a six-block network of default
  /// sizes: `C8-cnn`, likewise for other groups, and `cnn` and `wide-cnn`, which have as many
  /// parameters and as many channels, respectively, as that of C8.
  private static func network(
    named name: String, _ shape: [Int], _ p: ParameterPath
  ) throws -> (any FactoredClassifier)? {
    if let architecture = NetworkArchitecture(rawValue: name) {
      return try architecture.makeNetwork(imageShape: Array(shape.dropFirst()), parameters: p)
    }
    let plan = SixBlockPlan()
    switch name {
    case "mobilenetv1_025": return try MobileNetV1(width: 0.25, parameters: p)
    case "cnn":
      return try ConventionalCNN(plan: plan.matchingParameters(of: .cyclic(8)), parameters: p)
    case "wide-cnn":
      return try ConventionalCNN(plan: plan.matchingChannels(of: .cyclic(8)), parameters: p)
    default:
      guard name.hasSuffix("-cnn"), let group = PlanarGroup(String(name.dropLast(4))) else {
        return nil
      }
      return try SteerableCNN(group, plan: plan, parameters: p)
    }
  }

  private static func load(
    _ path: String, into weights: ParameterStore, _ network: any FactoredClassifier
  ) throws {
    guard let network = network as? SteerableCNN else { return try weights.load(path) }
    let file = try SafetensorsFile(opening: path)
    for (index, block) in network.blockNames.enumerated() {
      let filter = try tensor("\(block).conv.filter", in: file).host()
      try network.convolution(ofBlock: index).fit(filter: filter)
    }
    let fitted = weights.all.map(\.name).filter { $0.hasSuffix(".conv.coefficients") }
    try weights.load(
      path, renaming: { $0.hasSuffix(".conv.filter") ? nil : $0 }, except: Set(fitted))
  }

  private static func tensor(_ name: String, in file: SafetensorsFile) throws -> TorchTensor {
    guard let entry = file[name] else {
      throw WeightsError.invalid(
        path: file.path, place: "file", expected: "a tensor '\(name)'",
        found: "none of that name")
    }
    return try file.tensor(entry)
  }

  private static func outputs(
    of network: some FactoredClassifier, _ images: TorchTensor
  ) throws -> [String: TorchTensor] {
    try Dictionary(uniqueKeysWithValues: zip(network.outputNames, network.outputs(images).all))
  }
}
#else
/// The program without the trait `Torch`.
@main enum Unavailable {
  static func main() { print("This program needs the trait Torch.") }
}
#endif
