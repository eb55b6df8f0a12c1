// SPDX-License-Identifier: MIT

/// How far apart two model outputs are; *m* in the paper.
///
/// Larger means further apart, so that a larger deviation always means *less* equivariant:
/// similarities are negated. A distance need be neither symmetric (``KullbackLeibler``) nor positive
/// (``NegativeCosine``); conforming types say which.
///
///     let distance = NegativeCosine()
///     distance([1, 0], [1, 1])  // -0.7071…
public protocol Distance: Sendable {
  /// Compares *a*, usually *f(gx)*, with *b*, usually *g f̂(x)*.
  ///
  /// - Parameters:
  ///   - a: The scalars of the first output, row-major.
  ///   - b: The scalars of the second.
  ///   - shape: The shape of both.
  /// - Precondition: `a` and `b` hold as many scalars as `shape` says.
  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison

  /// The values that it can have, whatever is compared; all numbers unless a type says better.
  ///
  /// An interval of a mean never leaves the range, and where the range is finite it can be one that
  /// holds for every distribution (<doc:Intervals>).
  var range: ClosedRange<Double> { get }
}

/// What a ``Distance`` says of two outputs.
public struct Comparison: Sendable, Hashable {
  /// How far apart they are.
  public var distance: Double

  /// How often a zero vector was met, whose direction does not exist.
  public var zeroVectorCount: Int

  /// Creates a comparison.
  public init(_ distance: Double, zeroVectorCount: Int = 0) {
    self.distance = distance
    self.zeroVectorCount = zeroVectorCount
  }
}

extension Distance {
  public var range: ClosedRange<Double> { .allNumbers }

  /// The distance of two vectors.
  ///
  /// - Precondition: Both have the same length.
  public func callAsFunction(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "Expected equal lengths, but got \(a.count) and \(b.count).")
    return compare(a.span, b.span, shape: [a.count]).distance
  }

  /// The distance of two tensors.
  ///
  /// - Precondition: Both have the same shape.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Double {
    precondition(a.shape == b.shape, "Expected equal shapes, but got \(a.shape) and \(b.shape).")
    let first = a.scalars.map(Double.init)
    let second = b.scalars.map(Double.init)
    return compare(first.span, second.span, shape: a.shape).distance
  }
}
