// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDOnnx

/// A preprocessing that is usual for the shape of a model's input, for images without a stated one.
struct PreprocessingGuess {
  let preprocessing: Preprocessing
  /// What was guessed and why, in a sentence.
  let reason: String

  /// Guesses the preprocessing of images; `nil` if the input does not fix their size, or no
  /// preprocessing is usual, and the model does not begin with a scaling of pixels.
  ///
  /// - Parameter scaling: What the model itself computes first, which is not done twice.
  init?(for input: OnnxValueInfo, scaling: InputScaling?) {
    guard let axes = input.shape, axes.count == 4 else { return nil }
    let shape = axes.dropFirst().map { axis -> Int in
      if case .fixed(let length) = axis { length } else { 0 }
    }
    let isLast = ![1, 3].contains(shape[0]) && [1, 3].contains(shape[2])
    let channels = isLast ? shape[2] : shape[0]
    let size = isLast ? Array(shape.prefix(2)) : Array(shape.suffix(2))
    guard [1, 3].contains(channels) else { return nil }
    let isSquare = size[0] > 0 && size[0] == size[1]
    guard isSquare || scaling != nil, size.allSatisfy({ $0 <= 65_535 }) else { return nil }
    let side = size[0]
    var result: Preprocessing
    var words: [String] = []
    switch (channels, side) {
    case _ where !isSquare:
      result = Preprocessing(channels: channels)
      words = ["not resized", "with values from 0 to 1"]
    case (3, 64...):
      result = .imagenet
      // 256 for 224, and as much more for other sizes.
      let resized = (side * 256 + 112) / 224
      (result.resize, result.crop) = (.shortestSide(resized), side)
      words = ["resized to \(resized) and cropped to \(side)", "with ImageNet's mean and std"]
    case (3, 32):
      result = .cifar10
      words = ["with the mean and std of the preset cifar10"]
    default:
      result = Preprocessing(resize: .exact(width: side, height: side), channels: channels)
      words = ["resized to \(side)x\(side)", "with values from 0 to 1"]
    }
    if let scaling {
      result.setPixels(scaling.pixels, channels: channels)
      words[words.count - 1] = "with values from \(scaling.pixels.text)"
    }
    preprocessing = result
    let input = axes.map(\.description).joined(separator: ", ")
    reason =
      "Guessed from the input [\(input)]: images are \(words.joined(separator: ", "))"
      + (scaling.map { ", as the model itself \($0.summary)" } ?? "")
      + "; --preset, --preset-file or --mean and --std say otherwise."
  }

  /// Replaces the range of pixels by that which the model's metadata state, as the ONNX specification
  /// names it; returns what they state of the pixels in sentences.
  static func applyMetadata(
    of graph: OnnxGraph, to preprocessing: inout Preprocessing
  ) -> [String] {
    var sentences: [String] = []
    let ranges: [String: (white: Float, center: Float?)] = [
      "NominalRange_0_255": (255, nil), "Normalized_0_1": (1, nil), "Normalized_1_1": (1, 0.5),
    ]
    if let name = graph.metadata["Image.NominalPixelRange"] {
      if let range = ranges[name] {
        preprocessing.pixelMax = range.white
        preprocessing.mean =
          range.center.map {
            [Float](repeating: $0, count: preprocessing.channels ?? 3)
          } ?? []
        preprocessing.standardDeviation = preprocessing.mean
      }
      sentences.append(
        "The model's metadata state the range of pixels \(name)"
          + (ranges[name] == nil ? ", which is not applied." : "."))
    }
    if let order = graph.metadata["Image.BitmapPixelFormat"], order.hasPrefix("Bgr") {
      sentences.append(
        "The model's metadata state channels in the order blue, green, red (\(order)); images have red, "
          + "green, blue, so the values are those of other colors.")
    }
    return sentences
  }

  /// Guesses that a model of bytes takes pixels as they are stored, resized to its input if that is
  /// square.
  init(ofBytesFor input: OnnxValueInfo) {
    var preprocessing = Preprocessing(pixelMax: 255)
    let sides = input.shape?.dropFirst().compactMap(\.length).filter { $0 > 4 } ?? []
    if sides.count == 2, sides[0] == sides[1] {
      preprocessing.resize = .exact(width: sides[0], height: sides[1])
    }
    self.preprocessing = preprocessing
    reason =
      "Guessed from the input (uint8): pixels are bytes from 0 to 255"
      + (preprocessing.resize == nil ? "" : ", resized to \(sides[1])x\(sides[0])")
      + "; --pixel-max, --preset and --resize say otherwise."
  }
}

extension Preprocessing {
  /// Leaves pixels in a range, without the statistics of a data set.
  fileprivate mutating func setPixels(_ pixels: InputScaling.Pixels, channels: Int) {
    pixelMax = pixels == .bytes ? 255 : 1
    mean = pixels == .symmetric ? Array(repeating: 0.5, count: channels) : []
    standardDeviation = mean
  }
}

extension OnnxValueInfo {
  /// Whether the values are bytes.
  var takesBytes: Bool { elementType == .uint8 }
}

extension DataOptions {
  /// Whether the options say how images are prepared.
  var preparesImages: Bool {
    preset != nil || presetFile != nil || resize != nil || crop != nil || channels.value != nil
      || pixelMax.value != nil || mean.value != nil || std.value != nil
  }

  /// Takes the usual preprocessing of images for a model, if the options state none; returns what was
  /// guessed and why.
  mutating func guessPreprocessing(
    of location: String, for input: OnnxValueInfo, axes: InputAxes?, scaling: InputScaling?,
    in graph: OnnxGraph
  ) -> String? {
    guard !preparesImages else { return nil }
    guard DatasetLocation.isOfImages(location) else {
      if input.takesBytes { return keepBytes(of: location, axes) }
      guard let scaling else { return noteOnBytes(of: location, for: input, axes) }
      guard scaling.pixels == .bytes else { return nil }
      return keepBytes(of: location, axes, because: "the model itself \(scaling.summary)")
    }
    let usual =
      input.takesBytes
      ? PreprocessingGuess(ofBytesFor: input)
      : PreprocessingGuess(for: input, scaling: scaling)
    guard let guess = usual else {
      return "Nothing is known of the preprocessing of images for this model, so they have values "
        + "from 0 to 1, without a mean and std; --preset, --resize, --mean and --std or --pixel-max "
        + "say otherwise."
    }
    var preprocessing = guess.preprocessing
    let stated = PreprocessingGuess.applyMetadata(of: graph, to: &preprocessing)
    preset = PresetName(preprocessing)
    return ([guess.reason] + stated).joined(separator: " ")
  }

  /// Returns a sentence on what is done to the bytes of an array of images; `nil` for other arrays.
  private func noteOnBytes(
    of location: String, for input: OnnxValueInfo, _ axes: InputAxes?
  ) -> String? {
    guard input.shape?.count == 4, !DatasetLocation.isEmbedded(location), holdsBytes(location, axes)
    else { return nil }
    let usual = PreprocessingGuess(for: input, scaling: nil)?.preprocessing
    let images =
      usual.map { $0.mean.isEmpty } ?? true
      ? "" : " Image files would be given with a mean and std by the size of the input."
    return "Bytes are divided by 255, without a mean and std; --preset, --mean and --std or "
      + "--pixel-max say otherwise.\(images)"
  }

  /// Whether data that are no images are bytes: other numbers cannot be scaled to another white pixel.
  private func holdsBytes(_ location: String, _ axes: InputAxes?) -> Bool {
    var kept = self
    kept.pixelMax = [InputValue(255)]
    return (try? kept.open(location, inputAxes: axes)) != nil
  }

  /// Leaves bytes that are no images from 0 to 255; returns `nil` for data that are no bytes.
  mutating func keepBytes(
    of location: String, _ axes: InputAxes?, because reason: String = "the input is uint8"
  ) -> String? {
    guard holdsBytes(location, axes) else { return nil }
    pixelMax = [InputValue(255)]
    return "Guessed: bytes stay from 0 to 255, as \(reason); --pixel-max says otherwise."
  }
}
