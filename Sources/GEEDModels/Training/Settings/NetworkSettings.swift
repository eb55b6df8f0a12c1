// SPDX-License-Identifier: MIT

import GEED
import GEEDTorch

/// The settings of the network to train.
public struct NetworkSettings: Sendable, Hashable, Codable {
  /// The name of the network.
  ///
  /// Of any width are `conventional-cnn`, `steerable-cnn`, whose blocks commute with ``group``, and
  /// `mobilenetv1`. Of published sizes are `resnet18`, `resnet34`, `resnet50`, `resnet101`,
  /// `cifar-resnet20`, `cifar-resnet56`, `alexnet`, `densenet121`, `levit_128s`, `levit_128`,
  /// `levit_192`, `tf_efficientnet_lite0`, `squeezenet1_1`, `resnetv2_50x1_bit` and
  /// `resnetv2_101x1_bit`, with the names of torchvision and timm.
  public var name: String
  /// The number of classes.
  public var classes: Int
  /// The group that a steerable network commutes with.
  public var group: PlanarGroup
  /// The factor by which the numbers of channels are multiplied; 1 for networks of published sizes.
  public var width: Double
  /// The weights that training begins with; new ones if `nil`.
  public var pretrained: PretrainedWeights?

  /// The name of ``ConventionalCNN``.
  package static let conventional = "conventional-cnn"
  /// The name of ``SteerableCNN``.
  package static let steerable = "steerable-cnn"

  /// Creates settings of a network for 10 classes and, by default, the group C8.
  public init(name: String, classes: Int = 10, group: PlanarGroup = .cyclic(8), width: Double = 1) {
    self.name = name
    self.classes = classes
    self.group = group
    self.width = width
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, classes, group, width, weights, head, freeze
    case weightsSHA256 = "weights-sha256"
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    name = try settings.decode(String.self, forKey: .name)
    classes = try settings.decode(.classes, in: 2...100_000, or: 10)
    width = try settings.decode(.width, or: 1)
    group = try settings.decode(.group, or: .cyclic(8))
    let names = [Self.conventional, Self.steerable] + NetworkArchitecture.allCases.map(\.rawValue)
    try settings.require(
      .name, names.contains(name), "one of \(names.joined(separator: ", ")), but got '\(name)'")
    try settings.require(
      .width, width > 0 && width <= 16, "above 0 and at most 16, but got \(width)")
    try settings.require(
      .width, width == 1 || NetworkArchitecture(rawValue: name)?.hasAnyWidth ?? true,
      "1, because \(name) has a published size, but got \(width)")
    pretrained = try Self.pretrained(in: settings)
  }

  private static func pretrained(
    in settings: KeyedDecodingContainer<CodingKeys>
  ) throws -> PretrainedWeights? {
    guard let path = try settings.decodeIfPresent(String.self, forKey: .weights) else {
      for key in [CodingKeys.head, .freeze, .weightsSHA256] {
        try settings.require(
          key, !settings.contains(key), "'weights' as well, the file that training begins with")
      }
      return nil
    }
    var pretrained = PretrainedWeights(path: path)
    pretrained.head = try settings.decode(choice: .head, or: .kept)
    pretrained.freeze = try settings.decode(choice: .freeze, or: .none)
    if let digits = try settings.decodeIfPresent(String.self, forKey: .weightsSHA256)?.lowercased()
    {
      try settings.require(
        .weightsSHA256, digits.wholeMatch(of: /[0-9a-f]{64}/) != nil,
        "64 hexadecimal digits, but got '\(digits)'")
      pretrained.sha256 = digits
    }
    return pretrained
  }

  /// Encodes the settings in the form that ``init(from:)`` reads; those of weights only if there are
  /// any, so that the identity of a run without them is that of earlier versions.
  public func encode(to encoder: any Encoder) throws {
    var settings = encoder.container(keyedBy: CodingKeys.self)
    try settings.encode(name, forKey: .name)
    try settings.encode(classes, forKey: .classes)
    try settings.encode(group, forKey: .group)
    try settings.encode(width, forKey: .width)
    guard let pretrained else { return }
    try settings.encode(pretrained.path, forKey: .weights)
    try settings.encode(pretrained.head, forKey: .head)
    try settings.encode(pretrained.freeze, forKey: .freeze)
    try settings.encodeIfPresent(pretrained.sha256, forKey: .weightsSHA256)
  }

  /// Whether training leaves f₁ as it is.
  var freezesFeatures: Bool { pretrained?.freeze == .features }

  /// Whether training on a device is faster if the channels of each pixel are adjacent in memory. Sums
  /// then run in another order, so this decides the last digits of all results.
  func isFasterChannelsLast(on device: TorchDevice) -> Bool {
    device == .cpu && NetworkArchitecture(rawValue: name)?.isFasterChannelsLast ?? false
  }

  /// Creates the network for images `[C, H, W]`.
  ///
  /// - Parameters:
  ///   - imageShape: The shape of one image.
  ///   - parameters: The path of the network's parameters.
  /// - Throws: ``UnsuitableSettings`` for images that the network cannot take; errors of
  ///   libtorch.
  public func make(
    imageShape: [Int], parameters: ParameterPath
  ) throws -> any FactoredClassifier {
    if let architecture = NetworkArchitecture(rawValue: name) {
      if let validationError = architecture.validationError(ofImages: imageShape) {
        throw UnsuitableSettings("'network': \(validationError).")
      }
      return try architecture.makeNetwork(
        classCount: classes, imageShape: imageShape, width: width, parameters: parameters)
    }
    let plan = try sixBlockPlan(imageShape: imageShape)
    return name == Self.steerable
      ? try SteerableCNN(group, plan: plan, parameters: parameters)
      : try ConventionalCNN(plan: plan, parameters: parameters)
  }

  /// Returns the sizes of a six-block network for images `[C, H, W]`.
  private func sixBlockPlan(imageShape: [Int]) throws -> SixBlockPlan {
    var plan = SixBlockPlan().scaled(by: width)
    guard imageShape.count == 3, imageShape[1] == imageShape[2] else {
      throw UnsuitableSettings(
        "'network': \(name) takes square images, but got shape \(imageShape).")
    }
    plan.imageChannelCount = imageShape[0]
    plan.imageSize = imageShape[1]
    plan.classCount = classes
    guard plan.gridSizes.allSatisfy({ $0 > 0 }) else {
      throw UnsuitableSettings(
        "'network': images of \(imageShape[1]) pixels are too small for \(name); 'resize: 29' "
          + "under 'data' makes them large enough.")
    }
    return plan
  }
}
