// SPDX-License-Identifier: MIT
// Evaluation as in `transforms_imagenet_eval` of timm 1.0 (data/transforms_factory.py), with the
// defaults of `resolve_data_config` (data/config.py).

extension Preprocessing {
  /// The evaluation of a `pretrained_cfg` of timm at its `input_size`. timm reads no other settings
  /// than the ones below.
  init(timm settings: PresetSettings) throws(DataError) {
    var size = (channels: 3, side: 224)
    if let value = settings["input_size"] {
      guard case .list(let sizes) = value, sizes.count == 3 else {
        throw settings.flaw("input_size", "the channels, height and width")
      }
      size = (
        try settings.side(sizes[0], of: "input_size"), try settings.side(sizes[1], of: "input_size")
      )
      guard sizes[1] == sizes[2], size.channels == 1 || size.channels == 3 else {
        throw settings.flaw("input_size", "1 or 3 channels of a square")
      }
    }
    let share = try settings.number("crop_pct") ?? 0.875
    guard share > 0, share <= 1 else { throw settings.flaw("crop_pct", "a share of 0 to 1") }
    // As `math.floor(size / crop_pct)`.
    let scaled = Int((Double(size.side) / share).rounded(.down))
    self.init(crop: size.side, channels: size.channels)
    switch try settings.text("crop_mode") ?? "center" {
    case "center": resize = .shortestSide(scaled)
    case "squash": resize = .exact(width: scaled, height: scaled)
    default: throw settings.flaw("crop_mode", "center or squash; borders are not drawn")
    }
    let name = try settings.text("interpolation") ?? "bicubic"
    guard let filter = ResizeFilter(rawValue: name) else {
      throw settings.flaw(
        "interpolation", "one of \(ResizeFilter.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    resizeFilter = filter
    mean = try settings.channels("mean", count: size.channels) ?? Self.imagenet.mean
    standardDeviation =
      try settings.channels("std", count: size.channels) ?? Self.imagenet.standardDeviation
    try settings.requireSoundness(of: self)
  }
}
