// SPDX-License-Identifier: MIT

/// The processing of an image before it is passed to a model.
///
/// The steps are, in this order: applying its orientation (``orientation``), conversion to
/// ``channels``, ``resize``, ``crop``, scaling of bytes 0...255, or of 16-bit words 0...65535, to
/// 0...``pixelMax``, and (value - ``mean``) / ``standardDeviation`` for each channel. The result
/// equals torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize` on an image that Pillow
/// has read: bit by bit if ``pixelMax`` is 1 and Pillow resizes like
/// `resized(width:height:)`. The default only scales to 0...1.
public struct Preprocessing: Sendable, Hashable, Codable {
  /// A change of an image's size.
  public enum Resize: Sendable, Hashable, Codable {
    /// The shortest side gets the given number of pixels; the aspect ratio is kept.
    case shortestSide(Int)

    /// The image gets exactly this size, regardless of its aspect ratio.
    case exact(width: Int, height: Int)
  }

  /// The treatment of the orientation that a file gives its image.
  public enum Orientation: String, Sendable, Hashable, Codable, CaseIterable {
    /// The image is turned upright.
    case apply

    /// Rows and columns stay as stored in the file.
    case ignore
  }

  /// The change of size, `nil` for none.
  public var resize: Resize?

  /// The side of the square that is cut out of the middle, `nil` for the whole image.
  public var crop: Int?

  /// The number of channels: 1 for grey, 3 for RGB, `nil` for that of the file.
  public var channels: Int?

  /// The value of a white pixel before normalisation. Most models expect 1; some expect 255.
  public var pixelMax: Float

  /// The value that is subtracted from each channel; empty for none.
  public var mean: [Float]

  /// The value by which each channel is then divided; empty for none.
  public var standardDeviation: [Float]

  /// The treatment of the orientation, which is given by EXIF in a JPEG or PNG file and by tag 274
  /// in a TIFF file.
  public var orientation: Orientation

  /// Creates a preprocessing; without arguments it only scales bytes to 0...1.
  ///
  /// - Precondition: Sizes are positive, sides are at most 65535, `channels` is 1, 3 or `nil`,
  ///   `pixelMax` is finite and not 0, means are finite, and standard deviations are finite and
  ///   positive.
  public init(
    resize: Resize? = nil, crop: Int? = nil, channels: Int? = nil, pixelMax: Float = 1,
    mean: [Float] = [], standardDeviation: [Float] = [], orientation: Orientation = .apply
  ) {
    self.resize = resize
    self.crop = crop
    self.channels = channels
    self.pixelMax = pixelMax
    self.mean = mean
    self.standardDeviation = standardDeviation
    self.orientation = orientation
    if let validationError { preconditionFailure("\(validationError).") }
  }

  /// The first error in the settings themselves, such as a standard deviation of 0; `nil` for none.
  ///
  /// Settings may be changed or decoded after initialization, so code that uses them checks again.
  public var validationError: String? {
    if let resize, !resize.isPossible { return "Expected a size of 1 to 65535, but got \(resize)" }
    if let crop, crop < 1 { return "Expected a crop of at least 1 pixel, but got \(crop)" }
    if let channels, channels != 1, channels != 3 {
      return "Expected 1 or 3 channels, but got \(channels)"
    }
    if !pixelMax.isFinite || pixelMax == 0 {
      return "Expected a white pixel that is finite and not 0, but got \(pixelMax)"
    }
    if !mean.allSatisfy(\.isFinite) { return "Expected finite means, but got \(mean)" }
    if !standardDeviation.allSatisfy({ $0.isFinite && $0 > 0 }) {
      return "Expected positive standard deviations, but got \(standardDeviation)"
    }
    return nil
  }
}

extension Preprocessing.Resize {
  fileprivate var isPossible: Bool {
    switch self {
    case .shortestSide(let side): (1...65_535).contains(side)
    case .exact(let width, let height): [width, height].allSatisfy((1...65_535).contains)
    }
  }
}

// MARK: - Coding

extension Preprocessing {
  /// Decodes a preprocessing. Settings without ``orientation`` are from version 0.1, which ignored
  /// it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    resize = try values.decodeIfPresent(Resize.self, forKey: .resize)
    crop = try values.decodeIfPresent(Int.self, forKey: .crop)
    channels = try values.decodeIfPresent(Int.self, forKey: .channels)
    pixelMax = try values.decode(Float.self, forKey: .pixelMax)
    mean = try values.decode([Float].self, forKey: .mean)
    standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
    orientation = try values.decodeIfPresent(Orientation.self, forKey: .orientation) ?? .ignore
  }
}

// MARK: - Presets

extension Preprocessing {
  /// Evaluation on ImageNet: shortest side 256, the middle 224 x 224, RGB, normalised.
  package static let imagenet = Preprocessing(
    resize: .shortestSide(256), crop: 224, channels: 3,
    mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])

  /// CIFAR-10: RGB at its own size, normalised by the statistics of the training split.
  package static let cifar10 = Preprocessing(
    channels: 3,
    mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2470, 0.2435, 0.2616])

  /// MNIST: grey at its own size, normalised by the statistics of the training split.
  package static let mnist = Preprocessing(
    channels: 1, mean: [0.1307], standardDeviation: [0.3081])

  /// The presets by the names they have on the command line.
  package static let presets: [String: Preprocessing] = [
    "imagenet": imagenet, "cifar10": cifar10, "mnist": mnist,
  ]
}
