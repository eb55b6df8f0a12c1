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
      model: rowwise([3]) { [$0.reduce(0, +), $0.reduce(0) { $0 + $1 * $1 }, $0.max() ?? 0] }),
    make(
      "sampled-equivariant", "Four of sixteen shifts: an equivariant map stays equivariant.",
      examples: arrays([1, 1, 16]), under: shifts(4), extent: .sample(ofOrder: 16),
      probe: .channelwise(output), expected: -1,
      reason: "The same g has to move input and output.",
      model: rowwise([1, 1, 16], circularConvolution)),
    make(
      "sampled-noise", "Four of sixteen shifts: a known deviation.",
      examples: (1...3).map { peak(Float($0), length: 16) }, under: shifts(4),
      extent: .sample(ofOrder: 16), probe: .latent(output),
      expected: 0.75 * 3.0.squareRoot(),
      reason: """
        The four outputs are a·e₀ … a·e₃, a·√3/2 from their mean, E = √3; examples are 1, 1 and 2 \
        apart, M = 4/3.
        """,
      model: rowwise([4]) { [$0[0], $0[4], $0[8], $0[12]] }),
    make(
      "infinite-invariant", "Twelve turns of the circle: lengths do not change.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .latent(output), expected: 0,
      reason: "Turns keep lengths.",
      model: rowwise([1]) { [($0[0] * $0[0] + $0[1] * $0[1]).squareRoot()] }),
    make(
      "infinite-identity", "Twelve turns of the circle: the identity is equivariant.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .channelwise(output), expected: -1,
      reason: "f(gx) = gx = g f(x), for every g whether drawn or not.",
      model: rowwise([1, 2]) { $0 }),
    make(
      "infinite-equivariant", "Twelve turns of the circle commute with turning and stretching.",
      examples: plane, under: PlaneTurns(count: 12), extent: .sampleOfInfinite,
      probe: .channelwise(output), expected: -1,
      reason: "The map multiplies by 3 + 4i; complex numbers commute.",
      model: rowwise([1, 2]) { [3 * $0[0] - 4 * $0[1], 4 * $0[0] + 3 * $0[1]] }),
  ]

  private static let plane = [(3, 4), (1, 0), (-2, 1), (5, -12)].map { (x: Float, y: Float) in
    Tensor(shape: [1, 2], scalars: [x, y])
  }

  /// Effects of several examples: failures that none exhibits, and outputs that depend on others.
  static let batches = [
    make(
      "no-failure-seen", "Ten examples without a deviation do not show that there are none.",
      examples: (1...10).map { Tensor(shape: [1, 2], scalars: [Float($0), Float($0)]) },
      under: ImageAction.reflection, probe: .softmax(output), quantity: .upperEnd,
      expected: Double.log(2) * (1 - Double.pow(0.05, 0.1)),
      reason: """
        The map is invariant where both pixels are equal, as they are in all examples. If a share p of \
        all others had the largest deviation, ln 2, ten would miss them with probability (1 - p)¹⁰, \
        which is 5 % for p = 1 - 0.05^(1/10): the interval has to reach p ln 2.
        """,
      model: rowwise([2]) { $0 }),
    make(
      "batch-centred", "Outputs less the mean of the batch are not those of a single example.",
      examples: (1...3).map { peak(Float($0), length: 2) }, under: ImageAction.reflection,
      probe: .latent(output), expected: nil,
      reason: """
        f(x) alone is x - x = 0; what it is in company depends on the company, and on the size of the \
        batches.
        """,
      model: ClosureModel(output: output) { batch in
        let size = batch.scalars.count / batch.rowCount
        let means = (0..<size).map { i in
          (0..<batch.rowCount).reduce(0) { $0 + batch.scalars[$1 * size + i] }
            / Float(batch.rowCount)
        }
        return Tensor(
          shape: [batch.rowCount, size],
          scalars: batch.scalars.indices.map { batch.scalars[$0] - means[$0 % size] })
      }),
  ]
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
