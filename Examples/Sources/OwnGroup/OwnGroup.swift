// SPDX-License-Identifier: MIT

import GEED
import GEEDData

/// The group of order 2 that exchanges dark and light: *x* and 1 − *x*.
struct Negative: GroupAction {
  let group = FiniteGroup.cyclic(2)

  func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
    g == 0 ? x : x.map { 1 - $0 }
  }
}

/// Measures how invariant two functions are under an action that the package does not have.
///
/// The contrast of neighboring pixels is the same in a picture and in its negative; the mean
/// brightness is not.
@main
struct OwnGroup {
  static func main() throws {
    let model = ClosureModel { batch in
      let rows = (0..<batch.rowCount).map { batch.row($0).scalars }
      let brightness = rows.map { $0.reduce(0, +) / Float($0.count) }
      let contrast = rows.map { x in zip(x, x.dropFirst()).reduce(0) { $0 + abs($1.0 - $1.1) } }
      return [
        "brightness": Tensor(shape: [batch.rowCount, 1], scalars: brightness),
        "contrast": Tensor(shape: [batch.rowCount, 1], scalars: contrast),
      ]
    }
    let measurement = DeviationMeasurement(
      of: model, on: try Glyphs(split: .test), under: Negative(),
      probes: [.latent("brightness"), .latent("contrast")])
    for result in try measurement.run().results {
      print(result.tensor, result.value ?? .nan, result.notes)
    }
  }
}
