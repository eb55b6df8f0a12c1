// SPDX-License-Identifier: MIT

/// The weights that scale one axis: for every new position, a range of old positions and their
/// weights.
///
/// Weights are integer multiples of 2⁻²², and those of one position sum to 1 up to rounding. Sums
/// of weighted bytes therefore fit into 32 bits, as in Pillow.
struct AxisFilter {
  private struct Window {
    let first: Int
    let weights: [Int32]
  }

  private static let fractionBits: Int32 = 22

  private let length: Int
  private let windows: [Window]

  /// Creates the filter from `oldLength` to `newLength` pixels, both at least 1.
  init(_ filter: Preprocessing.ResizeFilter = .bilinear, from oldLength: Int, to newLength: Int) {
    length = oldLength
    windows =
      filter == .nearest
      ? Self.nearest(from: oldLength, to: newLength)
      : Self.windows(filter, from: oldLength, to: newLength)
  }

  private static func windows(
    _ filter: Preprocessing.ResizeFilter, from oldLength: Int, to newLength: Int
  ) -> [Window] {
    let scale = Double(oldLength) / Double(newLength)
    let widening = max(scale, 1)
    let halfWidth = filter.halfWidth * widening
    return (0..<newLength).map { position in
      let center = (Double(position) + 0.5) * scale
      let first = max(Int(center - halfWidth + 0.5), 0)
      let end = min(Int(center + halfWidth + 0.5), oldLength)
      let shares = (first..<end).map { position in
        filter.weight(at: (Double(position) - center + 0.5) * (1 / widening))
      }
      let (sum, one) = (shares.reduce(0, +), Double(1 << fractionBits))
      let weights = shares.map { share in
        let weight = (sum == 0 ? share : share / sum) * one
        return Int32(weight < 0 ? weight - 0.5 : weight + 0.5)
      }
      return Window(first: first, weights: weights)
    }
  }

  /// The positions are sums of steps, whose rounding decides at the border of two pixels, as in
  /// Pillow's `ImagingScaleAffine`.
  private static func nearest(from oldLength: Int, to newLength: Int) -> [Window] {
    let scale = Double(oldLength) / Double(newLength)
    var center = scale * 0.5
    return (0..<newLength).map { _ in
      defer { center += scale }
      return Window(first: min(Int(center), oldLength - 1), weights: [1 << fractionBits])
    }
  }

  /// Filters the middle axis of bytes `[outer, length, inner]`: `[outer, new length, inner]`.
  func applied(to source: [UInt8], outer: Int, inner: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: outer * windows.count * inner) { target, count in
      source.withUnsafeBufferPointer { source in
        forEachWindow(outer: outer, inner: inner) { first, weights in
          for lane in 0..<inner {
            var sum: Int32 = 1 << (Self.fractionBits - 1)
            var index = first + lane
            for weight in weights {
              sum &+= Int32(source[index]) &* weight
              index += inner
            }
            target.initializeElement(at: count, to: UInt8(clamping: sum >> Self.fractionBits))
            count += 1
          }
        }
      }
    }
  }

  /// Filters the middle axis of numbers `[outer, length, inner]`, without rounding to bytes.
  func applied(to source: [Float], outer: Int, inner: Int) -> [Float] {
    let one = Double(1 << Self.fractionBits)
    return [Float](unsafeUninitializedCapacity: outer * windows.count * inner) { target, count in
      source.withUnsafeBufferPointer { source in
        forEachWindow(outer: outer, inner: inner) { first, weights in
          for lane in 0..<inner {
            var sum = 0.0
            var index = first + lane
            for weight in weights {
              sum += Double(source[index]) * Double(weight)
              index += inner
            }
            target.initializeElement(at: count, to: Float(sum / one))
            count += 1
          }
        }
      }
    }
  }

  /// Calls `body` for each window of each outer row, in the order of the result, with the position of
  /// its first scalar and its weights.
  private func forEachWindow(
    outer: Int, inner: Int, _ body: (_ first: Int, _ weights: UnsafeBufferPointer<Int32>) -> Void
  ) {
    for block in 0..<outer {
      for window in windows {
        window.weights.withUnsafeBufferPointer {
          body((block * length + window.first) * inner, $0)
        }
      }
    }
  }
}
