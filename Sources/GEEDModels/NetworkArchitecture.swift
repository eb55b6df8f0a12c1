// SPDX-License-Identifier: MIT

import GEEDTorch

/// The networks of this package by name.
///
/// Names are those of torchvision and timm, `cifar-resnet20` and `cifar-resnet56`.
///
///     let architecture = NetworkArchitecture(rawValue: "resnet50")
///     let weights = try ParameterStore(seed: 0)
///     let network = try architecture?.makeNetwork(parameters: weights.root)
public enum NetworkArchitecture: String, CaseIterable, Sendable {
  case resNet18 = "resnet18"
  case resNet34 = "resnet34"
  case resNet50 = "resnet50"
  case resNet101 = "resnet101"
  case cifarResNet20 = "cifar-resnet20"
  case cifarResNet56 = "cifar-resnet56"

  /// The shape of the images that the published weights are for, `[C, H, W]`.
  public var publishedImageShape: [Int] {
    switch self {
    case .cifarResNet20, .cifarResNet56: [3, 32, 32]
    default: [3, 224, 224]
    }
  }

  /// The number of classes that the published weights know.
  public var publishedClassCount: Int {
    switch self {
    case .cifarResNet20, .cifarResNet56: 10
    default: 1000
    }
  }

  /// Why the network cannot take images of a shape, as the end of a sentence; `nil` if it can.
  ///
  /// - Parameter shape: `[C, H, W]`.
  public func flaw(ofImages shape: [Int]) -> String? {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      return "expected images [C, H, W], but got shape \(shape)"
    }
    guard shape[0] == 3 else {
      return "\(rawValue) takes images of 3 channels, but these have \(shape[0])"
    }
    return nil
  }

  /// Makes the network with new weights.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes; by default ``publishedClassCount``.
  ///   - imageShape: The shape of the images to come, `[C, H, W]`; by default ``publishedImageShape``.
  ///   - p: Where the parameters begin.
  /// - Precondition: ``flaw(ofImages:)`` finds none.
  public func makeNetwork(
    classCount: Int? = nil, imageShape: [Int]? = nil, parameters p: ParameterPath
  ) throws(TorchError) -> any FactoredClassifier {
    let shape = imageShape ?? publishedImageShape
    let classCount = classCount ?? publishedClassCount
    if let flaw = flaw(ofImages: shape) { preconditionFailure("Wrong images: \(flaw).") }
    switch self {
    case .resNet18: return try ResNet(.resNet18, classCount: classCount, parameters: p)
    case .resNet34: return try ResNet(.resNet34, classCount: classCount, parameters: p)
    case .resNet50: return try ResNet(.resNet50, classCount: classCount, parameters: p)
    case .resNet101: return try ResNet(.resNet101, classCount: classCount, parameters: p)
    case .cifarResNet20: return try CIFARResNet(.resNet20, classCount: classCount, parameters: p)
    case .cifarResNet56: return try CIFARResNet(.resNet56, classCount: classCount, parameters: p)
    }
  }
}
