// SPDX-License-Identifier: MIT

import CGEEDMemory

extension WindowRows {
  /// Computes all blocks of an array. Block *b* is computed from the block that starts at
  /// `origins[b]`.
  ///
  /// Three blocks, the channels of a picture, are computed together, so that each window is read
  /// once for all of them.
  @inline(__always)
  func transform<S: ResampledScalar>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, origins: [Int]
  ) {
    var block = 0
    while block < origins.count {
      let x0 = x + origins[block]
      let y0 = y + block * size
      if block + 3 <= origins.count {
        let (x1, x2) = (x + origins[block + 1], x + origins[block + 2])
        let (y1, y2) = (y0 + size, y0 + 2 * size)
        make(3, at: y0) { quad in
          quad.write(x0, into: y0)
          quad.write(x1, into: y1)
          quad.write(x2, into: y2)
        }
        block += 3
      } else {
        make(1, at: y0) { $0.write(x0, into: y0) }
        block += 1
      }
    }
  }

  /// Computes `blockCount` blocks that begin at `y`: calls `write` for the quads that read some
  /// input, and writes zeros between them.
  @inline(__always)
  private func make<S: ResampledScalar>(
    _ blockCount: Int, at y: UnsafeMutablePointer<S>, _ write: (Quad<S>) -> Void
  ) {
    let quadCount = origins.count / 4
    origins.withUnsafeBufferPointer { origins in
      weights.withUnsafeBufferPointer { weights in
        guard let origins = origins.baseAddress, let weights = weights.baseAddress else { return }
        var pixel = 0
        for run in runs {
          let first = Self.firstPixel(ofQuad: run.lowerBound, size: size)
          clear(pixel, first, of: blockCount, at: y)
          var origin = origins + 4 * run.lowerBound
          var weight = weights + 16 * run.lowerBound
          let lead = run.upperBound + Self.lead <= quadCount ? 4 * Self.lead : 0
          pixel = first
          for _ in run {
            write(
              Quad(
                pixel: pixel, width: width, origins: origin, laterOrigins: origin + lead,
                weights: weight))
            pixel &+= 4
            origin += 4
            weight += 16
          }
        }
        clear(pixel, size, of: blockCount, at: y)
      }
    }
  }

  /// Writes zeros to a range of pixels.
  private func clear<S: ResampledScalar>(
    _ start: Int, _ end: Int, of blockCount: Int, at y: UnsafeMutablePointer<S>
  ) {
    guard start < end else { return }
    for block in 0..<blockCount {
      (y + block * size + start).update(repeating: 0, count: end - start)
    }
  }

  /// The prefetch distance in quads, a few rows of a picture. A row of the result crosses its
  /// source obliquely, which the processor does not predict; without prefetching it would wait for
  /// memory.
  private static let lead = 256
}
