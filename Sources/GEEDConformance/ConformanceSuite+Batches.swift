// SPDX-License-Identifier: MIT

import GEED
import RealModule

extension ConformanceSuite {
  /// Effects that only several examples together show: failures that none of them exhibited, and
  /// outputs that depend on the other examples of a batch.
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
      outputShape: [2], map: { $0 }),
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
