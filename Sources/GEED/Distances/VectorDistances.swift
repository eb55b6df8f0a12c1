// SPDX-License-Identifier: MIT

/// The length of the difference of two vectors, ℓ₂: symmetric, at least 0; O(*n*).
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

/// The squared length of the difference of two vectors: symmetric, at least 0; O(*n*).
public struct SquaredDistance: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(squaredDistance(a, b))
  }
}

/// The length of the difference of two vectors in units of the length of the second one: at least
/// 0; O(*n*).
///
/// Independent vectors of one length have about √2. Two zero vectors count as equal (0), and a
/// non-zero vector is infinitely far from a zero vector; ``Comparison/zeroVectorCount`` records
/// these cases.
public struct RelativeDistance: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { 0...Double.infinity }

  public var ofEqualOutputs: Double? { 0 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let difference = squaredDistance(a, b)
    let (_, _, length) = innerProducts(b, b)
    guard length != 0 else {
      return Comparison(difference == 0 ? 0 : .infinity, zeroVectorCount: 1)
    }
    return Comparison((difference / length).squareRoot())
  }
}

/// Minus the cosine of the angle between two vectors: symmetric, from −1 (same direction) to 1.
///
/// A zero vector has no direction. Two zero vectors count as equal (−1), a zero and a non-zero
/// vector as perpendicular (0); ``Comparison/zeroVectorCount`` records these cases. The result is
/// exactly −1 for equal vectors.
public struct NegativeCosine: Distance {
  /// Creates the distance.
  public init() {}

  public var range: ClosedRange<Double> { -1...1 }

  public var ofEqualOutputs: Double? { -1 }

  public func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    let (dot, aa, bb) = innerProducts(a, b)
    return Self.comparison(dot, aa, bb) ?? compareScaled(a, b)
  }

  /// Returns the comparison of two vectors with these inner products, *a·b*, *a·a* and *b·b*; `nil` if
  /// they do not determine it, as those of a zero vector.
  static func comparison(_ dot: Double, _ aa: Double, _ bb: Double) -> Comparison? {
    guard safeSquares.contains(aa), safeSquares.contains(bb) else { return nil }
    return Comparison(minusCosine(dot, aa, bb))
  }

  /// The range of squared lengths whose product neither overflows nor loses digits.
  private static let safeSquares = 1e-140...1e140

  /// Compares vectors that are zero, not finite, or of extreme length; powers of two scale exactly.
  private func compareScaled(_ a: Span<Double>, _ b: Span<Double>) -> Comparison {
    let (largestA, largestB) = (largestMagnitude(a), largestMagnitude(b))
    switch (largestA == 0, largestB == 0) {
    case (true, true): return Comparison(-1, zeroVectorCount: 1)
    case (true, false) where largestB.isFinite, (false, true) where largestA.isFinite:
      return Comparison(0, zeroVectorCount: 1)
    default: break
    }
    guard largestA.isFinite, largestB.isFinite else { return Comparison(.nan) }
    let scaledA = a.indices.map {
      Double(sign: .plus, exponent: -largestA.exponent, significand: a[$0])
    }
    let scaledB = b.indices.map {
      Double(sign: .plus, exponent: -largestB.exponent, significand: b[$0])
    }
    let (dot, aa, bb) = innerProducts(scaledA.span, scaledB.span)
    return Comparison(minusCosine(dot, aa, bb))
  }
}

private func minusCosine(_ dot: Double, _ aa: Double, _ bb: Double) -> Double {
  // √(aa·bb) instead of √aa·√bb, because the square root of a square is exact.
  let value = -dot / (aa * bb).squareRoot()
  // Rounding can make the cosine of parallel vectors exceed 1.
  return min(max(value, -1), 1)
}

/// Returns the largest magnitude, or NaN if any scalar is NaN.
private func largestMagnitude(_ a: Span<Double>) -> Double {
  var largest = 0.0
  for i in a.indices where !(a[i].magnitude <= largest) {
    largest = a[i].magnitude
    if largest.isNaN { break }
  }
  return largest
}

extension Distance where Self == NegativeCosine {
  /// Minus the cosine of the angle.
  public static var negativeCosine: Self { NegativeCosine() }
}

/// Partial sums that are added in a fixed order, so that results are reproducible.
private typealias Lanes = SIMD8<Double>

/// Returns Σ aᵢbᵢ, Σ aᵢ² and Σ bᵢ².
func innerProducts(_ a: Span<Double>, _ b: Span<Double>) -> (dot: Double, aa: Double, bb: Double) {
  var (dot, aa, bb) = (Lanes.zero, Lanes.zero, Lanes.zero)
  forEachLanes(a, b) { a, b in
    dot += a * b
    aa += a * a
    bb += b * b
  }
  return (dot.sum(), aa.sum(), bb.sum())
}

/// Returns Σ (aᵢ − bᵢ)².
func squaredDistance(_ a: Span<Double>, _ b: Span<Double>) -> Double {
  var total = Lanes.zero
  forEachLanes(a, b) { a, b in
    let difference = a - b
    total += difference * difference
  }
  return total.sum()
}

/// Calls `body` with as many scalars of both as there are lanes, the last ones padded with zeros.
@inline(__always)
private func forEachLanes(_ a: Span<Double>, _ b: Span<Double>, _ body: (Lanes, Lanes) -> Void) {
  precondition(a.count == b.count, "Expected equal lengths, but got \(a.count) and \(b.count).")
  let whole = a.count - a.count % Lanes.scalarCount
  a.withUnsafeBytes { aBytes in
    b.withUnsafeBytes { bBytes in
      for i in stride(from: 0, to: whole, by: Lanes.scalarCount) {
        let offset = i * MemoryLayout<Double>.stride
        body(
          aBytes.loadUnaligned(fromByteOffset: offset, as: Lanes.self),
          bBytes.loadUnaligned(fromByteOffset: offset, as: Lanes.self))
      }
    }
  }
  guard whole < a.count else { return }
  var (lastA, lastB) = (Lanes.zero, Lanes.zero)
  for i in whole..<a.count {
    lastA[i - whole] = a[i]
    lastB[i - whole] = b[i]
  }
  body(lastA, lastB)
}
