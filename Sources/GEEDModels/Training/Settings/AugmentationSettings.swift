// SPDX-License-Identifier: MIT

import GEEDData

extension TrainingConfiguration {
  /// The random changes of examples.
  public enum Augmentation: Sendable, Hashable, Codable {
    case none
    /// A rotation of the normalized image by an angle of the whole circle.
    case rotation
    /// Changes of values in 0...1, which are normalized afterwards.
    case image(ImageAugmentation)

    private static let words: [String: Augmentation] = ["none": .none, "rotation": .rotation]

    public init(from decoder: any Decoder) throws {
      let word: String
      do {
        word = try decoder.singleValueContainer().decode(String.self)
      } catch DecodingError.typeMismatch {
        self = .image(try ImageAugmentation(from: decoder))
        return
      }
      guard let known = Self.words[word] else {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(
            codingPath: decoder.codingPath,
            debugDescription: "expected none, rotation or changes such as {flip: 0.5}, but got "
              + "'\(word)'"))
      }
      self = known
    }

    public func encode(to encoder: any Encoder) throws {
      switch self {
      case .none, .rotation:
        var container = encoder.singleValueContainer()
        try container.encode(self == .none ? "none" : "rotation")
      case .image(let augmentation): try augmentation.encode(to: encoder)
      }
    }
  }
}

extension ImageAugmentation: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case crop, flip, jitter, grey, blur
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let settings = try decoder.strictContainer(keyedBy: Keys.self)
    crop = try settings.decodeIfPresent(RandomCrop.self, forKey: .crop)
    flip = try settings.decode(.flip, in: 0...1, or: flip)
    jitter = try settings.decodeIfPresent(ColorJitter.self, forKey: .jitter)
    grey = try settings.decode(.grey, in: 0...1, or: grey)
    blur = try settings.decodeIfPresent(RandomBlur.self, forKey: .blur)
  }
}

extension RandomCrop: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case scale, ratio
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let settings = try decoder.strictContainer(keyedBy: Keys.self)
    scale = try settings.decode(range: .scale, within: 1e-4...1, or: scale)
    ratio = try settings.decode(range: .ratio, within: 0.01...100, or: ratio)
  }
}

extension ColorJitter: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case brightness, contrast, saturation, hue, probability
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let settings = try decoder.strictContainer(keyedBy: Keys.self)
    brightness = try settings.decode(.brightness, in: 0...10, or: brightness)
    contrast = try settings.decode(.contrast, in: 0...10, or: contrast)
    saturation = try settings.decode(.saturation, in: 0...10, or: saturation)
    hue = try settings.decode(.hue, in: 0...0.5, or: hue)
    probability = try settings.decode(.probability, in: 0...1, or: probability)
  }
}

extension RandomBlur: Decodable {
  private enum Keys: String, CodingKey, CaseIterable {
    case size, sigma, probability
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let settings = try decoder.strictContainer(keyedBy: Keys.self)
    size = try settings.decode(.size, in: 1...1_001, or: size)
    sigma = try settings.decode(range: .sigma, within: 1e-3...1_000, or: sigma)
    probability = try settings.decode(.probability, in: 0...1, or: probability)
    try settings.require(
      .size, !size.isMultiple(of: 2), "an odd number of pixels, but got \(size)")
  }
}

extension KeyedDecodingContainer {
  /// Returns a range `[least, greatest]` inside `limits`, or `fallback` if it is left out.
  fileprivate func decode(
    range key: Key, within limits: ClosedRange<Double>, or fallback: ClosedRange<Double>
  ) throws -> ClosedRange<Double> {
    guard let ends = try decodeIfPresent([Double].self, forKey: key) else { return fallback }
    try require(
      key, ends.count == 2 && ends[0] <= ends[1] && ends.allSatisfy(limits.contains),
      "two numbers from \(limits.lowerBound) to \(limits.upperBound), the smaller one first, but got "
        + "\(ends)")
    return ends[0]...ends[1]
  }
}
