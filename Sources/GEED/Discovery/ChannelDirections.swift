// SPDX-License-Identifier: MIT

/// The channels of an output as unit vectors, so that inner products are cosines.
///
/// Zero vectors have no direction. They get one of their own in an additional coordinate: the cosine
/// of two of them is 1 and that of one and another vector 0, as in ``NegativeCosine``.
struct ChannelDirections: Sendable {
  let channelCount: Int
  /// The number of coordinates of a channel, after which the additional one follows.
  private let size: Int
  /// The number of scalars of a channel in memory, a multiple of the lanes of a product.
  private let stride: Int
  /// `[C, stride]`, with zeros after the coordinates of each channel.
  private let scalars: [Float]
  /// The channels that are zero vectors.
  let zeroChannels: [Int]

  private typealias Lanes = SIMD4<Float>

  /// - Parameters:
  ///   - output: An array `[C, ...]`.
  ///   - mask: The part of each channel that is compared; everything if `nil`.
  init(of output: UnsafeBufferPointer<Double>, channelCount: Int, mask: DiscMask? = nil) {
    precondition(
      channelCount > 0 && output.count.isMultiple(of: channelCount),
      "Expected \(channelCount) channels, but got \(output.count) scalars.")
    let size = output.count / channelCount
    let width = (size + 1 + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
    self.channelCount = channelCount
    self.size = size
    stride = width
    let scalars = [Float](unsafeUninitializedCapacity: channelCount * width) { result, count in
      count = channelCount * width
      result.initialize(repeating: 0)
      for channel in 0..<channelCount {
        let values = UnsafeBufferPointer(
          rebasing: output[channel * size..<(channel + 1) * size])
        let target = UnsafeMutableBufferPointer(
          rebasing: result[channel * width..<(channel + 1) * width])
        if let mask {
          mask.forEachPosition(in: size) { target[$0] = 1 }
          for i in 0..<size where target[i] != 0 { target[i] = Float(values[i]) }
        } else {
          for i in 0..<size { target[i] = Float(values[i]) }
        }
        Self.normalize(target, size: size)
      }
    }
    self.scalars = scalars
    zeroChannels = (0..<channelCount).filter { scalars[$0 * width + size] != 0 }
  }

  /// Divides the first `size` scalars by their length; marks a zero vector in the scalar after them.
  private static func normalize(_ vector: UnsafeMutableBufferPointer<Float>, size: Int) {
    var largest: Float = 0
    for i in 0..<size { largest = max(largest, vector[i].magnitude) }
    guard largest > 0 else {
      vector[size] = 1
      return
    }
    // Relative to the largest scalar, squares neither overflow nor vanish.
    var squares = 0.0
    for i in 0..<size {
      let ratio = Double(vector[i]) / Double(largest)
      squares += ratio * ratio
    }
    let scale = 1 / (Double(largest) * squares.squareRoot())
    for i in 0..<size { vector[i] = Float(Double(vector[i]) * scale) }
  }

  /// Returns the cosine of a channel and one of another output, from −1 to 1.
  func cosine(_ channel: Int, _ other: Int, of others: ChannelDirections) -> Double {
    scalars.withUnsafeBufferPointer { a in
      others.scalars.withUnsafeBufferPointer { b in
        var sum = 0.0
        for i in 0..<stride {
          sum += Double(a[channel * stride + i]) * Double(b[other * stride + i])
        }
        return min(max(sum, -1), 1)
      }
    }
  }

  /// Returns the cosine of a channel and the negative of one of another output: 1 for two zero
  /// vectors, which are their own negatives.
  func cosineOfNegative(_ channel: Int, _ other: Int, of others: ChannelDirections) -> Double {
    let areZero = isZero(channel) && others.isZero(other)
    return areZero ? 1 : -cosine(channel, other, of: others)
  }

  private func isZero(_ channel: Int) -> Bool {
    // Coordinates of zero vectors are 0 but for the additional one.
    scalars[channel * stride + size] != 0
  }

  /// Adds the cosine of each channel (row) and each channel of another output (column) to a matrix
  /// `[C, C]`: one matrix product, in blocks of two rows and four columns.
  func addCosines(to others: ChannelDirections, into matrix: UnsafeMutableBufferPointer<Float>) {
    precondition(
      others.channelCount == channelCount && others.stride == stride
        && matrix.count == channelCount * channelCount, "Expected outputs of one shape.")
    scalars.withUnsafeBytes { a in
      others.scalars.withUnsafeBytes { b in
        for row in Swift.stride(from: 0, to: channelCount, by: 2) {
          for column in Swift.stride(from: 0, to: channelCount, by: 4) {
            addBlock(a, b, row: row, column: column, into: matrix)
          }
        }
      }
    }
  }

  /// Adds the products of two rows and four columns; at the border some are computed twice.
  @inline(__always)
  private func addBlock(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, row: Int, column: Int,
    into matrix: UnsafeMutableBufferPointer<Float>
  ) {
    let last = channelCount - 1
    let bytes = stride * MemoryLayout<Float>.size
    let (r0, r1) = (row * bytes, min(row + 1, last) * bytes)
    let (c0, c1) = (column * bytes, min(column + 1, last) * bytes)
    let (c2, c3) = (min(column + 2, last) * bytes, min(column + 3, last) * bytes)
    var (s00, s01, s02, s03) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (s10, s11, s12, s13) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var offset = 0
    while offset < bytes {
      let x0 = a.loadUnaligned(fromByteOffset: r0 + offset, as: Lanes.self)
      let x1 = a.loadUnaligned(fromByteOffset: r1 + offset, as: Lanes.self)
      let y0 = b.loadUnaligned(fromByteOffset: c0 + offset, as: Lanes.self)
      let y1 = b.loadUnaligned(fromByteOffset: c1 + offset, as: Lanes.self)
      s00 += x0 * y0
      s01 += x0 * y1
      s10 += x1 * y0
      s11 += x1 * y1
      let y2 = b.loadUnaligned(fromByteOffset: c2 + offset, as: Lanes.self)
      let y3 = b.loadUnaligned(fromByteOffset: c3 + offset, as: Lanes.self)
      s02 += x0 * y2
      s03 += x0 * y3
      s12 += x1 * y2
      s13 += x1 * y3
      offset += MemoryLayout<Lanes>.size
    }
    let sums = [[s00, s01, s02, s03], [s10, s11, s12, s13]]
    for (i, lanes) in sums.enumerated() where row + i <= last {
      for (j, sum) in lanes.enumerated() where column + j <= last {
        matrix[(row + i) * channelCount + column + j] += sum.sum()
      }
    }
  }
}

/// The directions of one example's outputs and of its moved output, for each element of a group but
/// the identity, in the order of the group.
struct OrbitDirections: Sendable {
  /// *f(gx)*.
  let outputs: [ChannelDirections]
  /// *g f(x)*, where *g* moves the grid of every channel and leaves the channels in place.
  let moved: [ChannelDirections]

  /// - Parameters:
  ///   - batch: A batch `[N, C, ...]` with *f(gx)* for each element in consecutive rows.
  ///   - firstRow: The row of the identity.
  ///   - action: The action on the grid.
  init(of batch: Tensor, firstRow: Int, under action: PreparedAction, mask: DiscMask?) {
    let order = action.transformations.count
    let channelCount = action.shape[0]
    let size = Tensor.count(of: action.shape)
    func doubles(_ row: Int) -> [Double] {
      batch.scalars[batch.scalarRange(ofRow: firstRow + row)].map(Double.init)
    }
    let original = doubles(0)
    var directions = [(output: ChannelDirections, moved: ChannelDirections)?](
      repeating: nil, count: order - 1)
    directions.withUnsafeMutableBufferPointer { result in
      // Each call writes its own place.
      nonisolated(unsafe) let result = result
      inParallel(order - 1, grain: 1 + 65_536 / max(size, 1)) { index in
        func directions(of x: [Double]) -> ChannelDirections {
          x.withUnsafeBufferPointer {
            ChannelDirections(of: $0, channelCount: channelCount, mask: mask)
          }
        }
        result[index] = (
          directions(of: doubles(index + 1)),
          directions(of: action.operators[index + 1](original))
        )
      }
    }
    outputs = directions.compactMap { $0?.output }
    moved = directions.compactMap { $0?.moved }
  }
}
