// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDReport
import Testing

@Suite struct ResultArraysTests {
  private func arrays(_ results: [ProbeResult]) -> [String: NumPyArray] {
    let document = MeasurementDocument(
      model: .init(path: "model.onnx"),
      data: .init(path: "images", exampleCount: 9, shape: [1, 2, 2]),
      group: "C2", seed: 0, confidenceLevel: 0.95, results: results)
    return Dictionary(
      uniqueKeysWithValues: ResultArrays(document).arrays.map { ($0.name, $0.array) })
  }

  /// A result without values has NaN along the axes of the others.
  @Test func missingNumbers() {
    let first = result(
      .latent, "a", perElement: [0, 1], perExample: [0.25, 0.75], elementNames: ["r0", "r1"])
    let arrays = arrays([first, ProbeResult(.softmax, tensor: "b")])
    #expect(arrays["value"] == NumPyArray([0.5, .nan], shape: [2]))
    #expect(arrays["scale"] == NumPyArray([0.5, .nan], shape: [2]))
    #expect(arrays["example"] == NumPyArray([10, 11], shape: [2]))
    #expect(arrays["example_count"] == NumPyArray([2, 0], shape: [2]))
    #expect(arrays["per_element"] == NumPyArray([0, 1, .nan, .nan], shape: [2, 2]))
    #expect(arrays["per_example"] == NumPyArray([0.25, 0.75, .nan, .nan], shape: [2, 2]))
    #expect(arrays["tensor"] == NumPyArray(["a", "b"], shape: [2]))
  }

  /// Two draws of a sample with the same name stay two.
  @Test func elementsWithOneName() {
    let both = result(
      .softmax, "a", perElement: [1, 2, 3], perExample: [2], elementNames: ["10°", "10°", "20°"])
    let arrays = arrays([both])
    #expect(arrays["element"] == NumPyArray(["10°", "10°", "20°"], shape: [3]))
    #expect(arrays["per_element"] == NumPyArray([1.0, 2, 3], shape: [1, 3]))
  }

  @Test func withoutResults() {
    #expect(arrays([])["value"] == NumPyArray([Double](), shape: [0]))
    #expect(arrays([])["per_element"] == NumPyArray([Double](), shape: [0, 0]))
  }
}
