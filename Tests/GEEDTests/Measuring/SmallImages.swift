// SPDX-License-Identifier: MIT

@testable import GEED

extension DeviationMeasurement {
  /// A measurement of the output `y` of a map of 2 × 2 images, whose numbers are whole and below 100,
  /// under rotations by 90°.
  static func ofSmallImages(
    count: Int, batchSize: Int, _ body: @escaping @Sendable (Tensor) throws -> Tensor
  ) -> DeviationMeasurement {
    var generator = SplitMix64(seed: 3)
    let images = (0..<count).map { _ in
      Tensor(shape: [1, 2, 2], scalars: (0..<4).map { _ in Float(generator.next(below: 100)) })
    }
    var measurement = DeviationMeasurement(
      of: ClosureModel(output: "y", body), on: ArrayDataset(images),
      under: ImageAction.rotations(4),
      probes: [.latent("y")])
    measurement.batchSize = batchSize
    return measurement
  }
}
