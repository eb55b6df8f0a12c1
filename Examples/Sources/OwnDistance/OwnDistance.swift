// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// The mean absolute difference of two outputs.
struct MeanDifference: Distance {
  let range = 0...Double.infinity
  let ofEqualOutputs: Double? = 0

  func compare(_ a: Span<Double>, _ b: Span<Double>, shape: [Int]) -> Comparison {
    Comparison(a.indices.reduce(0) { $0 + abs(a[$1] - b[$1]) } / Double(a.count))
  }
}

/// Measures the sums of rows of pixels under half turns, by the package's distance and by another
/// one. M is the mean of the same distance over pairs of images, so the units cancel in both cases.
@main
struct OwnDistance {
  static func main() throws {
    let model = ClosureModel(output: "sums") { batch in
      let (height, width) = (batch.shape[2], batch.shape[3])
      return Tensor(
        shape: [batch.rowCount, height],
        scalars: (0..<batch.rowCount * height).map { row in
          batch.scalars[row * width..<(row + 1) * width].reduce(0, +)
        })
    }
    let measurement = DeviationMeasurement(
      of: model, on: try Glyphs(split: .test), under: ImageAction.rotations(2),
      probes: [
        .latent("sums"), Probe(.latent, tensor: "sums", distance: MeanDifference()),
      ])
    for result in try measurement.run().results {
      print(result.value ?? .nan, "M =", result.scale ?? .nan)
    }
  }
}
