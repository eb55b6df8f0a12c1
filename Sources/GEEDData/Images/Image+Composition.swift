// SPDX-License-Identifier: MIT

import GEED

extension Image {
  /// Creates the image of an array `[C, H, W]` that `preprocessing` made;
  /// brightnesses outside of `range` are clamped. Arrays with other than 3 channels are shown by their first channel, in grey.
  package init(_ array: Tensor, undoing preprocessing: Preprocessing, range: ClosedRange<Float>) {
    let shape = array.shape
    let (height, width) = (shape[shape.count - 2], shape[shape.count - 1])
    let size = height * width
    let channels = array.scalars.count == 3 * size ? 3 : 1
    let span = range.upperBound - range.lowerBound
    var pixels = [UInt8](repeating: 0, count: size * channels)
    for pixel in 0..<size {
      for channel in 0..<channels {
        let value = preprocessing.brightness(array.scalars[channel * size + pixel], channel)
        let level = 255 * (value - range.lowerBound) / span
        // A value that is not a number is black.
        pixels[pixel * channels + channel] =
          level.isNaN ? 0 : UInt8(min(max(level.rounded(), 0), 255))
      }
    }
    self.init(width: width, height: height, channels: channels, pixels: pixels)
  }

  /// Returns the image with each pixel repeated `factor` times in both directions.
  package func enlarged(by factor: Int) -> Image {
    if factor == 1 { return self }
    let newWidth = width * factor
    var result = [UInt8](repeating: 0, count: pixels.count * factor * factor)
    for y in 0..<height * factor {
      for x in 0..<newWidth {
        for channel in 0..<channels {
          result[(y * newWidth + x) * channels + channel] =
            pixels[(y / factor * width + x / factor) * channels + channel]
        }
      }
    }
    return Image(width: newWidth, height: height * factor, channels: channels, pixels: result)
  }

  /// Creates an image of cells of equal size and channels in rows, with a white gap around each.
  package init(cells: [Image], columns: Int, gap: Int) {
    precondition(!cells.isEmpty && columns > 0, "Expected cells in columns.")
    let (first, rows) = (cells[0], (cells.count + columns - 1) / columns)
    precondition(
      cells.allSatisfy {
        ($0.width, $0.height, $0.channels) == (first.width, first.height, first.channels)
      }, "Expected cells of equal size and channels.")
    let cell = (width: first.width + gap, height: first.height + gap)
    let size = (width: columns * cell.width + gap, height: rows * cell.height + gap)
    var pixels = [UInt8](repeating: 255, count: size.width * size.height * first.channels)
    for (number, image) in cells.enumerated() {
      for y in 0..<image.height {
        let top = (number / columns * cell.height + gap + y) * size.width
        let target = (top + number % columns * cell.width + gap) * first.channels
        let source = y * image.width * first.channels
        let count = image.width * first.channels
        pixels.replaceSubrange(target..<target + count, with: image.pixels[source..<source + count])
      }
    }
    self.init(width: size.width, height: size.height, channels: first.channels, pixels: pixels)
  }
}

extension Preprocessing {
  /// Returns the brightness, from 0 to 1 for an image file, of a normalized value of a channel.
  package func brightness(_ value: Float, _ channel: Int) -> Float {
    let mean = channel < mean.count ? mean[channel] : 0
    let deviation = channel < standardDeviation.count ? standardDeviation[channel] : 1
    return (value * deviation + mean) / pixelMax
  }
}
