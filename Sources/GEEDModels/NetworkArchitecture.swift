// SPDX-License-Identifier: MIT

import GEEDTorch

/// The networks of this package that have published sizes, by name.
///
/// Names are those of torchvision and timm, and `cifar-resnet20` and `cifar-resnet56`.
/// ``ConventionalCNN`` and ``SteerableCNN`` are not among them, because users choose their sizes.
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
  case alexNet = "alexnet"
  case denseNet121 = "densenet121"
  case leViT128S = "levit_128s"
  case leViT128 = "levit_128"
  case leViT192 = "levit_192"
  case resNetV2r50x1 = "resnetv2_50x1_bit"
  case resNetV2r101x1 = "resnetv2_101x1_bit"

  /// The shape of the images that the published weights are for, `[C, H, W]`.
  public var publishedImageShape: [Int] {
    switch self {
    case .cifarResNet20, .cifarResNet56: [3, 32, 32]
    default: [3, 224, 224]
    }
  }

  /// The number of classes of the published weights.
  public var publishedClassCount: Int {
    switch self {
    case .cifarResNet20, .cifarResNet56: 10
    default: 1000
    }
  }

  /// Returns the reason why the network cannot take images of a shape, as the end of a sentence;
  /// `nil` if it can.
  ///
  /// - Parameter shape: The shape of the images, `[C, H, W]`.
  public func validationError(ofImages shape: [Int]) -> String? {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else {
      return "expected images [C, H, W], but got shape \(shape)"
    }
    guard shape[0] == 3 else {
      return "\(rawValue) takes images of 3 channels, but these have \(shape[0])"
    }
    let minimum = minimumImageSize
    guard min(shape[1], shape[2]) >= minimum else {
      return "\(rawValue) takes images of \(minimum) x \(minimum) pixels or more, "
        + "but these are \(shape[1]) x \(shape[2])"
    }
    guard !isBoundToOneSize || (shape[1] == shape[2] && shape[1].isMultiple(of: 16)) else {
      return "\(rawValue) takes square images whose size is a multiple of 16, "
        + "but these are \(shape[1]) x \(shape[2])"
    }
    return nil
  }

  /// The size below which nothing is left of the image before the last layer.
  private var minimumImageSize: Int {
    switch self {
    case .alexNet: 63
    case .denseNet121: 29
    case .leViT128S, .leViT128, .leViT192: 16
    default: 1
    }
  }

  /// Whether weights fit one size of image only.
  private var isBoundToOneSize: Bool {
    switch self {
    case .leViT128S, .leViT128, .leViT192: true
    default: false
    }
  }

  /// Creates the network with new weights.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes; by default ``publishedClassCount``.
  ///   - imageShape: The shape of the images, `[C, H, W]`; by default ``publishedImageShape``.
  ///   - p: The path at which the parameters begin.
  /// - Precondition: ``validationError(ofImages:)`` returns `nil`.
  public func makeNetwork(
    classCount: Int? = nil, imageShape: [Int]? = nil, parameters p: ParameterPath
  ) throws(TorchError) -> any FactoredClassifier {
    let shape = imageShape ?? publishedImageShape
    let classCount = classCount ?? publishedClassCount
    if let validationError = validationError(ofImages: shape) {
      preconditionFailure("Wrong images: \(validationError).")
    }
    switch self {
    case .resNet18: return try ResNet(.resNet18, classCount: classCount, parameters: p)
    case .resNet34: return try ResNet(.resNet34, classCount: classCount, parameters: p)
    case .resNet50: return try ResNet(.resNet50, classCount: classCount, parameters: p)
    case .resNet101: return try ResNet(.resNet101, classCount: classCount, parameters: p)
    case .cifarResNet20: return try CIFARResNet(.resNet20, classCount: classCount, parameters: p)
    case .cifarResNet56: return try CIFARResNet(.resNet56, classCount: classCount, parameters: p)
    case .alexNet: return try AlexNet(classCount: classCount, parameters: p)
    case .denseNet121: return try DenseNet(classCount: classCount, parameters: p)
    case .leViT128S:
      return try LeViT(.leViT128S, classCount: classCount, imageSize: shape[1], parameters: p)
    case .leViT128:
      return try LeViT(.leViT128, classCount: classCount, imageSize: shape[1], parameters: p)
    case .leViT192:
      return try LeViT(.leViT192, classCount: classCount, imageSize: shape[1], parameters: p)
    case .resNetV2r50x1: return try ResNetV2(.r50x1, classCount: classCount, parameters: p)
    case .resNetV2r101x1: return try ResNetV2(.r101x1, classCount: classCount, parameters: p)
    }
  }
}
