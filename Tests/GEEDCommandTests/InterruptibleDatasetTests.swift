// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDCommand

@Suite struct InterruptibleDatasetTests {
  @Test("Everything but the interruption is the base's")
  func laws() throws {
    let base = ArrayDataset(
      (0..<3).map { Tensor(shape: [1], scalars: [Float($0)]) }, labels: [2, 0, 2], name: "three")
    let dataset = InterruptibleDataset(base)
    #expect(dataset.name == "three")
    #expect(dataset.exampleShape == [1])
    #expect((0..<dataset.count).map(dataset.label(at:)) == [2, 0, 2])
    #expect(dataset.classes == base.classes)
    #expect(try dataset.example(at: 1) == base.example(at: 1))
  }
}
