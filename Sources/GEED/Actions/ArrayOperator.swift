// SPDX-License-Identifier: MIT

/// φ(g, ·) for one element *g* on arrays of one size.
public struct ArrayOperator: Sendable {
  /// The number of scalars in the array.
  package let count: Int

  /// Whether the operator changes no array.
  package let isIdentity: Bool
  package let map: any ArrayMap

  package init(_ map: any ArrayMap, count: Int) {
    self.map = map
    self.count = count
    isIdentity = map.isIdentity
  }

  package init(count: Int, blockSize: Int, map: GridMap, blockSources: [Int]? = nil) {
    self.init(
      BlockMap(count: count, blockSize: blockSize, map: map, blockSources: blockSources),
      count: count)
  }

  static func identity(count: Int) -> ArrayOperator {
    ArrayOperator(count: count, blockSize: max(count, 1), map: .identity)
  }

  /// Returns this operator followed by `permutation`, which reorders equal parts of the array.
  func followed(byParts permutation: Permutation) -> ArrayOperator {
    ArrayOperator(map.followed(byParts: permutation), count: count)
  }

  /// Returns the image of `x`, of the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    let scalars = [Float](unsafeUninitializedCapacity: x.scalars.count) { result, count in
      count = x.scalars.count
      x.scalars.withUnsafeBufferPointer { map.apply($0, to: result) }
    }
    return Tensor(shape: x.shape, scalars: scalars)
  }

  /// Returns the image of an array in double precision.
  package func callAsFunction(_ x: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: x.count) { result, count in
      count = x.count
      x.withUnsafeBufferPointer { map.apply($0, to: result) }
    }
  }
}

/// A map of arrays of one size.
package protocol ArrayMap: Sendable {
  /// The number of scalars in an array.
  var count: Int { get }

  /// Whether the map changes no array.
  var isIdentity: Bool { get }

  /// Whether the map can produce a negative number from positive ones.
  var hasNegativeWeights: Bool { get }

  /// The non-zero scalars of the image of each basis vector, without the image of 0; by default from
  /// ``count`` applications.
  var columns: [[(row: Int, weight: Double)]] { get }

  func followed(byParts permutation: Permutation) -> any ArrayMap

  /// Writes the image of `source` into `result`.
  func apply(_ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>)

  /// Writes the image of `source` into `result`, in double precision.
  func apply(_ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>)
}

extension ArrayMap {
  package var columns: [[(row: Int, weight: Double)]] {
    func image(of basis: [Double]) -> [Double] {
      [Double](unsafeUninitializedCapacity: count) { result, initialized in
        initialized = count
        basis.withUnsafeBufferPointer { apply($0, to: result) }
      }
    }
    var basis = [Double](repeating: 0, count: count)
    let origin = image(of: basis)
    return (0..<count).map { column in
      basis[column] = 1
      defer { basis[column] = 0 }
      return zip(image(of: basis), origin).enumerated().compactMap {
        $1.0 == $1.1 ? nil : ($0, $1.0 - $1.1)
      }
    }
  }
}

struct FunctionMap: ArrayMap {
  let count: Int
  private let function: @Sendable ([Double]) -> [Double]
  let isIdentity: Bool

  init(
    count: Int, isIdentity: Bool, _ function: @escaping @Sendable ([Double]) -> [Double]
  ) {
    self.count = count
    self.isIdentity = isIdentity
    self.function = function
  }

  private func image(of x: [Double]) -> [Double] {
    let image = function(x)
    precondition(
      image.count == x.count, "Expected \(x.count) scalars of an action, but got \(image.count).")
    return image
  }

  func apply(
    _ source: UnsafeBufferPointer<Double>, to result: UnsafeMutableBufferPointer<Double>
  ) {
    _ = result.update(fromContentsOf: image(of: Array(source)))
  }

  func apply(
    _ source: UnsafeBufferPointer<Float>, to result: UnsafeMutableBufferPointer<Float>
  ) {
    let image = image(of: source.map { Double($0) })
    for (i, scalar) in image.enumerated() { result[i] = Float(scalar) }
  }

  func followed(byParts permutation: Permutation) -> any ArrayMap {
    let sources = permutation.inverse.images
    let partSize = count / sources.count
    let movesNothing = sources.enumerated().allSatisfy { $0 == $1 }
    return FunctionMap(count: count, isIdentity: isIdentity && movesNothing) { [function] in
      let image = function($0)
      return sources.flatMap { image[$0 * partSize..<($0 + 1) * partSize] }
    }
  }

  /// Decided by two arrays of random positive numbers.
  var hasNegativeWeights: Bool {
    var generator = SplitMix64(seed: 0)
    return (0..<2).contains { _ in
      image(of: (0..<count).map { _ in generator.nextUnit() }).contains { $0 < 0 }
    }
  }
}
