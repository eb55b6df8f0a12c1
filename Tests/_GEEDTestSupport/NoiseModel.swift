// SPDX-License-Identifier: MIT

import GEED

extension ClosureModel {
  /// Returns a model whose output is noise of its own for each input, and the same for equal inputs.
  package static func noise(_ output: String, of rowShape: [Int], seed: UInt64) -> ClosureModel {
    ClosureModel(output: output) { batch in
      Tensor(
        shape: [batch.rowCount] + rowShape,
        scalars: (0..<batch.rowCount).flatMap { row -> [Float] in
          var generator = SplitMix64(
            seed: seed
              &+ UInt64(batch.row(row).scalars.reduce(UInt32(0)) { $0 &+ $1.bitPattern &* 31 }))
          return (0..<Tensor.count(of: rowShape)).map { _ in Float(generator.nextGaussian()) }
        })
    }
  }
}
