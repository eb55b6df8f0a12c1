// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// Measures a Swift function: the mean brightness of each row and of each column of a picture.
///
/// Sums along rows turn into sums along columns under a quarter turn, so the first output is not
/// invariant; the sorted sums of both kinds together are, but only under the quarter turns that the
/// pixel grid allows.
@main
struct MeasureClosure {
  static func main() throws {
    let model = ClosureModel { batch in
      let sums = (0..<batch.rowCount).map { marginalSums(of: batch.row($0)) }
      return [
        "sums": .stacking(sums),
        "sorted": .stacking(sums.map { Tensor(shape: $0.shape, scalars: $0.scalars.sorted()) }),
      ]
    }
    for order in [4, 8] {
      let measurement = DeviationMeasurement(
        of: model, on: try Glyphs(split: .test), under: ImageAction.rotations(order),
        probes: [.latent("sums"), .latent("sorted")])
      for result in try measurement.run().results {
        let value = result.value.map { "\($0)" } ?? "no value"
        print(
          "C\(order) \(result.tensor): \(value) \(result.notes.map(\.description).joined(separator: " "))"
        )
      }
    }
  }

  /// The sums of all rows, then of all columns.
  private static func marginalSums(of image: Tensor) -> Tensor {
    let (height, width) = (image.shape[1], image.shape[2])
    var sums = [Float](repeating: 0, count: height + width)
    for row in 0..<height {
      for column in 0..<width {
        sums[row] += image.scalars[row * width + column]
        sums[height + column] += image.scalars[row * width + column]
      }
    }
    return Tensor(shape: [height + width], scalars: sums)
  }
}
