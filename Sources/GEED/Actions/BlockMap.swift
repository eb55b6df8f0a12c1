// SPDX-License-Identifier: MIT

/// A linear or affine map of arrays of one size that is cheap to apply.
///
/// The array is read as a sequence of blocks of equal size, for instance the channels of an image.
/// One ``GridMap`` is applied to every block, and then the blocks are reordered. Rotations of
/// images, permutations of channels, and both together have this form.
package struct BlockMap: ArrayMap {
  package let count: Int
  package let blockSize: Int
  package let map: GridMap

  /// Block *b* of the result is made from block `blockSources[b]`; `nil` if no block moves.
  package let blockSources: [Int32]?

  package init(count: Int, blockSize: Int, map: GridMap, blockSources: [Int]? = nil) {
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

  package var isIdentity: Bool {
    guard blockSources == nil else { return false }
    return switch map {
    case .identity: true
    case .permutation, .window, .sparse, .separable: false
    case .pointwise(let gain, let offset): gain == 1 && offset == 0
    }
  }

  /// - Precondition: Each part consists of one or more whole blocks.
  package func followed(byParts permutation: Permutation) -> any ArrayMap {
    guard count > 0 else { return self }
    let partSize = count / permutation.images.count
    let isIdentity = isIdentity
    let blocksPerPart = isIdentity ? 1 : partSize / blockSize
    let sources = permutation.inverse.images.flatMap { part in
      (part * blocksPerPart..<(part + 1) * blocksPerPart).map { block in
        blockSources.map { Int($0[block]) } ?? block
      }
    }
    return BlockMap(
      count: count, blockSize: isIdentity ? partSize : blockSize,
      map: isIdentity ? .identity : map, blockSources: sources)
  }

  /// - Complexity: O(``count`` · taps).
  package func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    transform(source, into: result)
  }

  package func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    transform(source, into: result)
  }

  @inline(__always)
  private func transform<S: ResampledScalar>(
    _ source: UnsafeBufferPointer<S>, into result: UnsafeMutableBufferPointer<S>
  ) {
    precondition(
      source.count == count && result.count == count,
      "Expected \(count) scalars, but got \(source.count) and \(result.count).")
    transform(blocks: 0..<count / blockSize, of: source, into: result)
  }

  /// Writes some blocks of the image of `source` to the beginning of `result`.
  func apply(
    blocks: Range<Int>, of source: UnsafeBufferPointer<Float>,
    to result: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      source.count == count && result.count >= blocks.count * blockSize,
      "Expected \(count) scalars and room for \(blocks.count) blocks of \(blockSize).")
    transform(blocks: blocks, of: source, into: result)
  }

  @inline(__always)
  private func transform<S: ResampledScalar>(
    blocks: Range<Int>, of source: UnsafeBufferPointer<S>,
    into result: UnsafeMutableBufferPointer<S>
  ) {
    guard let x = source.baseAddress, let y = result.baseAddress else { return }
    let origins = blocks.map { block in
      blockSize * (blockSources.map { Int($0[block]) } ?? block)
    }
    if case .window(let windows) = map {
      windows.transform(x, into: y, origins: origins)
      return
    }
    for (block, origin) in origins.enumerated() {
      map.transform(x + origin, into: y + block * blockSize, count: blockSize)
    }
  }
}

extension GridMap {
  /// Writes the image of one block.
  @inline(__always)
  fileprivate func transform<S: ResampledScalar>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, count: Int
  ) {
    switch self {
    case .identity:
      y.update(from: x, count: count)
    case .permutation(let sources):
      sources.withUnsafeBufferPointer { sources in
        for i in 0..<count { y[i] = x[Int(sources[i])] }
      }
    case .window(let windows):
      windows.transform(x, into: y, origins: [0])
    case .sparse(let rows):
      rows.transform(x, into: y, count: count)
    case .separable(let separable):
      separable.transform(x, into: y)
    case .pointwise(let gain, let offset):
      for i in 0..<count { y[i] = S(gain * Double(x[i]) + offset) }
    }
  }
}

extension SparseRows {
  @inline(__always)
  fileprivate func transform<S: BinaryFloatingPoint>(
    _ x: UnsafePointer<S>, into y: UnsafeMutablePointer<S>, count: Int
  ) {
    sources.withUnsafeBufferPointer { sources in
      weights.withUnsafeBufferPointer { weights in
        for i in 0..<count {
          var sum: S = 0
          for tap in i * tapCount..<(i + 1) * tapCount {
            sum += S(weights[tap]) * x[Int(sources[tap])]
          }
          y[i] = sum
        }
      }
    }
  }
}

extension BlockMap {
  /// - Complexity: O(``count`` · taps).
  package var columns: [[(row: Int, weight: Double)]] {
    var columns = [[(row: Int, weight: Double)]](repeating: [], count: count)
    for row in 0..<count {
      let block = row / blockSize
      let origin = (blockSources.map { Int($0[block]) } ?? block) * blockSize
      for (source, weight) in map.taps(of: row % blockSize) {
        columns[origin + source].append((row, weight))
      }
    }
    return columns
  }

  package var hasNegativeWeights: Bool {
    switch map {
    case .identity, .permutation, .window: false
    case .sparse(let rows): rows.weights.contains { $0 < 0 }
    case .pointwise(let gain, let offset): gain < 0 || offset < 0
    case .separable: true
    }
  }
}
