// SPDX-License-Identifier: MIT

/// Minus the cosine of the angle between two vectors: symmetric, from −1 (same direction) to 1.
///
/// A zero vector has no direction. Two zero vectors count as equal (−1), a zero and a non-zero
/// vector as perpendicular (0), and ``Comparison/zeroVectorCount`` says that it happened. The result
/// is exactly −1 for equal vectors.
///
/// - Complexity: O(*n*) for *n* scalars.
public struct NegativeCosine: Distance {
  /// Creates the distance.
  public init() {}

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let (dot, aa, bb) = innerProducts(a, b)
    switch (aa > 0, bb > 0) {
    case (true, true):
      // √(aa·bb) and not √aa·√bb: the root of a square is exact.
      return Comparison(-dot / (aa * bb).squareRoot())
    case (false, false): return Comparison(-1, zeroVectorCount: 1)
    default: return Comparison(0, zeroVectorCount: 1)
    }
  }
}

extension Distance where Self == NegativeCosine {
  /// Minus the cosine of the angle.
  public static var negativeCosine: Self { NegativeCosine() }
}
