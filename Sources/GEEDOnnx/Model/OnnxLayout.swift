// SPDX-License-Identifier: MIT

/// The order of the axes of the pictures that a model takes.
public enum OnnxLayout: String, Sendable, Hashable, CaseIterable {
  /// Read from the shape that the model declares.
  case auto
  /// Channels before rows and columns, `[N, C, H, W]`.
  case nchw
  /// Channels last, `[N, H, W, C]`.
  case nhwc
}

extension OnnxLayout {
  /// Returns the layout that a declared input shape suggests, with the reason.
  ///
  /// One, three or four channels identify the channel axis: `[N, 224, 224, 3]` is NHWC. If that
  /// does not decide, two equal axes followed by a shorter one are rows, columns and channels.
  static func deduced(from shape: [OnnxAxis]) -> (layout: OnnxLayout, reason: String) {
    let usual: Set = [1, 3, 4]
    let first = shape[1].length
    let last = shape[3].length
    switch (first.map(usual.contains) ?? false, last.map(usual.contains) ?? false) {
    case (true, false): return (.nchw, "axis 1 is the channels")
    case (false, true): return (.nhwc, "axis 3 is the channels")
    case (true, true): return (.nchw, "axes 1 and 3 could both be the channels")
    case (false, false): break
    }
    if let rows = first, let channels = last, shape[2].length == rows, channels < rows {
      return (.nhwc, "axes 1 and 2 are equal and axis 3 is shorter")
    }
    return (.nchw, "the shape does not tell, and this is the usual one")
  }
}

/// Permutes the last three axes of `[N, C, H, W]` scalars to `[N, H, W, C]`.
func channelsLast(_ scalars: [Float], count: Int, channels: Int, pixels: Int) -> [Float] {
  transposed(scalars, count: count, rows: channels, columns: pixels)
}

/// Permutes the last three axes of `[N, H, W, C]` scalars to `[N, C, H, W]`.
func channelsFirst(_ scalars: [Float], count: Int, channels: Int, pixels: Int) -> [Float] {
  transposed(scalars, count: count, rows: pixels, columns: channels)
}

/// Transposes each of `count` matrices.
private func transposed(_ scalars: [Float], count: Int, rows: Int, columns: Int) -> [Float] {
  precondition(
    scalars.count == count * rows * columns,
    "Expected \(count * rows * columns) scalars, but got \(scalars.count).")
  return Array(unsafeUninitializedCapacity: scalars.count) { result, initializedCount in
    scalars.withUnsafeBufferPointer { source in
      var next = 0
      for matrix in 0..<count {
        let start = matrix * rows * columns
        for column in 0..<columns {
          for row in 0..<rows {
            result.initializeElement(at: next, to: source[start + row * columns + column])
            next += 1
          }
        }
      }
    }
    initializedCount = scalars.count
  }
}
