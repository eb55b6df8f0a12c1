// SPDX-License-Identifier: MIT

/// The processing of an image before it is passed to a model.
///
/// The steps are, in this order: applying its orientation (``orientation``), conversion to
/// ``channels``, ``resize``, ``crop``, scaling of bytes 0...255, or of 16-bit words 0...65535, to
/// 0...``pixelMax``, and (value - ``mean``) / ``standardDeviation`` for each channel. The result
/// equals torchvision's `Resize`, `CenterCrop`, `ToTensor` and `Normalize` on an image that Pillow
/// has read: bit by bit if ``pixelMax`` is 1 and Pillow resizes like
/// `resized(width:height:by:)`. The default only scales to 0...1.
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

  /// The number of rows above a crop, and of columns left of it, if the rest of these is odd.
  public enum CropRounding: String, Sendable, Hashable, Codable {
    /// Half of the rest, with halves rounded to even numbers, as in torchvision.
    case toEven

    /// Half of the rest, rounded down, as in transformers.
    case down
  }

  /// The change of size, `nil` for none.
  public var resize: Resize?

  /// The weights of ``resize``.
  public var resizeFilter: ResizeFilter

  /// The side of the square that is cut out of the middle, `nil` for the whole image.
  public var crop: Int?

  /// The place of ``crop`` if it cannot be exactly in the middle.
  public var cropRounding: CropRounding

  /// The number of channels: 1 for grey, 3 for RGB, `nil` for that of the file.
  public var channels: Int?

  /// The value of a white pixel before normalisation. Most models expect 1; some expect 255.
  public var pixelMax: Float

  /// The value that is subtracted from each channel; empty for none.
  public var mean: [Float]

  /// The value by which each channel is then divided; empty for none.
  public var standardDeviation: [Float]

  /// The treatment of the orientation, which is given by EXIF in a JPEG, PNG or WebP file and by
  /// tag 274 in a TIFF file.
  public var orientation: Orientation

  /// Creates a preprocessing; without arguments it only scales bytes to 0...1.
  ///
  /// - Precondition: Sizes are positive, sides are at most 65535, `channels` is 1, 3 or `nil`,
  ///   `pixelMax` is finite and not 0, means are finite, and standard deviations are finite and
  ///   positive.
  public init(
    resize: Resize? = nil, resizeFilter: ResizeFilter = .bilinear, crop: Int? = nil,
    cropRounding: CropRounding = .toEven, channels: Int? = nil, pixelMax: Float = 1,
    mean: [Float] = [], standardDeviation: [Float] = [], orientation: Orientation = .apply
  ) {
    self.resize = resize
    self.resizeFilter = resizeFilter
    self.crop = crop
    self.cropRounding = cropRounding
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
  /// it; those without ``resizeFilter`` or ``cropRounding`` are from versions with one way only.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    resize = try values.decodeIfPresent(Resize.self, forKey: .resize)
    resizeFilter =
      try values.decodeIfPresent(ResizeFilter.self, forKey: .resizeFilter) ?? .bilinear
    crop = try values.decodeIfPresent(Int.self, forKey: .crop)
    cropRounding =
      try values.decodeIfPresent(CropRounding.self, forKey: .cropRounding) ?? .toEven
    channels = try values.decodeIfPresent(Int.self, forKey: .channels)
    pixelMax = try values.decode(Float.self, forKey: .pixelMax)
    mean = try values.decode([Float].self, forKey: .mean)
    standardDeviation = try values.decode([Float].self, forKey: .standardDeviation)
    orientation = try values.decodeIfPresent(Orientation.self, forKey: .orientation) ?? .ignore
  }
}
