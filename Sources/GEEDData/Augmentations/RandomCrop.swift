// SPDX-License-Identifier: MIT

import GEED
import RealModule

/// A random window of an image, resized to the size of the image by antialiased bilinear
/// interpolation, as torchvision's `RandomResizedCrop` with `antialias=True`.
public struct RandomCrop: Sendable, Hashable, Encodable {
  /// The range of the window's share of the area, which is uniformly distributed.
  public var scale = 0.08...1.0
  /// The range of the window's width divided by its height, whose logarithm is uniformly
  /// distributed.
  public var ratio = 3.0 / 4...4.0 / 3

  /// Creates a crop with the ranges of torchvision.
  public init() {}

  /// A window of an image, in pixels.
  struct Window: Hashable {
    var top, left, height, width: Int
  }

  /// Draws a window. If ten draws do not fit into the image, it is the greatest window in the
  /// middle whose ratio of sides lies in ``ratio``.
  func draw(height: Int, width: Int, using generator: inout SplitMix64) -> Window {
    let area = Double(height * width)
    for _ in 0..<10 {
      let target = area * generator.next(in: scale)
      let logRatio = Double.log(ratio.lowerBound)...Double.log(ratio.upperBound)
      let side = Double.exp(generator.next(in: logRatio))
      let (w, h) = (Self.pixels(target * side), Self.pixels(target / side))
      guard (1...width).contains(w), (1...height).contains(h) else { continue }
      let top = generator.next(below: height - h + 1)
      return Window(
        top: top, left: generator.next(below: width - w + 1), height: h, width: w)
    }
    var (h, w) = (height, width)
    let whole = Double(width) / Double(height)
    if whole < ratio.lowerBound {
      h = min(height, Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven)))
    } else if whole > ratio.upperBound {
      w = min(width, Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven)))
    }
    (h, w) = (max(h, 1), max(w, 1))
    return Window(top: (height - h) / 2, left: (width - w) / 2, height: h, width: w)
  }

  /// The side of a square of an area, rounded as by Python's `round`; 0 if there is no such side.
  private static func pixels(_ area: Double) -> Int {
    Int(exactly: area.squareRoot().rounded(.toNearestOrEven)) ?? 0
  }
}

extension Tensor {
  /// Returns a window of the image `[C, H, W]`, resized to its size; weights are those of
  /// `Image.resized(width:height:by:)`, without rounding to bytes.
  func cropped(to window: RandomCrop.Window) -> Tensor {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    guard window != RandomCrop.Window(top: 0, left: 0, height: height, width: width) else {
      return self
    }
    var rows: [Float] = []
    rows.reserveCapacity(channels * window.height * window.width)
    for channel in 0..<channels {
      for row in window.top..<window.top + window.height {
        let start = (channel * height + row) * width + window.left
        rows += scalars[start..<start + window.width]
      }
    }
    if window.width != width {
      rows = AxisFilter(from: window.width, to: width)
        .applied(to: rows, outer: channels * window.height, inner: 1)
    }
    if window.height != height {
      rows = AxisFilter(from: window.height, to: height)
        .applied(to: rows, outer: channels, inner: width)
    }
    return Tensor(shape: shape, scalars: rows)
  }
}
