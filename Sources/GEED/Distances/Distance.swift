// SPDX-License-Identifier: MIT

/// A measure of how far apart two model outputs are; *m* in the paper.
///
/// Larger means further apart, so similarities are negated. Distances with equal parameters are
/// equal. A distance need not be symmetric (``KullbackLeibler``) or positive (``NegativeCosine``).
///
///     let distance = NegativeCosine()
///     distance([1, 0], [1, 1])  // -0.7071…
public protocol Distance: Sendable, Hashable {
  /// Compares *a*, usually *f(gx)*, with *b*, usually *g f̂(x)*: the scalars of two outputs of one
  /// shape, row-major.
  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison

  /// The values that the distance can have; all numbers by default.
  ///
  /// The interval of a mean does not leave this range. If the range is finite, the interval can be
  /// one that is valid for every distribution (<doc:Intervals>).
  var range: ClosedRange<Double> { get }

  /// The distance of two equal outputs, such as 0, or −1 for a negative cosine; `nil`, the default,
  /// if it is not the same for all outputs.
  var ofEqualOutputs: Double? { get }

  /// Returns the possible values of the mean over an orbit of the distances of outputs to their
  /// mean; by default `range`.
  ///
  /// - Parameters:
  ///   - leastShare: The smallest weight of an output in the mean; the weights sum to 1.
  ///   - classCount: The number of classes of outputs that are distributions, if the mean is that
  ///     over the orbit with equal weights; `nil` if an output is partly left out of the mean.
  func rangeOverOrbit(leastShare: Double, classCount: Int?) -> ClosedRange<Double>
}

/// The result of comparing two outputs by a ``Distance``.
public struct Comparison: Sendable, Hashable {
  /// The distance of the two outputs.
  public var distance: Double

  /// The number of zero vectors that were compared; these have no direction.
  public var zeroVectorCount: Int

  /// Creates a comparison.
  public init(_ distance: Double, zeroVectorCount: Int = 0) {
    self.distance = distance
    self.zeroVectorCount = zeroVectorCount
  }
}

extension Distance {
  public var range: ClosedRange<Double> { .allNumbers }

  public var ofEqualOutputs: Double? { nil }

  public func rangeOverOrbit(leastShare: Double, classCount: Int?) -> ClosedRange<Double> { range }

  /// Returns the distance of two vectors of the same length.
  public func callAsFunction(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "Expected equal lengths, but got \(a.count) and \(b.count).")
    return compare(a.span, b.span, shape: [a.count]).distance
  }

  /// Returns the distance of two tensors of the same shape.
  public func callAsFunction(_ a: Tensor, _ b: Tensor) -> Double {
    precondition(a.shape == b.shape, "Expected equal shapes, but got \(a.shape) and \(b.shape).")
    let first = a.scalars.map(Double.init)
    let second = b.scalars.map(Double.init)
    return compare(first.span, second.span, shape: a.shape).distance
  }
}
