// SPDX-License-Identifier: MIT

extension Preprocessing {
  /// Evaluation on ImageNet, as of torchvision's first weights: shortest side 256, the middle
  /// 224 x 224, RGB, normalised.
  package static let imagenet = Preprocessing(
    resize: .shortestSide(256), crop: 224, channels: 3,
    mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

  /// The same with bicubic interpolation, as of most weights of timm.
  package static let imagenetBicubic = imagenet.with { $0.resizeFilter = .bicubic }

  /// Values from -1 to 1, as of timm's weights from TensorFlow and of many vision transformers.
  package static let imagenetInception = imagenetBicubic.with {
    ($0.mean, $0.standardDeviation) = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
  }

  /// (byte - 127) / 128, as of TensorFlow's EfficientNet-Lite.
  package static let efficientNetLite = imagenetBicubic.with {
    $0.pixelMax = 255
    ($0.mean, $0.standardDeviation) = ([127, 127, 127], [128, 128, 128])
  }

  /// CLIP (Radford et al. 2021): shortest side 224, the middle 224 x 224.
  package static let clip = Preprocessing(
    resize: .shortestSide(224), resizeFilter: .bicubic, crop: 224, channels: 3,
    mean: [0.48145466, 0.4578275, 0.40821073],
    standardDeviation: [0.26862954, 0.26130258, 0.27577711])

  /// CIFAR-10: RGB at its own size, normalised by the statistics of the training split.
  package static let cifar10 = Preprocessing(
    channels: 3,
    mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])

  /// MNIST: grey at its own size, normalised by the statistics of the training split.
  package static let mnist = Preprocessing(
    channels: 1, mean: [0.1307], standardDeviation: [0.3081])

  /// The presets by the names they have on the command line.
  package static let presets: [String: Preprocessing] = [
    "imagenet": imagenet, "imagenet-bicubic": imagenetBicubic,
    "imagenet-inception": imagenetInception, "efficientnet-lite": efficientNetLite, "clip": clip,
    "cifar10": cifar10, "mnist": mnist,
  ]

  private func with(_ change: (inout Preprocessing) -> Void) -> Preprocessing {
    var result = self
    change(&result)
    return result
  }
}
