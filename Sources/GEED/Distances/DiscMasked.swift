// SPDX-License-Identifier: MIT

/// A distance that is restricted to the inscribed disc of the last two axes; values outside it are
/// set to zero.
///
/// Zeros contribute neither to a cosine nor to a length, so values in the corners have no effect.
///
/// - Shape: `[..., H, W]`.
/// - Complexity: That of the other distance, plus one copy of both arrays.
package struct DiscMasked<Base: Distance>: Distance {
  /// The distance inside the disc.
  package let base: Base

  /// Creates the restriction of `base`.
  package init(_ base: Base) {
    self.base = base
  }

  package var range: ClosedRange<Double> { base.range }

  package var ofEqualOutputs: Double? { base.ofEqualOutputs }

  package func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    precondition(shape.count >= 2, "Expected arrays [..., H, W], but got shape \(shape).")
    let mask = DiscMask(height: shape[shape.count - 2], width: shape[shape.count - 1])
    return withinDisc(a, mask) { a in
      withinDisc(b, mask) { b in base.compare(a, b, shape: shape) }
    }
  }

  private func withinDisc(
    _ x: Span<Double>, _ mask: DiscMask, _ body: (Span<Double>) -> Comparison
  ) -> Comparison {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: x.count) { inside in
      inside.initialize(repeating: 0)
      for start in stride(from: 0, to: x.count, by: mask.width) {
        for column in mask.columns[start / mask.width % mask.height] {
          inside[start + column] = x[start + column]
        }
      }
      return body(inside.span)
    }
  }
}
