// SPDX-License-Identifier: MIT
// The image processors of Hugging Face's transformers 4.57, models/*/image_processing_*.py.

extension Preprocessing {
  /// What a `preprocessor_config.json` of transformers says, by the rules of the class it names.
  init(imageProcessor settings: PresetSettings) throws(DataError) {
    let processor = try ImageProcessor(settings)
    try processor.requireKnownSettings(settings)
    self.init(cropRounding: .down, channels: 3)
    if try settings.flag("do_resize") ?? true {
      (resize, crop) = try processor.size(settings)
      resizeFilter = try processor.resizeFilter(settings)
    }
    if processor.crops, try settings.flag("do_center_crop") ?? processor.cropsUnasked {
      crop = try processor.cropSide(settings)
    }
    // Bytes times the factor, so that white is 255 times it.
    let factor = try settings.number("rescale_factor") ?? 1 / 255
    pixelMax = try settings.flag("do_rescale") ?? true ? Float(255 * factor) : 255
    if try settings.flag("do_normalize") ?? true {
      guard let mean = try settings.channels("image_mean", count: 3) else {
        throw settings.flaw("image_mean", "3 numbers")
      }
      guard let deviation = try settings.channels("image_std", count: 3) else {
        throw settings.flaw("image_std", "3 numbers")
      }
      (self.mean, standardDeviation) = (mean, deviation)
    }
    try settings.requireSoundness(of: self)
  }
}

/// The rules of a class of image processors, as far as they differ.
private struct ImageProcessor {
  /// The class without the ending of its kind, such as "CLIP"; `nil` if the file names none.
  let name: String?

  /// Whether a size of one number is a width and a height rather than a shortest side; `nil` if that
  /// is not known.
  var isSquare: Bool?

  /// The filter where the file names none.
  var defaultFilter: Preprocessing.ResizeFilter?

  /// Whether the class can crop.
  var crops = true

  /// Whether it does without being asked.
  var cropsUnasked: Bool { name != nil }

  private static let plain: [String: (Bool, Preprocessing.ResizeFilter, crops: Bool)] = [
    "ViT": (true, .bilinear, false), "DeiT": (true, .bicubic, true),
    "Beit": (true, .bicubic, true), "Blip": (true, .bicubic, false),
    "Siglip": (true, .bicubic, false), "Pvt": (true, .bilinear, false),
    "Bit": (false, .bicubic, true), "CLIP": (false, .bicubic, true),
    "ChineseCLIP": (false, .bicubic, true), "Levit": (false, .bicubic, true),
    "MobileNetV1": (false, .bilinear, true), "MobileNetV2": (false, .bilinear, true),
    "MobileViT": (false, .bilinear, true), "PoolFormer": (false, .bicubic, true),
    "ConvNext": (false, .bilinear, false),
  ]

  init(_ settings: PresetSettings) throws(DataError) {
    let key =
      settings["image_processor_type"] == nil
      ? "feature_extractor_type" : "image_processor_type"
    guard let type = try settings.text(key) else {
      name = nil
      return
    }
    let name = ["ImageProcessorFast", "ImageProcessor", "FeatureExtractor"]
      .first(where: type.hasSuffix).map { String(type.dropLast($0.count)) }
    guard let name, let (isSquare, filter, crops) = Self.plain[name] else {
      throw settings.flaw(
        key,
        "a class whose processing is known (\(Self.plain.keys.sorted().joined(separator: ", "))); "
          + "give --resize, --crop, --mean and --std instead of the file")
    }
    self.name = name
    (self.isSquare, defaultFilter, self.crops) = (isSquare, filter, crops)
  }

  /// The settings that are read, and those that change no pixels.
  private static let known: Set<String> = [
    "image_processor_type", "feature_extractor_type", "do_resize", "size", "resample",
    "do_center_crop", "crop_size", "crop_pct", "do_rescale", "rescale_factor", "do_normalize",
    "image_mean", "image_std", "do_convert_rgb", "processor_class", "_valid_processor_keys",
    "do_reduce_labels", "reduce_labels", "return_tensors", "data_format", "input_data_format",
    "device", "disable_grouping", "default_to_square", "image_seq_length", "_commit_hash",
  ]

  /// Throws if there is a setting that may change pixels in an unknown way. One that is `false` asks
  /// for nothing.
  func requireKnownSettings(_ settings: PresetSettings) throws(DataError) {
    for key in settings.names where !Self.known.contains(key) && settings[key] != .flag(false) {
      throw settings.flaw(key, "absent, because it may change pixels in a way that is not known")
    }
    let asksForCrop = try settings.flag("do_center_crop") ?? false
    if asksForCrop, !crops {
      throw settings.flaw("do_center_crop", "false, as the class never crops")
    }
    if settings["crop_pct"] != nil, name != "ConvNext", name != "PoolFormer" {
      throw settings.flaw("crop_pct", "absent, as the class does not read it")
    }
  }

  func resizeFilter(_ settings: PresetSettings) throws(DataError) -> Preprocessing.ResizeFilter {
    guard let value = settings["resample"] else {
      guard let defaultFilter else { throw settings.flaw("resample", "the number of a filter") }
      return defaultFilter
    }
    // Pillow's numbers.
    let filters: [Preprocessing.ResizeFilter] = [
      .nearest, .lanczos, .bilinear, .bicubic, .box, .hamming,
    ]
    guard let number = value.number.flatMap({ Int(exactly: $0) }), filters.indices.contains(number)
    else { throw settings.flaw("resample", "a number of 0 to 5, as Pillow has them") }
    return filters[number]
  }

  /// The size after the resize, and the crop that is part of it.
  func size(
    _ settings: PresetSettings
  ) throws(DataError) -> (Preprocessing.Resize, crop: Int?) {
    guard
      let size = try settings["size"].map({ value throws(DataError) in
        try resize(value, settings)
      })
    else {
      throw settings.flaw("size", "the size after the resize")
    }
    guard case .shortestSide(let side) = size else { return (size, nil) }
    switch name {
    case "Levit": return (.shortestSide(Int(256.0 / 224.0 * Double(side))), nil)
    case "ConvNext" where side >= 384: return (.exact(width: side, height: side), nil)
    case "ConvNext": return (.shortestSide(try scaled(side, 224.0 / 256.0, settings)), side)
    case "PoolFormer": return (.shortestSide(try scaled(side, 0.9, settings)), nil)
    default: return (size, nil)
    }
  }

  /// Returns a side divided by `crop_pct`, rounded down.
  private func scaled(
    _ side: Int, _ standard: Double, _ settings: PresetSettings
  ) throws(DataError) -> Int {
    let share = try settings.number("crop_pct") ?? standard
    guard share > 0, share <= 1 else { throw settings.flaw("crop_pct", "a share of 0 to 1") }
    return Int(Double(side) / share)
  }

  private func resize(
    _ value: JSONValue, _ settings: PresetSettings
  ) throws(DataError) -> Preprocessing.Resize {
    switch value {
    case .number:
      let side = try settings.side(value, of: "size")
      guard let isSquare = try settings.flag("default_to_square") ?? isSquare else {
        throw settings.flaw(
          "size",
          "{\"shortest_edge\": n} or {\"height\": n, \"width\": n}, as one number may be either")
      }
      return isSquare ? .exact(width: side, height: side) : .shortestSide(side)
    case .list(let sides) where sides.count == 2:
      return .exact(
        width: try settings.side(sides[1], of: "size"),
        height: try settings.side(sides[0], of: "size"))
    case .object(let sides) where Set(sides.keys) == ["shortest_edge"]:
      return .shortestSide(try settings.side(sides["shortest_edge"], of: "size"))
    case .object(let sides) where Set(sides.keys) == ["height", "width"]:
      return .exact(
        width: try settings.side(sides["width"], of: "size"),
        height: try settings.side(sides["height"], of: "size"))
    default:
      throw settings.flaw("size", "a shortest edge, or a height and a width")
    }
  }

  func cropSide(_ settings: PresetSettings) throws(DataError) -> Int {
    switch settings["crop_size"] {
    case .object(let sides)?
    where Set(sides.keys) == ["height", "width"]
      && sides["height"] == sides["width"]:
      return try settings.side(sides["height"], of: "crop_size")
    case .number(let side)?: return try settings.side(.number(side), of: "crop_size")
    case .list(let sides)? where sides.count == 2 && sides[0] == sides[1]:
      return try settings.side(sides[0], of: "crop_size")
    default: throw settings.flaw("crop_size", "the side of a square")
    }
  }
}
