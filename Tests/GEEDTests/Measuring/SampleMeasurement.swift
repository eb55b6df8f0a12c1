// SPDX-License-Identifier: MIT

import GEED
import _GEEDTestSupport

/// The shape of the pictures and of the maps that are measured.
let measuredShape = [3, 6, 6]

/// Pictures of random pixels.
func pictures(_ count: Int, channels: Int = 3, seed: UInt64 = 40) -> ArrayDataset {
  var generator = SplitMix64(seed: seed)
  return ArrayDataset(
    (0..<count).map { _ in .random([channels, 6, 6], using: &generator) }, name: "pictures")
}

/// A model that is not equivariant, with four probes, on 40 pictures.
func sampleMeasurement(under action: any GroupAction) -> DeviationMeasurement {
  var generator = SplitMix64(seed: 41)
  let weights = Tensor.random([4, 108], using: &generator)
  let gains = Tensor.random([108], using: &generator)
  let model = ClosureModel { batch in
    let features = (0..<batch.rowCount).map { row -> Tensor in
      let x = batch.row(row).scalars
      let scores = (0..<4).map { k in
        zip(weights.row(k).scalars, x).reduce(Float(3)) { $0 + 0.1 * $1.0 * $1.1 }
      }
      return Tensor(shape: [4], scalars: scores)
    }
    let maps = (0..<batch.rowCount).map { row in
      Tensor(
        shape: measuredShape,
        scalars: zip(batch.row(row).scalars, gains.scalars).map { max(0, $0 * $1) })
    }
    return ["features": .stacking(features), "maps": .stacking(maps)]
  }
  return DeviationMeasurement(
    of: model, on: pictures(40), under: action,
    probes: [
      .softmax("features"), .latent("features"), .latentCosine("features"), .channelwise("maps"),
    ])
}
