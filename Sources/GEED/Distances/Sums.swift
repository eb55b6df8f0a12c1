// SPDX-License-Identifier: MIT

/// Partial sums that are computed in parallel lanes and added in a fixed order, so that results are
/// fast and reproducible to the last digit.
private typealias Lanes = SIMD8<Double>

/// Returns Σ aᵢbᵢ, Σ aᵢ² and Σ bᵢ².
///
/// - Precondition: Both vectors have the same length.
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
///
/// - Precondition: Both vectors have the same length.
func squaredDistance(_ a: Span<Double>, _ b: Span<Double>) -> Double {
  var total = Lanes.zero
  forEachLanes(a, b) { a, b in
    let difference = a - b
    total += difference * difference
  }
  return total.sum()
}

/// Calls `body` with both vectors, as many scalars at a time as there are lanes; the last call is
/// padded with zeros.
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
