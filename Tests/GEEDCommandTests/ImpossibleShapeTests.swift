// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Graphs whose shapes or axes are not those of an array with elements.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ImpossibleShapeTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  /// A model of pictures of 3 × 6 × 6 with further operators, and what `geed layers` says.
  private func layers(
    _ name: String, _ addOperators: (inout OnnxGraphBuilder) -> Void
  ) throws -> Tool.Outcome {
    var builder = OnnxGraphBuilder(name: name)
    builder.addInput("x", shape: [.symbol("N"), .fixed(3), .fixed(6), .fixed(6)])
    addOperators(&builder)
    let path = scratch.path("\(name).onnx")
    try builder.write(to: path)
    return try Tool.run(["layers", path, "--all"])
  }

  @Test("Parts without elements have no layout, and stop nothing")
  func emptyParts() throws {
    let outcome = try layers("empty") { builder in
      for (name, number) in [("start", 2), ("end", 2), ("axis", 2)] as [(String, Int64)] {
        builder.addConstant(name, shape: [1], [number])
      }
      builder.addNode("Slice", inputs: ["x", "start", "end", "axis"], outputs: ["none"])
      builder.addNode("Flatten", inputs: ["none"], outputs: ["flat"])
      builder.addNode("Relu", inputs: ["x"], outputs: ["y"])
      builder.addOutput("flat", shape: [.symbol("N"), .fixed(0)])
      builder.addOutput("y", shape: [.symbol("N"), .fixed(3), .fixed(6), .fixed(6)])
    }
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.contains("N x 3 x 0 x 6") && outcome.output.contains("N x 3 x 6 x 6"))
  }

  @Test("Declared shapes that no array can have, and axes that are not there, are no crash")
  func impossible() throws {
    let huge = try layers("huge") { builder in
      builder.addConstant("shape", shape: [2], [1 << 40, 1 << 40] as [Int64])
      builder.addNode("Reshape", inputs: ["x", "shape"], outputs: ["y"])
      builder.addOutput("y", shape: [.fixed(1 << 40), .fixed(1 << 40)])
    }
    #expect(huge.status == 0 || huge.status == 65, "\(huge.error)")
    for axis in [9, .min] as [Int] {
      for operation in ["Split", "Gather", "Concat", "CumSum", "LayerNormalization", "Softmax"] {
        let outcome = try layers("axis") { builder in
          builder.addConstant("places", shape: [3], [0, .max, 2] as [Int64])
          let inputs = operation == "Concat" ? ["x", "x"] : ["x", "places"]
          builder.addNode(
            operation, inputs: operation == "Softmax" ? ["x"] : inputs,
            outputs: operation == "Split" ? ["y", "z"] : ["y"],
            attributes: ["axis": .integer(axis)])
          builder.addOutput("y", shape: [.symbol("N"), .fixed(3), .fixed(6), .fixed(6)])
        }
        #expect(outcome.status == 0 || outcome.status == 65, "\(operation) \(axis)")
      }
    }
  }
}
