// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

/// The models are made by Scripts/fixtures/linear_models.py.
@Suite struct LinearCheckTests {
  private func check(_ name: String, _ group: String = "C4") throws -> OnnxLinearCheck {
    let graph = try Fixtures.graph(name)
    let action = try #require(GroupName(group)?.action())
    return try graph.linearCheck(under: action, tensors: graph.tensorsWithShapes().tensors)
  }

  @Test(
    "Symmetric kernels are exact, and carry equivariance to the pooling",
    .enabled(if: Available.runtime, Available.noRuntime), arguments: ["C4", "D4", "flip", "C2"],
    ["linear-symmetric", "linear-float-data", "linear-external"])
  func symmetricModel(group: String, model: String) throws {
    let check = try check(model, group)
    #expect(check.layers.map(\.name) == ["conv1", "conv2", "excited", "conv3", "logits"])
    for layer in check.layers where layer.name.hasPrefix("conv") {
      #expect(layer.commutator?.isExact == true, "\(layer)")
    }
    #expect(check.layers[0].weightShape == [6, 3, 3, 3])
    #expect(check.propagation["pooled"] == .equivariant)
    #expect(check.propagation["gates"] == .invariant)
    #expect(check.propagation["logits"] == .invariant)
    #expect(check.propagation.count == 15)
  }

  @Test(
    "One weight off is found at its layer, and only there",
    .enabled(if: Available.runtime, Available.noRuntime))
  func perturbedModel() throws {
    let check = try check("linear-perturbed")
    #expect(check.layers[0].commutator?.isExact == true)
    #expect(try #require(check.layers[1].commutator).largest > 0.01)
    #expect(check.layers[3].commutator?.isExact == true)
    #expect(check.propagation["relu1"] == .equivariant)
    for tensor in ["conv2", "sum", "gates", "pooled", "logits"] {
      #expect(check.propagation[tensor] == .broken(by: "conv2"))
    }
    // The weight lies on the middle column, which a reflection keeps.
    #expect(try self.check("linear-perturbed", "flip").propagation["logits"] == .invariant)
  }

  @Test(
    "Stride 2 on an even grid breaks what the same kernel keeps on an odd one",
    .enabled(if: Available.runtime, Available.noRuntime))
  func evenGrid() throws {
    let check = try check("linear-even")
    #expect(check.layers[1].commutator?.isExact == true)
    #expect(check.layers[3].commutator?.isExact == false)
    #expect(check.propagation["gated"] == .equivariant)
    #expect(check.propagation["conv3"] == .broken(by: "conv3"))
    #expect(check.propagation["logits"] == .broken(by: "conv3"))
  }

  @Test(
    "Every second line of an odd grid keeps the symmetry, of an even one does not",
    .enabled(if: Available.runtime, Available.noRuntime))
  func shortcut() throws {
    let odd = try check("linear-shortcut")
    #expect(odd.propagation["sliced"] == .equivariant && odd.propagation["padded"] == .equivariant)
    #expect(odd.propagation["conv"] == .equivariant)
    #expect(odd.propagation["features"] == .invariant && odd.propagation["logits"] == .invariant)
    let even = try check("linear-shortcut-even")
    #expect(even.propagation["logits"] == .broken(by: "sliced"))
    #expect(even.layers.first?.commutator?.isExact == true)
  }

  @Test(
    "A matrix on the flattened grid is invariant or not",
    .enabled(if: Available.runtime, Available.noRuntime))
  func flattenedGrid() throws {
    let whole = try check("linear-flat")
    #expect(whole.layers.last?.commutator?.isExact == true)
    #expect(whole.layers.last?.weightShape == [5, 16])
    #expect(whole.propagation["flat"] == .equivariant)
    #expect(whole.propagation["logits"] == .invariant)
    let broken = try check("linear-flat-broken")
    #expect(try #require(broken.layers.last?.commutator).largest > 0.1)
    #expect(broken.propagation["logits"] == .broken(by: "logits"))
  }

  @Test(
    "Groups that interpolate are compared on the basis, and propagate nothing",
    .enabled(if: Available.runtime, Available.noRuntime))
  func interpolatingGroup() throws {
    let check = try check("linear-flat", "C8")
    #expect(check.propagation.isEmpty)
    for layer in check.layers where layer.name != "excited" {
      #expect(try #require(layer.commutator, "\(layer)").largest > 0.1)
    }
  }

  @Test(
    "Random kernels break at the first layer", .enabled(if: Available.runtime, Available.noRuntime),
    arguments: ["dynamic-batch", "half", "nhwc", "three-inputs"])
  func ordinaryModels(model: String) throws {
    var options = OnnxOptions()
    if model == "three-inputs" { options.constants = ["temperature": 1, "shift": 0] }
    let graph = try Fixtures.graph(model)
    let check = try graph.linearCheck(
      under: .rotations(4), tensors: graph.tensorsWithShapes(options: options).tensors,
      options: options)
    #expect(try #require(check.layers.first?.commutator).largest > 0.5)
    #expect(check.propagation["logits"] == .broken(by: "conv"))
  }

  @Test(
    "Quantised weights are not known, which is said",
    .enabled(if: Available.runtime, Available.noRuntime))
  func quantizedModel() throws {
    let check = try check("quantized-qdq")
    let layer = try #require(check.layers.first)
    #expect(layer.commutator == nil && layer.reason == "its weights are no constant of the file")
    #expect(check.propagation["image_dequantized"] == .equivariant)
    guard case .undecided(at: "conv", _) = check.propagation["logits"] else {
      Issue.record("\(String(describing: check.propagation["logits"]))")
      return
    }
  }

  @Test(
    "What the check says is what a measurement finds",
    .enabled(if: Available.runtime, Available.noRuntime),
    arguments: [
      "linear-symmetric", "linear-perturbed", "linear-even", "linear-flat", "linear-flat-broken",
      "linear-shortcut", "linear-shortcut-even",
    ])
  func againstMeasurement(model: String) throws {
    let check = try check(model)
    let names = check.propagation.keys.sorted()
    let probes = names.map { name -> Probe in
      switch check.propagation[name] {
      case .invariant: .latent(name)
      default: name == "flat" || isVector(name) ? .latent(name) : .channelwise(name)
      }
    }
    var generator = SplitMix64(seed: 9)
    let side = model.hasSuffix("even") ? 8 : 7
    let pictures = (0..<8).map { _ in
      Tensor(
        shape: [3, side, side],
        scalars: (0..<3 * side * side).map { _ in Float(generator.nextGaussian()) })
    }
    let measurement = DeviationMeasurement(
      of: try Fixtures.model(model, names), on: ArrayDataset(pictures),
      under: ImageAction.rotations(4),
      probes: probes)
    for result in try measurement.run().results {
      let value = try #require(result.unnormalized, "\(result.tensor) \(result.notes)")
      let scale = result.scale ?? 1
      // The runtime sums in Float, in an order of its own: 1e-5 relative for a few layers.
      switch check.propagation[result.tensor] {
      case .equivariant where result.tensor != "flat": #expect(abs(value + 1) < 1e-5)
      case .invariant: #expect(value / scale < 1e-5, "\(result.tensor)")
      case .broken:
        #expect(
          result.metric == .channelwise ? value > -1 + 1e-5 : value / scale > 1e-4,
          "\(result.tensor): \(value)")
      default: break
      }
    }
  }

  @Test("Weights that are not finite are a reason, not a number")
  func notFinite() throws {
    var bytes = try OnnxGraph.bytes(ofFile: Fixtures.path("linear-symmetric.onnx"))
    let kernel = try #require(
      try OnnxConstants(contentsOf: Fixtures.path("linear-symmetric.onnx")).tensor("kernel1"))
    func stored(_ scalar: Float) -> Data {
      withUnsafeBytes(of: scalar.bitPattern.littleEndian) { Data($0) }
    }
    let place = try #require(bytes.range(of: stored(kernel.scalars[1])))
    bytes.replaceSubrange(place, with: stored(.nan))
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    try bytes.write(to: file)
    let graph = try OnnxGraph(contentsOf: file.path)
    let check = try graph.linearCheck(
      under: .rotations(4), tensors: graph.tensorsWithShapes().tensors)
    #expect(check.layers[0].commutator == nil)
    #expect(check.layers[0].reason == "its weights are not all finite")
  }

  private func isVector(_ name: String) -> Bool {
    ["squeezed", "excited", "gates", "averaged", "features", "logits"].contains(name)
  }
}

@Suite struct OnnxConstantsTests {
  @Test("Raw bytes, typed fields and other files hold the same numbers")
  func storage() throws {
    let raw = try OnnxConstants(contentsOf: Fixtures.path("linear-symmetric.onnx"))
    let kernel = try #require(try raw.tensor("kernel1"))
    #expect(kernel.shape == [6, 3, 3, 3] && raw.shape(of: "kernel1") == [6, 3, 3, 3])
    // Corners of a symmetric kernel are equal.
    #expect(kernel.scalars[0] == kernel.scalars[2] && kernel.scalars[0] == kernel.scalars[8])
    #expect(kernel.scalars[0] != kernel.scalars[1])
    for other in ["linear-float-data", "linear-external"] {
      let constants = try OnnxConstants(contentsOf: Fixtures.path("\(other).onnx"))
      #expect(try constants.tensor("kernel1") == kernel)
    }
  }

  @Test("Half-precision weights are those of the other model, rounded")
  func halfPrecision() throws {
    let whole = try #require(
      try OnnxConstants(contentsOf: Fixtures.path("dynamic-batch.onnx")).tensor("kernel"))
    let half = try #require(
      try OnnxConstants(contentsOf: Fixtures.path("half.onnx")).tensor("kernel"))
    #expect(half.scalars == whole.scalars.map { Float(halfBits: $0.halfBits) })
  }

  @Test("Constants may be nodes, also behind an identity")
  func nodes() throws {
    let constants = try OnnxConstants(contentsOf: Fixtures.path("linear-flat.onnx"))
    #expect(try #require(try constants.tensor("same")).shape == [5, 16])
    #expect(try constants.tensor("same") == constants.tensor("held"))
    #expect(try constants.tensor("flat") == nil && constants.shape(of: "flat") == nil)
    #expect(!constants.contains("flat"))
  }

  @Test("A missing file is a reason, not a crash")
  func missingFile() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("geed-linear-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("model.onnx")
    try FileManager.default.copyItem(
      at: URL(fileURLWithPath: Fixtures.path("linear-external.onnx")), to: copy)
    let constants = try OnnxConstants(contentsOf: copy.path)
    #expect(throws: UnreadableConstant.self) { try constants.tensor("kernel1") }
  }
}
