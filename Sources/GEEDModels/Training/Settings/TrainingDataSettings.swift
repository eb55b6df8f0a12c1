// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// Which pictures a network learns from and is tried on.
public struct TrainingDataSettings: Sendable, Hashable, Codable {
  /// What `--data` takes.
  public var source: String
  /// The same for the pictures that the network is tried on, where ``source`` has none of them.
  public var test: String?
  /// The share of the pictures of every class that is held back to try the network on, drawn at random.
  public var split: Double?
  /// Width and height.
  public var resize: Int?
  /// What is subtracted from each channel; empty for nothing.
  public var mean: [Float] = []
  /// What each channel is then divided by; empty for nothing.
  public var std: [Float] = []
  /// Which classes stay and how pictures change, before the mean; its seed is not used.
  public var adaptation = Adaptation()
  /// Only so many of the pictures to learn from, drawn at random.
  public var count: Int?
  /// Where angles and corruptions start; the seed of the run where it is `nil`.
  public var seed: UInt64?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case source, test, split, resize, mean, std, count, seed
    case classes, grey, invert, rotated, corruption
  }

  /// All pictures of a source as they are.
  ///
  /// - Parameter source: What `--data` takes.
  public init(source: String) {
    self.source = source
  }

  public init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    source = try settings.decode(String.self, forKey: .source)
    test = try settings.decodeIfPresent(String.self, forKey: .test)
    split = try settings.decodeIfPresent(.split, in: 0.001...0.999)
    try settings.require(
      .split, split == nil || test == nil, "either a share to hold back or 'test', but got both")
    resize = try settings.decodeIfPresent(.resize, in: 1...4_096)
    mean = try settings.decode(.mean, or: [])
    std = try settings.decode(.std, or: [])
    count = try settings.decodeIfPresent(.count, in: 1...greatestCount)
    seed = try settings.decodeIfPresent(UInt64.self, forKey: .seed)
    adaptation.classes = try settings.decodeIfPresent(.classes, in: 1...100_000)
    adaptation.isGrey = try settings.decode(.grey, or: false)
    adaptation.isInverted = try settings.decode(.invert, or: false)
    adaptation.isRotated = try settings.decode(.rotated, or: false)
    if let text = try settings.decodeIfPresent(String.self, forKey: .corruption) {
      adaptation.corruption = Corruption(parsing: text)
      try settings.require(
        .corruption, adaptation.corruption != nil, "a kind and a severity, such as 'fog:3'")
    }
    try settings.require(.std, std.allSatisfy { $0 > 0 && $0.isFinite }, "positive numbers")
    try settings.require(.mean, mean.allSatisfy(\.isFinite), "finite numbers")
  }

  /// Encodes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var settings = encoder.container(keyedBy: CodingKeys.self)
    try settings.encode(source, forKey: .source)
    try settings.encodeIfPresent(test, forKey: .test)
    try settings.encodeIfPresent(split, forKey: .split)
    try settings.encodeIfPresent(resize, forKey: .resize)
    try settings.encode(mean, forKey: .mean)
    try settings.encode(std, forKey: .std)
    try settings.encodeIfPresent(count, forKey: .count)
    try settings.encodeIfPresent(seed, forKey: .seed)
    try settings.encodeIfPresent(adaptation.classes, forKey: .classes)
    try settings.encode(adaptation.isGrey, forKey: .grey)
    try settings.encode(adaptation.isInverted, forKey: .invert)
    try settings.encode(adaptation.isRotated, forKey: .rotated)
    try settings.encodeIfPresent(adaptation.corruption?.text, forKey: .corruption)
  }
}
