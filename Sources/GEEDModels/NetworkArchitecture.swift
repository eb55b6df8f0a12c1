// SPDX-License-Identifier: MIT

import GEEDTorch

/// The networks that have published sizes, by the names of torchvision and timm; `cifar-resnet20`,
/// `cifar-resnet56` and the smallest of their kind, `cifar-resnet8`; and `mobilenetv1`, of any width.
package enum NetworkArchitecture: String, CaseIterable, Sendable {
  case resNet18 = "resnet18"
  case resNet34 = "resnet34"
  case resNet50 = "resnet50"
  case resNet101 = "resnet101"
  case cifarResNet8 = "cifar-resnet8"
  case cifarResNet20 = "cifar-resnet20"
  case cifarResNet56 = "cifar-resnet56"
  case alexNet = "alexnet"
  case denseNet121 = "densenet121"
  case leViT128S = "levit_128s"
  case leViT128 = "levit_128"
  case leViT192 = "levit_192"
  case mobileNetV1 = "mobilenetv1"
  case efficientNetLite0 = "tf_efficientnet_lite0"
  case squeezeNet11 = "squeezenet1_1"
  case resNetV2r50x1 = "resnetv2_50x1_bit"
  case resNetV2r101x1 = "resnetv2_101x1_bit"

  private var isForCIFAR10: Bool { [.cifarResNet8, .cifarResNet20, .cifarResNet56].contains(self) }

  /// Whether weights fit one size of image only.
  private var isLeViT: Bool { [.leViT128S, .leViT128, .leViT192].contains(self) }

  /// Whether the numbers of channels can be multiplied by a factor.
  package var hasAnyWidth: Bool { self == .mobileNetV1 }

  /// Whether training on the CPU is faster if the channels of each pixel are adjacent in memory, as it
  /// is for convolutions of each channel.
  var isFasterChannelsLast: Bool { [.mobileNetV1, .efficientNetLite0].contains(self) }

  /// The shape of the images that the published weights are for, `[C, H, W]`.
  package var publishedImageShape: [Int] { isForCIFAR10 ? [3, 32, 32] : [3, 224, 224] }

  /// The size below which nothing is left of the image before the last layer.
  private var minimumImageSize: Int {
    switch self {
    case .alexNet: 63
    case .denseNet121: 29
    case .squeezeNet11: 17
    default: isLeViT ? 16 : 1
    }
  }

  /// Returns the reason why the network cannot take images of a shape `[C, H, W]`, as the end of a
  /// sentence; `nil` if it can.
  package func validationError(ofImages shape: [Int]) -> String? {
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
    guard !isLeViT || (shape[1] == shape[2] && shape[1].isMultiple(of: 16)) else {
      return "\(rawValue) takes square images whose size is a multiple of 16, "
        + "but these are \(shape[1]) x \(shape[2])"
    }
    return nil
  }

  /// Creates the network with new weights; by default it is for the data of the published weights.
  ///
  /// - Parameter width: The factor by which the numbers of channels are multiplied, if they can be.
  package func makeNetwork(
    classCount: Int? = nil, imageShape: [Int]? = nil, width: Double = 1,
    parameters p: ParameterPath
  ) throws(TorchError) -> any FactoredClassifier {
    precondition(width == 1 || hasAnyWidth, "\(rawValue) has a width of 1, but got \(width).")
    let shape = imageShape ?? publishedImageShape
    let classCount = classCount ?? (isForCIFAR10 ? 10 : 1000)
    if let validationError = validationError(ofImages: shape) {
      preconditionFailure("Wrong images: \(validationError).")
    }
    func resNet(_ depths: [Int], hasBottlenecks: Bool) throws(TorchError) -> ResNet {
      try ResNet(
        depths: depths, hasBottlenecks: hasBottlenecks, classCount: classCount, parameters: p)
    }
    func leViT(
      _ widths: [Int], headCounts: [Int], depths: [Int], keySize: Int
    ) throws(TorchError) -> LeViT {
      try LeViT(
        LeViTSettings(widths: widths, headCounts: headCounts, depths: depths, keySize: keySize),
        classCount: classCount, imageSize: shape[1], parameters: p)
    }
    switch self {
    case .resNet18: return try resNet([2, 2, 2, 2], hasBottlenecks: false)
    case .resNet34: return try resNet([3, 4, 6, 3], hasBottlenecks: false)
    case .resNet50: return try resNet([3, 4, 6, 3], hasBottlenecks: true)
    case .resNet101: return try resNet([3, 4, 23, 3], hasBottlenecks: true)
    case .cifarResNet8: return try CIFARResNet(depth: 1, classCount: classCount, parameters: p)
    case .cifarResNet20: return try CIFARResNet(depth: 3, classCount: classCount, parameters: p)
    case .cifarResNet56: return try CIFARResNet(depth: 9, classCount: classCount, parameters: p)
    case .alexNet: return try AlexNet(classCount: classCount, parameters: p)
    case .denseNet121: return try DenseNet(classCount: classCount, parameters: p)
    case .mobileNetV1:
      return try MobileNetV1(width: width, classCount: classCount, parameters: p)
    case .efficientNetLite0: return try EfficientNetLite(classCount: classCount, parameters: p)
    case .squeezeNet11: return try SqueezeNet(classCount: classCount, parameters: p)
    case .leViT128S:
      return try leViT([128, 256, 384], headCounts: [4, 6, 8], depths: [2, 3, 4], keySize: 16)
    case .leViT128:
      return try leViT([128, 256, 384], headCounts: [4, 8, 12], depths: [4, 4, 4], keySize: 16)
    case .leViT192:
      return try leViT([192, 288, 384], headCounts: [3, 5, 6], depths: [4, 4, 4], keySize: 32)
    case .resNetV2r50x1:
      return try ResNetV2(depths: [3, 4, 6, 3], classCount: classCount, parameters: p)
    case .resNetV2r101x1:
      return try ResNetV2(depths: [3, 4, 23, 3], classCount: classCount, parameters: p)
    }
  }
}
