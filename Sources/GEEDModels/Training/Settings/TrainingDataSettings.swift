// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// The images for training and testing a network.
public struct TrainingDataSettings: Sendable, Hashable, Codable {
  /// The data source, as for `--data`.
  public var source: String
  /// The source of the test images, if ``source`` has none.
  public var test: String?
  /// The share of the images of every class that is held back for testing, drawn at random.
  public var split: Double?
  /// The width and height to which images are resized.
  public var resize: Int?
  /// The weights of ``resize``; `nil` for bilinear.
  public var resizeFilter: Preprocessing.ResizeFilter?
  /// The numbers subtracted from the channels; empty to subtract nothing.
  public var mean: [Float] = []
  /// The numbers by which the channels are then divided; empty to divide by nothing.
  public var std: [Float] = []
  /// The selection of classes and the changes of images, applied before the mean; its seed is not
  /// used.
  public var adaptation = Adaptation()
  /// The number of training images to use, drawn at random; `nil` for all.
  public var count: Int?
  /// The seed of angles and corruptions; the seed of the run if `nil`.
  public var seed: UInt64?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case source, test, split, resize, mean, std, count, seed
    case resizeFilter = "resize-filter"
    case classes, grey, invert, rotated, corruption
  }

  /// Creates settings with all images of a source, unchanged.
  ///
  /// - Parameter source: The data source, as for `--data`.
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
    resizeFilter = try settings.decodeIfPresent(
      Preprocessing.ResizeFilter.self, forKey: .resizeFilter)
    try settings.require(
      .resizeFilter, resizeFilter == nil || resize != nil, "'resize' as well, which it is of")
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

  /// Encodes the settings in the form that ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var settings = encoder.container(keyedBy: CodingKeys.self)
    try settings.encode(source, forKey: .source)
    try settings.encodeIfPresent(test, forKey: .test)
    try settings.encodeIfPresent(split, forKey: .split)
    try settings.encodeIfPresent(resize, forKey: .resize)
    try settings.encodeIfPresent(resizeFilter, forKey: .resizeFilter)
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
