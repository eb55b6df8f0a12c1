// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

extension DataOptions {
  /// Throws if a value is given for an input that is none of these.
  func requireInputs(
    named inputs: [String], interpolation: [InputValue<Interpolation>] = []
  ) throws {
    let options: [(String, [String])] = [
      ("--channels", channels.names), ("--pixel-max", pixelMax.names), ("--mean", mean.names),
      ("--std", std.names), ("--resize-filter", resizeFilter.names),
      ("--interpolation", interpolation.names),
    ]
    for (option, names) in options {
      guard let name = names.first(where: { !inputs.contains($0) }) else { continue }
      throw UsageError(
        "'\(option) \(name)=…' names no input with data; "
          + (inputs.isEmpty
            ? "leave the name out."
            : "these are \(inputs.map { "'\($0)'" }.joined(separator: ", ")).")
      )
    }
  }

  /// Throws if images are to be changed, which is for those of a single input.
  func requireNoChanges(besides parts: [InputData]) throws {
    guard !skipUnreadable else {
      throw UsageError(
        "'--skip-unreadable' is for models with one input: the examples of several would no longer "
          + "belong together.")
    }
    guard changes.adaptation != Adaptation() else { return }
    throw UsageError(
      "--classes, --grey, --invert, --rotated and --corruption are for models with one input, not for "
        + parts.map { "'\($0.input.name)'" }.joined(separator: ", ") + ".")
  }

  /// Returns the options with the values for one input as those for all.
  func resolved(for input: String) -> DataOptions {
    func own<Value>(_ values: [InputValue<Value>]) -> [InputValue<Value>] {
      values.value(for: input).map { [InputValue($0)] } ?? []
    }
    var result = self
    result.channels = own(channels)
    result.pixelMax = own(pixelMax)
    result.mean = own(mean)
    result.std = own(std)
    result.resizeFilter = own(resizeFilter)
    return result
  }

  /// Returns the options for each of several inputs, with the scaling that the graph makes of each.
  ///
  /// Images of all inputs are resized and cropped alike. The mean and standard deviation of a preset are
  /// those of inputs with as many channels; bytes, and whole numbers, which are labels, stay as they are.
  func prepared(
    for parts: [InputData], in graph: OnnxGraph, layout: OnnxLayout, scalings: [InputScaling?]
  ) throws -> [DataOptions] {
    let images = parts.filter { DatasetLocation.isOfImages($0.location) }
    var results = zip(parts, scalings).map { part, scaling in
      var own = resolved(for: part.input.name)
      // Classes are those of the first input.
      if part.input.name != parts[0].input.name { (own.labels, own.classMap) = (nil, nil) }
      guard images.contains(where: { $0.input.name == part.input.name }) else {
        if !own.preparesImages, part.input.takesBytes || part.input.takesWholeNumbers {
          _ = own.keepBytes(of: part.location, part.input.axes(wanted: layout))
        }
        return own
      }
      let filter = own.resizeFilter.value
      _ = own.guessPreprocessing(
        of: part.location, for: part.input, axes: part.input.axes(wanted: layout),
        scaling: scaling, in: graph)
      var preprocessing = own.preprocessing
      preprocessing.orientation = exif
      if let filter { preprocessing.resizeFilter = filter }
      // Numbers for channels that are not named for an input are for those with as many channels.
      if !mean.names.contains(part.input.name), own.mean.value?.numbers.count ?? 1 > 1 {
        own.mean = []
      }
      if !std.names.contains(part.input.name), own.std.value?.numbers.count ?? 1 > 1 {
        own.std = []
      }
      own.apply(to: &preprocessing, for: part.input)
      own.replacePreprocessing(by: preprocessing)
      return own
    }
    guard !preparesSize, images.count > 1 else { return results }
    let sizes = images.map { $0.input.imageSize }
    // Also of inputs whose values are stated.
    let first = PreprocessingGuess(for: images[0].input, scaling: nil)?.preprocessing
    for (index, part) in parts.enumerated()
    where images.contains(where: { $0.input.name == part.input.name }) {
      var preprocessing = results[index].preprocessing
      if sizes.allSatisfy({ $0 == sizes[0] }) {
        (preprocessing.resize, preprocessing.crop) = (first?.resize, first?.crop)
      } else if let size = part.input.imageSize {
        // The same part of a scene for every size.
        preprocessing.resize = .exact(width: size.width, height: size.height)
        preprocessing.crop = nil
      }
      results[index].replacePreprocessing(by: preprocessing)
    }
    return results
  }

  /// Whether the options state the size of images.
  private var preparesSize: Bool {
    preset != nil || presetFile != nil || resize != nil || crop != nil
  }

  /// Adapts a preprocessing to the channels and the numbers of an input, where the options state none.
  private func apply(to preprocessing: inout Preprocessing, for input: OnnxValueInfo) {
    if channels.isEmpty, let count = input.imageChannels { preprocessing.channels = count }
    let count = preprocessing.channels ?? 3
    let keepsNumbers = input.takesBytes || input.takesWholeNumbers
    if mean.isEmpty, keepsNumbers || preprocessing.mean.count != count { preprocessing.mean = [] }
    if std.isEmpty, keepsNumbers || preprocessing.standardDeviation.count != count {
      preprocessing.standardDeviation = []
    }
    if pixelMax.isEmpty, keepsNumbers { preprocessing.pixelMax = 255 }
    if resizeFilter.isEmpty, input.takesWholeNumbers { preprocessing.resizeFilter = .nearest }
  }

  /// Replaces all options on the preprocessing of images.
  private mutating func replacePreprocessing(by preprocessing: Preprocessing) {
    (preset, presetFile) = (PresetName(preprocessing), nil)
    (resize, crop, resizeFilter, channels) = (nil, nil, [], [])
    (pixelMax, mean, std) = ([], [], [])
  }

  /// What is done to images at a location, in words; `nil` if it holds none.
  func imageText(of location: String) -> String? {
    guard DatasetLocation.isOfImages(location) else { return nil }
    let preprocessing = preprocessing
    let resize =
      switch preprocessing.resize {
      case .shortestSide(let side)?: "shortest side resized to \(side)"
      case .exact(let width, let height)?: "resized to \(width)x\(height)"
      case nil: "not resized"
      }
    let filter =
      preprocessing.resize == nil || preprocessing.resizeFilter == .bilinear
      ? "" : " (\(preprocessing.resizeFilter.rawValue))"
    let crop = preprocessing.crop.map { ", cropped to \($0)" } ?? ""
    let range =
      preprocessing.mean.isEmpty && preprocessing.standardDeviation.isEmpty
      ? "values 0 to \(preprocessing.pixelMax.text)" : "mean and std applied"
    return "\(resize)\(filter)\(crop), \(range)"
  }
}

extension OnnxValueInfo {
  private var imageAxes: (channels: Int?, height: Int?, width: Int?)? {
    guard let axes = shape?.dropFirst().map(\.length), axes.count == 3 else { return nil }
    let isLast = ![1, 3].contains(axes[0]) && [1, 3].contains(axes[2])
    return isLast ? (axes[2], axes[0], axes[1]) : (axes[0], axes[1], axes[2])
  }

  /// The channels of an image, if they are 1 or 3.
  fileprivate var imageChannels: Int? {
    imageAxes?.channels.flatMap { [1, 3].contains($0) ? $0 : nil }
  }

  /// The size of an image, if it is fixed.
  fileprivate var imageSize: ImageSize? {
    guard let height = imageAxes?.height, let width = imageAxes?.width else { return nil }
    return ImageSize(width: width, height: height)
  }

  fileprivate struct ImageSize: Hashable {
    let width: Int
    let height: Int
  }
}
