// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDData

/// Which pictures a network learns from and is tried on.
struct TrainingDataSettings: Decodable {
  /// What `--data` takes.
  let source: String
  /// Width and height.
  let resize: Int?
  let mean: [Float]
  let std: [Float]
  /// Only the classes from 0 to below this one.
  let classes: Int?
  /// Whether every picture is turned by an angle of its own.
  let isRotated: Bool
  /// Colour becomes luma, black and white change places, or pictures get worse; before the mean.
  var adaptation = Adaptation()
  /// Only so many of the pictures to learn from.
  let count: Int?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case source, resize, mean, std, classes, count, grey, invert, corruption
    case isRotated = "rotated"
  }

  init(from decoder: any Decoder) throws {
    let settings = try decoder.strictContainer(keyedBy: CodingKeys.self)
    source = try settings.decode(String.self, forKey: .source)
    resize = try settings.decodeIfPresent(Int.self, forKey: .resize)
    mean = try settings.decode(.mean, or: [])
    std = try settings.decode(.std, or: [])
    classes = try settings.decodeIfPresent(Int.self, forKey: .classes)
    isRotated = try settings.decode(.isRotated, or: false)
    count = try settings.decodeIfPresent(Int.self, forKey: .count)
    adaptation.isGrey = try settings.decode(.grey, or: false)
    adaptation.isInverted = try settings.decode(.invert, or: false)
    if let text = try settings.decodeIfPresent(String.self, forKey: .corruption) {
      adaptation.corruption = Corruption(parsing: text)
      try settings.require(
        .corruption, adaptation.corruption != nil, "a kind and a severity, such as 'fog:3'")
    }
    try settings.require(.resize, resize.map { (1...65_535).contains($0) } ?? true, "1 to 65535")
    try settings.require(.std, std.allSatisfy { $0 > 0 && $0.isFinite }, "positive numbers")
    try settings.require(.mean, mean.allSatisfy(\.isFinite), "finite numbers")
    try settings.require(.classes, classes.map { $0 >= 1 } ?? true, "at least 1 class")
    try settings.require(.count, count.map { $0 >= 1 } ?? true, "at least 1 picture")
  }

  /// Opens one part; pictures are turned by angles from `seed`, which the parts do not share.
  func open(_ split: DataSplit, seed: UInt64) throws -> any Dataset {
    let preprocessing = Preprocessing(
      resize: resize.map { .exact(width: $0, height: $0) }, mean: mean, standardDeviation: std)
    var changes = adaptation
    changes.seed = seed
    var dataset = try changes.open(source, preprocessing: preprocessing, split: split)
    if let classes { dataset = try ClassSubset(of: dataset, classes: 0..<classes) }
    if split == .train, let count { dataset = FirstExamples(count, of: dataset) }
    guard isRotated else { return dataset }
    return try RotatedDataset(dataset, seed: split == .train ? seed : ~seed)
  }
}

/// The first examples of another data set.
private struct FirstExamples: Dataset {
  let name: String
  let count: Int
  private let base: any Dataset

  init(_ count: Int, of base: any Dataset) {
    self.base = base
    self.count = min(count, base.count)
    name = "the first \(self.count) of \(base.name)"
  }

  var exampleShape: [Int] { base.exampleShape }
  func example(at index: Int) throws -> Tensor { try base.example(at: index) }
  func label(at index: Int) -> Int? { base.label(at: index) }
  func exampleName(at index: Int) -> String? { base.exampleName(at: index) }
}
#endif
