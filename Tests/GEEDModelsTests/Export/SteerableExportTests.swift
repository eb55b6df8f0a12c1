// SPDX-License-Identifier: MIT

#if Torch
import GEED
import GEEDModels
import GEEDOnnx
import GEEDTorch
import Testing
import _GEEDTestSupport

@Suite(.enabled(if: Runtime.isAvailable, Runtime.missing))
struct SteerableExportTests {
  private let network: SteerableCNN
  private let graph: OnnxGraphBuilder

  init() throws {
    let weights = try ParameterStore(seed: 0)
    network = try SteerableCNN(
      .cyclic(4), plan: SixBlockPlan().scaled(by: 0.1), parameters: weights.root)
    graph = try network.onnxGraph(inputShape: [1, 29, 29], parameters: weights)
  }

  @Test("A network that commutes with quarter turns is measured to do so by ONNX Runtime")
  func measuring() throws {
    var generator = SplitMix64(seed: 5)
    let images = ArrayDataset(
      (0..<4).map { _ in
        Tensor(
          shape: [1, 29, 29],
          scalars: (0..<29 * 29).map { _ in Float.random(in: 0...1, using: &generator) })
      })
    let measurement = DeviationMeasurement(
      of: try loaded(graph, name: "steerable-C4"), on: images, under: ImageAction.rotations(4),
      probes: network.blockNames.enumerated().map { index, name in
        .channelwise(name, outputAction: network.outputAction(ofBlock: index))
      } + [.softmax("logits"), .latent("features")])
    let results = try measurement.run().results
    #expect(results.count == 8)
    for result in results.prefix(6) {
      // -1 means equal up to a factor; single precision leaves 1e-7 of the cosine.
      expectClose(result.value, -1, tolerance: 1e-5)
    }
    expectClose(results[6].value, 0, tolerance: 1e-8)
    // Features differ by rounding, 1e-6, and this is divided by their distances, about 1.
    expectClose(results[7].value, 0, tolerance: 1e-4)
  }

  /// The check keeps channels in place, so it cannot see that the convolutions between fields commute,
  /// which permute them.
  @Test("The mask and the poolings are found to be exact")
  func linearCheck() throws {
    let check = try withFile(of: graph) { path in
      let graph = try OnnxGraph(contentsOf: path)
      return try graph.linearCheck(
        under: .rotations(4), tensors: graph.tensorsWithShapes().tensors)
    }
    #expect(
      check.layers.filter { $0.commutator?.isExact == true }.map(\.name)
        == ["block3/conv", "block5/conv", "features/conv"])
    #expect(check.layers.map(\.name).contains("block3.conv"))
    #expect(check.propagation["block1/mul"] == .equivariant)
    #expect(check.propagation["features"] == .broken(by: "block1.conv"))
  }
}
#endif
