// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension ConformanceSuite {
  /// Groups of which only some elements are used, because they are too large or infinite.
  static let sampledGroups = [
    make(
      "sampled-invariant", "Four of sixteen shifts: an invariant map stays invariant.",
      examples: arrays([1, 16]), under: shifts(4), extent: .sample(ofOrder: 16),
      probe: .latent(output), expected: 0,
      reason:
        "Sum, sum of squares and maximum do not change; their mean over 4 elements is theirs.",
      outputShape: [3],
      map: { [$0.reduce(0, +), $0.reduce(0) { $0 + $1 * $1 }, $0.max() ?? 0] }),
    make(
      "sampled-equivariant", "Four of sixteen shifts: an equivariant map stays equivariant.",
      examples: arrays([1, 1, 16]), under: shifts(4), extent: .sample(ofOrder: 16),
      probe: .channelwise(output), expected: -1,
      reason: "The same g has to move input and output.",
      outputShape: [1, 1, 16], map: circularConvolution),
    make(
      "sampled-noise", "Four of sixteen shifts: a known deviation.",
      examples: (1...3).map { peak(Float($0), length: 16) }, under: shifts(4),
      extent: .sample(ofOrder: 16), probe: .latent(output),
      expected: 0.75 * 3.0.squareRoot(),
      reason: """
        The four outputs are a·e₀ … a·e₃, a·√3/2 from their mean, E = √3; examples are 1, 1 and 2 \
        apart, M = 4/3.
        """,
      outputShape: [4], map: { [$0[0], $0[4], $0[8], $0[12]] }),
    make(
      "infinite-invariant", "Twelve turns of the circle: lengths do not change.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .latent(output), expected: 0,
      reason: "Turns keep lengths.", outputShape: [1],
      map: { [($0[0] * $0[0] + $0[1] * $0[1]).squareRoot()] }),
    make(
      "infinite-identity", "Twelve turns of the circle: the identity is equivariant.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .channelwise(output), expected: -1,
      reason: "f(gx) = gx = g f(x), for every g whether drawn or not.", outputShape: [1, 2],
      map: { $0 }),
    make(
      "infinite-equivariant", "Twelve turns of the circle commute with turning and stretching.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .channelwise(output), expected: -1,
      reason: "The map multiplies by 3 + 4i; complex numbers commute.", outputShape: [1, 2],
      map: { [3 * $0[0] - 4 * $0[1], 4 * $0[0] + 3 * $0[1]] }),
  ]

  private static let plane = [(3, 4), (1, 0), (-2, 1), (5, -12)].map { (x: Float, y: Float) in
    Tensor(shape: [1, 2], scalars: [x, y])
  }
}

/// Rotations of the plane by multiples of 360°/`count`, which represent all rotations.
private struct PlaneTurns: GroupAction {
  let count: Int

  var group: FiniteGroup { .cyclic(count) }

  /// - Shape: `[..., 2]`.
  func apply(_ turn: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
    let angle = 2 * Double.pi * Double(turn) / Double(count)
    let (c, s) = (Double.cos(angle), Double.sin(angle))
    return x.indices.map { i in
      i.isMultiple(of: 2) ? c * x[i] - s * x[i + 1] : s * x[i - 1] + c * x[i]
    }
  }

  func requireDefined(on shape: [Int]) throws(ActionError) {
    guard shape.last == 2 else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[..., 2]")
    }
  }
}
