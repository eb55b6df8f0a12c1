// SPDX-License-Identifier: MIT

extension Picture {
  /// Returns the picture scaled to the given size by antialiased bilinear interpolation.
  ///
  /// Every new pixel is a weighted mean of the old ones around it. The weights are a triangle
  /// function whose half width is one new pixel if the picture shrinks and one old pixel if it
  /// grows. Rows are scaled first, then columns, with 8-bit rounding in between, in the fixed-point
  /// arithmetic of Pillow's `resize(…, BILINEAR)`. The result has Pillow's pixels; it differs by at
  /// most one grey level where Pillow 13 scales columns first, because the height shrinks much more
  /// than the width.
  ///
  /// - Precondition: Both sides are at least 1.
  /// - Complexity: O(old pixels + new pixels) for a fixed ratio.
  package func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(
      newWidth > 0 && newHeight > 0,
      "Expected a size with pixels, but got \(newWidth) x \(newHeight).")
    return scaledHorizontally(to: newWidth).scaledVertically(to: newHeight)
  }

  /// Returns the picture scaled so that its shortest side has `side` pixels and its aspect ratio is
  /// kept.
  ///
  /// The longest side becomes `side * longest / shortest`, rounded down, as in torchvision.
  ///
  /// - Precondition: `side` is at least 1.
  package func resized(shortestSide side: Int) -> Picture {
    let size = size(forShortestSide: side)
    return resized(width: size.width, height: size.height)
  }

  /// Returns the size of the result of ``resized(shortestSide:)``.
  func size(forShortestSide side: Int) -> (width: Int, height: Int) {
    Self.size(of: width, height, forShortestSide: side)
  }

  /// Returns the new size of a picture of `width` x `height` pixels whose shortest side becomes
  /// `side`.
  static func size(
    of width: Int, _ height: Int, forShortestSide side: Int
  ) -> (width: Int, height: Int) {
    let longest = side * max(width, height) / min(width, height)
    return width <= height ? (side, longest) : (longest, side)
  }

  /// Returns the `width` x `height` pixels in the middle.
  ///
  /// If the number of rows or columns to remove is odd, half of it is rounded to even, as in
  /// torchvision: at the beginning, none of 1 and two of 3 are removed.
  ///
  /// - Precondition: The picture is at least as large.
  package func centerCropped(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(
      (1...width).contains(newWidth) && (1...height).contains(newHeight),
      "Expected a part of \(width) x \(height) pixels, but got \(newWidth) x \(newHeight).")
    let left = centerCropOffset(of: newWidth, in: width)
    let top = centerCropOffset(of: newHeight, in: height)
    let rows = (top..<top + newHeight).map { row in
      let start = (row * width + left) * channels
      return pixels[start..<start + newWidth * channels]
    }
    return Picture(
      width: newWidth, height: newHeight, channels: channels, pixels: Array(rows.joined()))
  }

  private func scaledHorizontally(to newWidth: Int) -> Picture {
    if newWidth == width { return self }
    let filter = TriangleFilter(from: width, to: newWidth)
    let rowLength = newWidth * channels
    let result = [UInt8](unsafeUninitializedCapacity: height * rowLength) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for row in 0..<height {
          filter.apply(
            to: source, start: row * width * channels, stride: channels, lanes: channels,
            into: target, start: row * rowLength, stride: channels)
        }
      }
      count = height * rowLength
    }
    return Picture(width: newWidth, height: height, channels: channels, pixels: result)
  }

  private func scaledVertically(to newHeight: Int) -> Picture {
    if newHeight == height { return self }
    let filter = TriangleFilter(from: height, to: newHeight)
    let rowLength = width * channels
    let result = [UInt8](unsafeUninitializedCapacity: newHeight * rowLength) { target, count in
      pixels.withUnsafeBufferPointer { source in
        filter.apply(
          to: source, start: 0, stride: rowLength, lanes: rowLength,
          into: target, start: 0, stride: rowLength)
      }
      count = newHeight * rowLength
    }
    return Picture(width: width, height: newHeight, channels: channels, pixels: result)
  }
}

/// Returns the offset of the middle `length` of `total`: half of the rest, with halves rounded to
/// even.
func centerCropOffset(of length: Int, in total: Int) -> Int {
  Int((Double(total - length) / 2).rounded(.toNearestOrEven))
}
