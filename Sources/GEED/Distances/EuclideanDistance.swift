// SPDX-License-Identifier: MIT

/// The length of the difference of two vectors, ℓ₂: symmetric, at least 0, and 0 for equal vectors.
///
/// - Complexity: O(*n*) for *n* scalars.
public struct EuclideanDistance: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(squaredDistance(a, b).squareRoot())
  }
}

extension Distance where Self == EuclideanDistance {
  /// The length of the difference.
  public static var euclidean: Self { EuclideanDistance() }
}
