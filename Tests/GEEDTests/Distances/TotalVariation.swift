// SPDX-License-Identifier: MIT

import GEED

/// The total variation distance of two distributions, ½ Σ |*a* − *b*|: symmetric, from 0 (equal)
/// to 1 (disjoint); a distance that is not one of the library.
struct TotalVariation: Distance {
  var range: ClosedRange<Double> { 0...1 }

  var ofEqualOutputs: Double? { 0 }

  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(a.indices.reduce(0) { $0 + abs(a[$1] - b[$1]) } / 2)
  }
}
