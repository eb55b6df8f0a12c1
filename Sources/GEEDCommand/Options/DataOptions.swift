// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDData

/// The options that `geed measure` and `geed plan` share.
struct MeasurementOptions: ParsableArguments {
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Model") var computed: ComputedOptions
  @OptionGroup(title: "Data") var source: DataSource
  @OptionGroup(title: "Data") var preparation: DataOptions
  @OptionGroup(title: "Group") var group: GroupOptions
  @OptionGroup(title: "Probes") var probes: ProbeOptions

  func validate() throws {
    guard computed.manifest != nil, let option = model.optionForONNX else { return }
    throw ValidationError("'\(option)' is for ONNX models; '--outputs' are computed already.")
  }
}

struct DataOptions: ParsableArguments {
  @Option(
    help: """
      A standard size, crop and normalization: imagenet (bilinear, as torchvision's), \
      imagenet-bicubic (as most of timm's), imagenet-inception (values -1 to 1), \
      efficientnet-lite ((byte - 127) / 128), clip, cifar10 or mnist. Options such as --crop \
      override its parts.
      """)
  var preset: PresetName?

  @Option(
    help: ArgumentHelp(
      """
      Size, crop and normalization from a file beside the weights: config.json of timm, or \
      preprocessor_config.json of transformers. Options such as --crop override its parts.
      """, valueName: "file"),
    completion: .file(extensions: ["json"]), transform: { try PresetFile(path: $0) })
  var presetFile: PresetFile?

  @Option(
    help: ArgumentHelp(
      "Resize to a shortest side, such as 256, or to a width and height, such as 32x32.",
      valueName: "size"))
  var resize: Preprocessing.Resize?

  @Option(
    help: """
      The weights of a resize, by Pillow's names; bilinear by default, or as the preset says. \
      Pixels are those of Pillow's resize.
      """)
  var resizeFilter: [InputValue<Preprocessing.ResizeFilter>] = []

  @Option(parsing: .unconditional, help: "Crop to the central square with this side.")
  var crop: Int?

  @Option(
    parsing: .unconditionalSingleValue, help: "1 for grey, 3 for RGB; by default as in the files.")
  var channels: [InputValue<Int>] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "The value of a white pixel before normalization, 1 by default; some models need 255.")
  var pixelMax: [InputValue<Float>] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "The means to subtract from the channels, such as .485,.456,.406.")
  var mean: [InputValue<NumberList>] = []

  @Option(
    parsing: .unconditionalSingleValue,
    help: "The standard deviations to then divide the channels by, such as .229,.224,.225.")
  var std: [InputValue<NumberList>] = []

  @Option(
    help: ArgumentHelp(
      """
      The part to use, if the data come in parts: train, val or test. By default test, or another \
      one if there is no test part. A folder of images comes in parts if it has folders of these \
      names, each with its class folders.
      """, valueName: "part"))
  var split: DataSplit?

  @Option(
    help: """
      The treatment of the orientation that EXIF states for a JPEG, PNG or WebP, or tag 274 for a \
      TIFF: apply turns images upright, ignore keeps their rows as stored.
      """)
  var exif: Preprocessing.Orientation = .apply

  @Flag(
    help: """
      Leave out images that cannot be decoded, and count them. All images are read once for \
      that, before any is chosen. Without it, an unreadable image is an error if it is chosen.
      """)
  var skipUnreadable = false

  @Option(
    help: ArgumentHelp(
      """
      The class of each example, by the numbers of the model: CSV rows 'example,class', JSON \
      {"example": class}, or only the classes in the order of the examples. An example is the name \
      of a file or a number from 0; a class is a number from 0, a name in --class-map, or a \
      WordNet id of ImageNet.
      """, valueName: "file"))
  var labels: String?

  @Option(
    help: ArgumentHelp(
      """
      The model's class number for each class folder, or for each name in --labels: CSV rows \
      'name,number', JSON {"name": number}, or a JSON list of the names from number 0 on. Folders \
      named by WordNet ids of ImageNet need none.
      """, valueName: "file"))
  var classMap: String?

  @OptionGroup var changes: AdaptationOptions

  func validate() throws {
    guard preset == nil || presetFile == nil else {
      throw ValidationError("Give one of '--preset' and '--preset-file'.")
    }
    let names = channels.names + pixelMax.names + mean.names + std.names + resizeFilter.names
    for preprocessing in [preprocessing] + names.map({ resolved(for: $0).preprocessing }) {
      guard let validationError = preprocessing.validationError else { continue }
      throw ValidationError("\(validationError).")
    }
    if let filter = resizeFilter.value, preprocessing.resize == nil {
      throw ValidationError(
        "'--resize-filter \(filter.rawValue)' changes nothing without a size; give --resize.")
    }
  }

  /// The preset, of a name or a file, with the requested changes.
  var preprocessing: Preprocessing {
    var result =
      preset.map(\.preprocessing) ?? presetFile.map(\.preprocessing) ?? Preprocessing()
    if let resize { result.resize = resize }
    if let filter = resizeFilter.value { result.resizeFilter = filter }
    if let crop { result.crop = crop }
    if let count = channels.value { result.channels = count }
    if let white = pixelMax.value { result.pixelMax = white }
    if let mean = mean.value { result.mean = mean.numbers }
    if let deviation = std.value { result.standardDeviation = deviation.numbers }
    result.orientation = exif
    return result
  }

  /// Opens the data.
  ///
  /// - Parameter inputAxes: The axes of the model's input; `nil` if they are unknown.
  func open(_ location: String, inputAxes: InputAxes? = nil) throws -> any Dataset {
    if let presetFile { StandardError.log("preprocessing from \(presetFile.summary)") }
    return try changes.adaptation.open(
      location, preprocessing: preprocessing, split: split, skipsUnreadable: skipUnreadable,
      inputAxes: inputAxes,
      labeling: labels == nil && classMap == nil
        ? nil : ClassLabeling(labels: labels, classMap: classMap))
  }

  /// Opens the data set of M, whose labels are not used and which may have no parts.
  func openScale(_ location: String, inputAxes: InputAxes?) throws -> any Dataset {
    let comesInParts = try !DatasetLocation.splits(of: location).isEmpty
    return try changes.adaptation.open(
      location, preprocessing: preprocessing, split: comesInParts ? split : nil,
      skipsUnreadable: skipUnreadable, inputAxes: inputAxes)
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

struct PresetName: ExpressibleByArgument {
  let preprocessing: Preprocessing

  init(_ preprocessing: Preprocessing) {
    self.preprocessing = preprocessing
  }

  init?(argument: String) {
    guard let preprocessing = Preprocessing.presets[argument] else { return nil }
    self.preprocessing = preprocessing
  }

  static var allValueStrings: [String] { Preprocessing.presets.keys.sorted() }
}

extension Preprocessing.Resize: ExpressibleByArgument {
  /// Parses a size, such as `256` or `32x32`.
  public init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    switch (sides.count, sides.first ?? nil, sides.last ?? nil) {
    case (1, let side?, _): self = .shortestSide(side)
    case (2, let width?, let height?): self = .exact(width: width, height: height)
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
  public init?(argument: String) { self.init(folderName: argument) }
}

extension Preprocessing.Orientation: ExpressibleByArgument {}

extension Preprocessing.ResizeFilter: ExpressibleByArgument {}
