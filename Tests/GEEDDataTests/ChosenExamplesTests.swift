// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import Testing

@Suite struct ChosenExamplesTests {
  private let base = ArrayDataset(
    (0..<6).map { Tensor(shape: [1], scalars: [Float($0)]) }, labels: [2, 0, 9, 1, 8, 0],
    name: "numbers")

  @Test func keepsOrderAndLabels() throws {
    let subset = try ChosenExamples(of: base, classes: 0..<3)
    #expect(subset.count == 4)
    #expect((0..<4).map { subset.label(at: $0) } == [2, 0, 1, 0])
    #expect(try (0..<4).map { try subset.example(at: $0).scalars[0] } == [0, 1, 3, 5])
    #expect(subset.name == "numbers, classes 0-2")
  }

  @Test func noSuchClassIsAnError() {
    #expect(throws: DataError.self) { try ChosenExamples(of: base, classes: 3..<8) }
  }

  @Test func noLabelsAreAnError() throws {
    let unlabeled = ArrayDataset([Tensor(repeating: 0, shape: [1])])
    let error = try #require(throws: DataError.self) {
      try ChosenExamples(of: unlabeled, classes: 0..<3)
    }
    #expect(error.description.contains("no labels"))
  }
}
