// SPDX-License-Identifier: MIT

extension Picture {
  /// Scales the picture to the given size, antialiased bilinear.
  ///
  /// Every new pixel is a weighted mean of the old ones around it, under a triangle whose half
  /// width is one new pixel where the picture shrinks and one old pixel where it grows. Rows are
  /// scaled first, then columns, with 8-bit rounding between, in the fixed-point arithmetic of
  /// Pillow's `resize(…, BILINEAR)`. Its pixels come out; within one grey level where Pillow 13
  /// scales columns first, because the height shrinks much more than the width.
  ///
  /// - Precondition: Both sides are at least 1.
  /// - Complexity: O(old pixels + new pixels) for a fixed ratio.
  public func resized(width newWidth: Int, height newHeight: Int) -> Picture {
    precondition(
      newWidth > 0 && newHeight > 0,
      "Expected a size with pixels, but got \(newWidth) x \(newHeight).")
    return scaledHorizontally(to: newWidth).scaledVertically(to: newHeight)
  }

  /// Scales the picture so that its shortest side has `side` pixels and its shape is kept.
  ///
  /// The longest side becomes `side * longest / shortest`, rounded down, as in torchvision.
  ///
  /// - Precondition: `side` is at least 1.
  public func resized(shortestSide side: Int) -> Picture {
    let size = size(forShortestSide: side)
    return resized(width: size.width, height: size.height)
  }

  /// The size that ``resized(shortestSide:)`` gives.
  func size(forShortestSide side: Int) -> (width: Int, height: Int) {
    Self.size(of: width, height, forShortestSide: side)
  }

  /// The size of a picture of `width` x `height` pixels whose shortest side becomes `side`.
  static func size(
    of width: Int, _ height: Int, forShortestSide side: Int
  ) -> (width: Int, height: Int) {
    let longest = side * max(width, height) / min(width, height)
    return width <= height ? (side, longest) : (longest, side)
  }

  /// The `width` x `height` pixels in the middle.
  ///
  /// If an odd number of rows or columns goes, the half is rounded to even, as in torchvision: of
  /// 1 too many none goes at the beginning, of 3 two.
  ///
  /// - Precondition: The picture is at least as large.
  public func centerCropped(width newWidth: Int, height newHeight: Int) -> Picture {
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

/// Where the middle `length` of `total` begins: half of the rest, halves rounded to even.
func centerCropOffset(of length: Int, in total: Int) -> Int {
  Int((Double(total - length) / 2).rounded(.toNearestOrEven))
}
