// SPDX-License-Identifier: MIT

/// φ(g, ·) for one element *g* on arrays of one size: a linear or affine map that is cheap to apply.
///
/// The array is read as a row of blocks of equal size, for instance the channels of an image. The
/// operator applies one ``GridMap`` inside every block and then puts the blocks in a new order.
/// Rotating pictures, permuting channels, both together, and multiplying by a matrix all have this
/// form.
public struct ArrayOperator: Sendable, Hashable {
  /// The number of scalars in the array.
  public let count: Int

  /// The number of scalars in a block.
  public let blockSize: Int

  /// What happens inside every block.
  public let map: GridMap

  /// Block *b* of the result is made from block `blockSources[b]`; `nil` if all stay.
  public let blockSources: [Int32]?

  /// Creates an operator on arrays of `count` scalars.
  ///
  /// - Precondition: `blockSize` divides `count`, and `blockSources` names every block once.
  public init(count: Int, blockSize: Int, map: GridMap, blockSources: [Int]? = nil) {
    precondition(
      blockSize > 0 && count.isMultiple(of: blockSize),
      "Expected blocks that fill \(count) scalars, but got size \(blockSize).")
    if let blockSources {
      precondition(
        Set(blockSources) == Set(0..<count / blockSize),
        "Expected a rearrangement of \(count / blockSize) blocks, but got \(blockSources).")
    }
    self.count = count
    self.blockSize = blockSize
    self.map = map
    let movesNothing = blockSources?.enumerated().allSatisfy { $0 == $1 } ?? true
    self.blockSources = movesNothing ? nil : blockSources?.map(Int32.init)
  }

  /// The operator that changes nothing.
  public static func identity(count: Int) -> ArrayOperator {
    ArrayOperator(count: count, blockSize: max(count, 1), map: .identity)
  }

  /// Whether the operator changes nothing.
  ///
  /// Decided on the map itself: exactly, but for matrices, whose entries may differ from the
  /// identity's by 1e-9, the rounding of a product of a few.
  public var isIdentity: Bool {
    guard blockSources == nil else { return false }
    switch map {
    case .identity: return true
    case .permutation, .sparse, .separable: return false
    case .pointwise(let gain, let offset): return gain == 1 && offset == 0
    case .matrix(let entries):
      return entries.enumerated().allSatisfy { position, entry in
        abs(entry - (position % (blockSize + 1) == 0 ? 1 : 0)) <= 1e-9
      }
    }
  }

  /// The same map of blocks, which are then also rearranged by `permutation`.
  ///
  /// - Precondition: `permutation` rearranges as many things as there are blocks.
  func followed(byBlocks permutation: Permutation) -> ArrayOperator {
    let sources = permutation.inverse.images.map { block in
      blockSources.map { Int($0[block]) } ?? block
    }
    return ArrayOperator(count: count, blockSize: blockSize, map: map, blockSources: sources)
  }
}

// MARK: - Application

extension ArrayOperator {
  /// Writes the image of `source` into `result`.
  ///
  /// - Precondition: Both hold ``count`` scalars, and do not overlap.
  /// - Complexity: O(``count`` · taps); O(``count`` · ``blockSize``) for a matrix.
  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    transform(source, into: result)
  }

  /// Writes the image of `source` into `result`, in double precision.
  ///
  /// - Precondition: Both hold ``count`` scalars, and do not overlap.
  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    transform(source, into: result)
  }

  @inline(__always)
  private func transform<S: BinaryFloatingPoint>(
    _ source: UnsafeBufferPointer<S>, into result: UnsafeMutableBufferPointer<S>
  ) {
    precondition(
      source.count == count && result.count == count,
      "Expected \(count) scalars, but got \(source.count) and \(result.count).")
    guard let x = source.baseAddress, let y = result.baseAddress else { return }
    // A separable map makes its blocks whole.
    let stripSize = if case .separable = map { blockSize } else { Self.stripSize }
    for start in stride(from: 0, to: blockSize, by: stripSize) {
      let strip = start..<min(start + stripSize, blockSize)
      for block in 0..<count / blockSize {
        let origin = blockSources.map { Int($0[block]) } ?? block
        map.transform(x + origin * blockSize, into: y + block * blockSize, strip, of: blockSize)
      }
    }
  }

  /// How many scalars of a block are made before the next block has its turn, so that the map's
  /// sources and weights for them stay in the fastest cache.
  private static let stripSize = 512
}

extension GridMap {
  /// Makes the scalars `strip` of one block of `size` scalars.
  @inline(__always)
  fileprivate func transform<S: BinaryFloatingPoint>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, _ strip: Range<Int>, of size: Int
  ) {
    switch self {
    case .identity:
      (y + strip.lowerBound).update(from: x + strip.lowerBound, count: strip.count)
    case .permutation(let sources):
      sources.withUnsafeBufferPointer { sources in
        for i in strip { y[i] = x[Int(sources[i])] }
      }
    case .sparse(let rows):
      rows.transform(x, into: y, strip)
    case .separable(let separable):
      separable.transform(x, into: y)
    case .pointwise(let gain, let offset):
      for i in strip { y[i] = S(gain * Double(x[i]) + offset) }
    case .matrix(let entries):
      for i in strip {
        var sum = 0.0
        for j in 0..<size { sum += entries[i * size + j] * Double(x[j]) }
        y[i] = S(sum)
      }
    }
  }
}

extension SparseRows {
  @inline(__always)
  fileprivate func transform<S: BinaryFloatingPoint>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, _ strip: Range<Int>
  ) {
    sources.withUnsafeBufferPointer { sources in
      weights.withUnsafeBufferPointer { weights in
        guard let source = sources.baseAddress, let weight = weights.baseAddress else {
          return (y + strip.lowerBound).update(repeating: 0, count: strip.count)
        }
        var tapSource = source + strip.lowerBound * tapCount
        var tapWeight = weight + strip.lowerBound * tapCount
        if tapCount == 4 {
          for i in strip {
            y[i] = fourTaps(x, tapSource, tapWeight)
            tapSource += 4
            tapWeight += 4
          }
        } else {
          for i in strip {
            y[i] = anyTaps(x, tapSource, tapWeight)
            tapSource += tapCount
            tapWeight += tapCount
          }
        }
      }
    }
  }

  @inline(__always)
  private func fourTaps<S: BinaryFloatingPoint>(
    _ x: UnsafePointer<S>, _ source: UnsafePointer<Int32>, _ weight: UnsafePointer<Float>
  ) -> S {
    let upper = S(weight[0]) * x[Int(source[0])] + S(weight[1]) * x[Int(source[1])]
    let lower = S(weight[2]) * x[Int(source[2])] + S(weight[3]) * x[Int(source[3])]
    return upper + lower
  }

  @inline(__always)
  private func anyTaps<S: BinaryFloatingPoint>(
    _ x: UnsafePointer<S>, _ source: UnsafePointer<Int32>, _ weight: UnsafePointer<Float>
  ) -> S {
    var sum: S = 0
    for t in 0..<tapCount { sum += S(weight[t]) * x[Int(source[t])] }
    return sum
  }
}
