// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData

/// Options for the source of the examples.
struct DataSource: ParsableArguments {
  @Option(
    help: """
      What to measure on: a .npy file [N, C, H, W], a folder in the layout of MNIST, EMNIST or \
      CIFAR-10 (binary), a folder or .zip file of pictures, labels of scenes (xView's .geojson, \
      COCO's .json), or 'glyphs' or 'glyphs-sketched', the embedded data sets.
      """)
  var data: String
}

/// Options for the preprocessing of pictures.
struct DataOptions: ParsableArguments {
  @Option(help: "Size, crop and normalization in one word: imagenet, cifar10 or mnist.")
  var preset: PresetName?

  @Option(
    help: ArgumentHelp(
      "Resize: the shortest side, such as 256, or width and height, such as 32x32.",
      valueName: "size"))
  var resize: ResizeOption?

  @Option(parsing: .unconditional, help: "Cut out the middle square with this side.")
  var crop: Int?

  @Option(parsing: .unconditional, help: "1 for grey, 3 for RGB; what the files have by default.")
  var channels: Int?

  @Option(
    parsing: .unconditional,
    help: "What a white pixel becomes before normalization, 1 by default; some models want 255.")
  var pixelMax: Float?

  @Option(
    parsing: .unconditional, help: "What is subtracted from each channel, such as .485,.456,.406.")
  var mean: NumberList?

  @Option(
    parsing: .unconditional, help: "What each channel is then divided by, such as .229,.224,.225.")
  var std: NumberList?

  @Option(
    help: ArgumentHelp(
      """
      Which part of the data, where they come in parts: train, val or test. By default test, or what \
      else there is. A folder of pictures comes in parts if it has folders of these names, each with \
      its class folders.
      """, valueName: "part"))
  var split: DataSplit?

  @Option(
    help: """
      What becomes of the orientation that EXIF gives a JPEG or PNG, and tag 274 a TIFF: apply turns \
      pictures upright, ignore leaves them as their rows lie.
      """)
  var exif: Preprocessing.Orientation = .apply

  @Flag(
    help: """
      Leave out pictures that cannot be decoded, and count them. All pictures are read once for that, \
      before any is chosen; without it an unreadable picture that is chosen is an error.
      """)
  var skipUnreadable = false

  @Option(
    help: ArgumentHelp(
      """
      The class of each example, in the model's numbers: CSV rows 'example,class', or JSON \
      {"example": class}, or only the classes in the order of the examples. An example is a file's \
      name or a number from 0; a class is a number from 0, a name of --class-map, or a WordNet id of \
      ImageNet.
      """, valueName: "file"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      """
      The model's number of each class folder, or of each name in --labels: CSV rows 'name,number', \
      JSON {"name": number}, or a JSON list of names from 0 on. Folders called by ImageNet's WordNet \
      ids need none.
      """, valueName: "file"))
  var classMap: String?

  @OptionGroup var changes: AdaptationOptions

  func validate() throws {
    if let validationError = preprocessing.validationError {
      throw ValidationError("\(validationError).")
    }
  }

  /// The preset, with the requested changes.
  var preprocessing: Preprocessing {
    var result = preset.map(\.preprocessing) ?? Preprocessing()
    if let resize { result.resize = resize.resize }
    if let crop { result.crop = crop }
    if let channels { result.channels = channels }
    if let pixelMax { result.pixelMax = pixelMax }
    if let mean { result.mean = mean.numbers }
    if let std { result.standardDeviation = std.numbers }
    result.orientation = exif
    return result
  }

  /// Opens a data set.
  func open(_ location: String) throws -> any Dataset {
    try changes.adaptation.open(
      location, preprocessing: preprocessing, split: split, skipsUnreadable: skipUnreadable,
      labeling: labels == nil && classMap == nil
        ? nil : ClassLabeling(labels: labels, classMap: classMap))
  }

  /// Opens the data set of M, whose labels are not used; the part applies only if the data set has
  /// parts.
  func openScale(_ location: String) throws -> any Dataset {
    let comesInParts = try !DatasetLocation.splits(of: location).isEmpty
    return try changes.adaptation.open(
      location, preprocessing: preprocessing, split: comesInParts ? split : nil,
      skipsUnreadable: skipUnreadable)
  }
}

extension DataOptions {
  /// Throws if a batch of examples does not fit into the allowed memory.
  func requireRoom(for dataset: any Dataset, batch: Int, within limit: Int) throws {
    let count = try? Tensor.checkedCount(of: [batch] + dataset.exampleShape)
    if let count, 4 * count <= limit { return }
    throw DataError.unsuitable(
      path: dataset.name, expected: "batches of at most \(ByteCount(limit))",
      found: "\(batch) x \(dataset.exampleShape.shapeText) numbers of 4 bytes"
        + (count.map { ", \(ByteCount(4 * $0))" } ?? ""),
      fix: "take a smaller --batch or --resize, or allow more with --memory")
  }
}

/// The name of a preset.
struct PresetName: ExpressibleByArgument {
  let name: String
  let preprocessing: Preprocessing

  init?(argument: String) {
    guard let preprocessing = Preprocessing.presets[argument] else { return nil }
    self.name = argument
    self.preprocessing = preprocessing
  }

  static var allValueStrings: [String] { Preprocessing.presets.keys.sorted() }
}

/// A size, such as `256` or `32x32`.
struct ResizeOption: ExpressibleByArgument {
  let resize: Preprocessing.Resize

  init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    switch (sides.count, sides.first ?? nil, sides.last ?? nil) {
    case (1, let side?, _): resize = .shortestSide(side)
    case (2, let width?, let height?): resize = .exact(width: width, height: height)
    default: return nil
    }
  }
}

/// Numbers separated by commas; blanks around them are ignored.
struct NumberList: ExpressibleByArgument {
  let numbers: [Float]

  init?(argument: String) {
    let numbers = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      Float($0.trimmingCharacters(in: .whitespaces))
    }
    guard numbers.allSatisfy({ $0 != nil }) else { return nil }
    self.numbers = numbers.compactMap(\.self)
  }
}

extension DataSplit: ExpressibleByArgument {
  /// Parses the names of the parts and of their folders: `val` as well as `validation`.
  public init?(argument: String) {
    self.init(folderName: argument)
  }
}

extension Preprocessing.Orientation: ExpressibleByArgument {}
