// SPDX-License-Identifier: MIT

extension Image {
  /// Returns the image scaled to the given size.
  ///
  /// Every new pixel is a weighted mean of the old ones around it, by the weights of `filter`. Rows are
  /// scaled first, then columns, with 8-bit rounding in between, in the fixed-point arithmetic of
  /// Pillow's `resize`. The result has Pillow's pixels; it differs by a grey level or two where
  /// Pillow 13 scales columns first, because the height shrinks much more than the width.
  package func resized(
    width newWidth: Int, height newHeight: Int, by filter: Preprocessing.ResizeFilter = .bilinear
  ) -> Image {
    precondition(
      newWidth > 0 && newHeight > 0,
      "Expected a size with pixels, but got \(newWidth) x \(newHeight).")
    var result = pixels
    if newWidth != width {
      result = AxisFilter(filter, from: width, to: newWidth)
        .applied(to: result, outer: height, inner: channels)
    }
    if newHeight != height {
      result = AxisFilter(filter, from: height, to: newHeight)
        .applied(to: result, outer: 1, inner: newWidth * channels)
    }
    return Image(width: newWidth, height: newHeight, channels: channels, pixels: result)
  }

  /// Returns the new size of an image whose shortest side becomes `side`; the longest becomes
  /// `side * longest / shortest`, rounded down, as in torchvision.
  static func size(
    of width: Int, _ height: Int, forShortestSide side: Int
  ) -> (width: Int, height: Int) {
    let longest = side * max(width, height) / min(width, height)
    return width <= height ? (side, longest) : (longest, side)
  }
}

/// Returns the offset of the middle `length` of `total`: half of the rest, rounded to a whole number.
func centerCropOffset(
  of length: Int, in total: Int, rounding: Preprocessing.CropRounding = .toEven
) -> Int {
  switch rounding {
  case .toEven: Int((Double(total - length) / 2).rounded(.toNearestOrEven))
  case .down: (total - length) / 2
  }
}
