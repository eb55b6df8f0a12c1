// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDOnnx

@Suite struct OnnxGraphBuilderTests {
  /// y = x Wᵀ + b with W = [[1, 2, 3], [4, 5, 6]] and b = [10, 20].
  private func affine() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "affine")
    builder.addInput("x", shape: [.symbol("batch"), .fixed(3)])
    builder.addConstant("weight", shape: [2, 3], [1, 2, 3, 4, 5, 6] as [Float])
    builder.addConstant("bias", shape: [2], [10, 20] as [Float])
    builder.addNode(
      "Gemm", inputs: ["x", "weight", "bias"], outputs: ["y"], attributes: ["transB": .integer(1)])
    builder.addOutput("y", shape: [.symbol("batch"), .fixed(2)])
    return builder
  }

  private func loaded(_ builder: OnnxGraphBuilder) throws -> OnnxModel {
    try withFolder { folder in
      try builder.write(to: "\(folder)/model.onnx")
      return try OnnxModel(contentsOf: "\(folder)/model.onnx")
    }
  }

  @Test("A file that was written says what was added")
  func readBack() throws {
    var builder = affine()
    builder.documentation = "An example."
    builder.metadata = ["seed": "7", "data": "none"]
    let bytes = try builder.bytes(forFile: "affine.onnx")
    let graph = try OnnxGraph(path: "affine.onnx", bytes: bytes)
    #expect(graph.irVersion == 8 && graph.opsetVersion == 17)
    #expect(graph.producer == "GEED \(GEEDVersion.current)")
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.inputs[0].shape == [.symbol("batch"), .fixed(3)])
    #expect(graph.outputs.map(\.shape) == [[.symbol("batch"), .fixed(2)]])
    #expect(graph.tensors.map(\.operation) == ["Gemm"])
    let model = try ProtoWrittenModel(serializedBytes: bytes)
    #expect(model.docString == "An example.")
    #expect(model.metadataProps.map(\.key) == ["data", "seed"])
    #expect(model.metadataProps.map(\.value) == ["none", "7"])
    #expect(model.graph.name == "affine" && model.graph.node[0].name == "y")
  }

  /// By hand: [1, 0, -1] gives 1 - 3 + 10 = 8 and 4 - 6 + 20 = 18; [2, 1, 0] gives 14 and 33.
  @Test(
    "ONNX Runtime computes what the nodes say, for any number of examples",
    .enabled(if: Available.runtime, Available.noRuntime))
  func runs() throws {
    let model = try loaded(affine())
    let x = Tensor(shape: [2, 3], scalars: [1, 0, -1, 2, 1, 0])
    #expect(try model.outputs(for: x)["y"]?.scalars == [8, 18, 14, 33])
    #expect(try model.outputs(for: x.rows(1..<2))["y"]?.scalars == [14, 33])
  }

  /// By hand: relu(x) with x = [-1, 2] is [0, 2]; elu with α = 0.5 of -1 is 0.5 (e⁻¹ - 1); the axes of
  /// the slice take the last column; nearest rounding modes are text.
  @Test(
    "Attributes of each kind, whole numbers as constants, and optional inputs that are left out",
    .enabled(if: Available.runtime, Available.noRuntime))
  func attributes() throws {
    var builder = OnnxGraphBuilder(name: "attributes")
    builder.addInput("x", shape: [.symbol("batch"), .fixed(1), .fixed(1), .fixed(2)])
    builder.addNode(
      "Elu", inputs: ["x"], outputs: ["elu"], attributes: ["alpha": .float(0.5)], name: "smooth")
    builder.describe("elu", shape: [.symbol("batch"), .fixed(1), .fixed(1), .fixed(2)])
    builder.addConstant("scales", shape: [4], [1, 1, 1, 2] as [Float])
    builder.addNode(
      "Resize", inputs: ["elu", "", "scales"], outputs: ["wide"],
      attributes: ["mode": .text("nearest")])
    builder.addConstant("shape", shape: [2], [0, 4] as [Int64])
    builder.addNode("Reshape", inputs: ["wide", "shape"], outputs: ["flat"])
    builder.addNode(
      "ReduceSum", inputs: ["flat"], outputs: ["sum"], attributes: ["keepdims": .integer(1)])
    builder.addNode(
      "Constant", inputs: [], outputs: ["offset"], attributes: ["value_floats": .floats([1, 2])])
    builder.addNode(
      "MaxPool", inputs: ["x"], outputs: ["largest"],
      attributes: ["kernel_shape": .integers([1, 2])])
    builder.addNode("Add", inputs: ["largest", "offset"], outputs: ["shifted"])
    builder.addOutput("flat", shape: [.symbol("batch"), .fixed(4)])
    builder.addOutput("shifted", shape: [.symbol("batch"), .fixed(1), .fixed(1), .fixed(2)])
    let model = try loaded(builder)
    let found = try model.outputs(for: Tensor(shape: [1, 1, 1, 2], scalars: [-1, 2]))
    let low = Float(0.5 * (exp(-1.0) - 1))
    let flat = Tensor(shape: [1, 4], scalars: [low, low, 2, 2])
    // One rounding of the exponential.
    #expect(try #require(found["flat"]).largestDifference(from: flat) < 1e-6)
    #expect(found["shifted"]?.scalars == [3, 4])
    let tensor = try #require(model.graph.tensor(named: "elu"))
    #expect(tensor.shape?.map(\.length) == [nil, 1, 1, 2])
  }

  @Test("The same model is the same file")
  func repeatable() throws {
    var (first, second) = (affine(), affine())
    for key in ["a", "b", "c", "d", "e"] { first.metadata[key] = key }
    for key in ["e", "d", "c", "b", "a"] { second.metadata[key] = key }
    #expect(try first.bytes(forFile: "a.onnx") == second.bytes(forFile: "b.onnx"))
  }

  @Test("A model of more bytes than the format can count is refused, and the old file stays")
  func tooLarge() throws {
    let builder = affine()
    let byteCount = try builder.bytes(forFile: "big.onnx").count
    #expect(try builder.bytes(forFile: "big.onnx", sizeLimit: byteCount).count == byteCount)
    // Already the constants: 6 + 2 numbers of 4 bytes.
    for (limit, found) in [(31, 32), (byteCount - 1, byteCount)] {
      let error = #expect(throws: OnnxWriteError.self) {
        try builder.bytes(forFile: "big.onnx", sizeLimit: limit)
      }
      #expect(error == .tooLarge(path: "big.onnx", byteCount: found, limit: limit))
      #expect(
        error?.description == "Cannot write the model big.onnx: it has \(found) bytes, but an ONNX "
          + "file holds at most \(limit).")
    }
    #expect(OnnxGraphBuilder.sizeLimit == 2_147_483_647)
  }

  @Test("A file that cannot be written is an error with path and reason")
  func unwritable() throws {
    try withFolder { folder in
      let path = "\(folder)/none/affine.onnx"
      let error = #expect(throws: OnnxWriteError.self) { try affine().write(to: path) }
      #expect(error == .unwritable(path: path, reason: "No such file or directory"))
    }
  }

  @Test("A file is replaced as a whole, and nothing is left beside it")
  func replacing() throws {
    try withFolder { folder in
      let path = "\(folder)/affine.onnx"
      try Data("something else".utf8).write(to: URL(fileURLWithPath: path))
      try affine().write(to: path)
      #expect(try OnnxGraph(contentsOf: path).outputs.map(\.name) == ["y"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["affine.onnx"])
    }
  }

  @Test("Two tensors of one name, unknown inputs and wrong counts are mistakes of the caller")
  func mistakes() async {
    await #expect(processExitsWith: .failure) {
      var builder = OnnxGraphBuilder(name: "g")
      builder.addInput("x", shape: [])
      builder.addConstant("x", shape: [], [1] as [Float])
    }
    await #expect(processExitsWith: .failure) {
      var builder = OnnxGraphBuilder(name: "g")
      builder.addNode("Relu", inputs: ["x"], outputs: ["y"])
    }
    await #expect(processExitsWith: .failure) {
      var builder = OnnxGraphBuilder(name: "g")
      builder.addConstant("x", shape: [2], [1] as [Float])
    }
    await #expect(processExitsWith: .failure) {
      var builder = OnnxGraphBuilder(name: "g")
      builder.addOutput("y", shape: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = try OnnxGraphBuilder(name: "g").bytes(forFile: "g.onnx")
    }
  }
}

/// Runs `body` with a folder that is there only meanwhile.
private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path())
}
