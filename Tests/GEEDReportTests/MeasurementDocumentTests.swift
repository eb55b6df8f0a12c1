// SPDX-License-Identifier: MIT

import GEED
import GEEDStore
import Testing

@testable import GEEDReport

@Suite struct MeasurementDocumentTests {
  @Test("The parts of the JSON are the whole", arguments: 0...3)
  func parts(count: Int) throws {
    // Names that look like the place of the results.
    let names = ["\n  \"results\" : [\n\n  ]", "[", "b\"\\"]
    let results = (0..<count).map { index in
      result(
        .softmax, "\(names[index]) \(index)", perElement: [0, 0.5], perExample: [0.25, 0.125],
        elementNames: ["e", "s"], exampleNames: [nil, names[index]])
    }
    var document = MeasurementDocument(
      model: .init(path: names[0]), data: .init(path: "images", exampleCount: 2, shape: [4]),
      group: "flip", seed: 0, confidenceLevel: 0.95, results: results)
    document.control = .init(kind: .untrained, seed: 1, results: [])
    document.commandLine = ["geed", names[0]]
    #expect(try document.indentedJSON == document.json(pretty: true))
    var parts: [String] = []
    try document.forEachPartOfJSON { parts.append($0) }
    #expect(parts.count == (count == 0 ? 1 : count + 2))
  }
}
