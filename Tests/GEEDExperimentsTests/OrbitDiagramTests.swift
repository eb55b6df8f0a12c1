// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
@testable import GEEDExperiments
import GEEDModels
import GEEDReport
import GEEDTorch
import Testing

@Suite struct OrbitDiagramTests {
  private func diagram(of kind: NetworkKind) throws -> OrbitDiagram {
    let experiment = SixBlockExperiment(.tiny, at: "glyphs")
    let configuration = experiment.configuration(kind, seed: 0)
    let dataset = try configuration.data.open(.test, seed: 0)
    let network = try configuration.network.make(
      imageShape: dataset.exampleShape, parameters: ParameterStore(seed: 0).root)
    return try OrbitDiagram(
      of: network, named: "network", on: dataset, example: 3, #require(configuration.measure),
      device: .cpu)
  }

  @Test("Images, references and vectors are those of C4, for every element")
  func content() throws {
    let diagram = try diagram(of: .conventional)
    #expect(diagram.elements.count == 4 && diagram.inputs.count == 4)
    #expect(diagram.inputs[2] == diagram.inputs[0].reversed().map { $0.reversed() })
    #expect(diagram.block.references[0] == diagram.block.outputs[0])
    #expect(
      diagram.block.references[2] == diagram.block.outputs[0].reversed().map { $0.reversed() })
    #expect(diagram.block.outputs[1] != diagram.block.references[1])
    for probabilities in diagram.probabilities.outputs {
      #expect(abs(probabilities.reduce(0, +) - 1) < 1e-5)
    }
    // Equal arrays have the cosine 1 up to single precision.
    #expect(abs(diagram.block.deviation.perElement[0] + 1) < 1e-6)
    for (_, deviation) in diagram.deviations {
      let value = try #require(deviation.value)
      let mean = deviation.perElement.reduce(0, +) / 4
      #expect(deviation.perElement.count == 4 && abs(mean - value) < 1e-9 * max(1, abs(value)))
    }
  }

  /// A steerable network is equivariant to quarter turns exactly, but its channels move within
  /// fields, which the comparison of the same channel does not show.
  @Test("An exactly invariant network has no deviation in its features")
  func steerable() throws {
    let diagram = try diagram(of: .steerable)
    let latent = try #require(diagram.features.deviation.value)
    #expect(latent < 1e-4)
    for output in diagram.features.outputs {
      for (a, b) in zip(output, diagram.features.mean) { #expect(abs(a - b) < 1e-5) }
    }
  }

  @Test func aDiagramIsReadAsItWasWritten() throws {
    let diagram = try diagram(of: .conventional)
    let read = try JSONDecoder().decode(OrbitDiagram.self, from: JSONEncoder().encode(diagram))
    #expect(read == diagram)
  }
}
#endif
