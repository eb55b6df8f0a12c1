// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// An image of orbits: a row for each example, a column for each element of the group.
struct ContactSheet {
  /// The orbits `[|G|, C, H, W]` of images that were made by ``preprocessing``.
  let orbits: [Tensor]
  let preprocessing: Preprocessing

  /// Returns the caption: the names of the columns and the numbers of the examples.
  static func caption(columns: TransformationSet, examples: [Int]) -> String {
    // Names such as `blur 0.5` contain blanks.
    let names = columns.elementNames
    let text = names.joined(separator: names.contains { $0.contains(" ") } ? ", " : " ")
    return "columns \(text); rows examples " + examples.map(String.init).joined(separator: " ")
  }

  /// The sheet as an image. Small images are enlarged by whole pixels; a gap of 2 separates them.
  var picture: Image {
    let shape = orbits[0].shape
    let (columns, height, width) = (shape[0], shape[shape.count - 2], shape[shape.count - 1])
    let zoom = max(1, 84 / max(height, width))
    let gap = 2
    let cell = (width: width * zoom + gap, height: height * zoom + gap)
    let size = (width: columns * cell.width + gap, height: orbits.count * cell.height + gap)
    var pixels = [UInt8](repeating: 255, count: size.width * size.height * 3)
    for (row, orbit) in orbits.enumerated() {
      for column in 0..<columns {
        let color = colors(of: orbit.row(column))
        for y in 0..<height * zoom {
          for x in 0..<width * zoom {
            let target = (row * cell.height + gap + y) * size.width + column * cell.width + gap + x
            let source = y / zoom * width + x / zoom
            for channel in 0..<3 { pixels[3 * target + channel] = color(channel, source) }
          }
        }
      }
    }
    return Image(width: size.width, height: size.height, channels: 3, pixels: pixels)
  }

  /// Returns the brightness of each pixel in red, green and blue, with the normalization undone.
  private func colors(of image: Tensor) -> (_ channel: Int, _ pixel: Int) -> UInt8 {
    let size = image.shape.suffix(2).reduce(1, *)
    let channelCount = image.scalars.count / size
    return { channel, pixel in
      let channel = channelCount == 3 ? channel : 0
      let value = image.scalars[channel * size + pixel]
      let mean = channel < preprocessing.mean.count ? preprocessing.mean[channel] : 0
      let deviation =
        channel < preprocessing.standardDeviation.count
        ? preprocessing.standardDeviation[channel] : 1
      let brightness = 255 * (value * deviation + mean) / preprocessing.pixelMax
      return UInt8(min(max(brightness.rounded(), 0), 255))
    }
  }
}
