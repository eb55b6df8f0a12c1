// SPDX-License-Identifier: MIT

import Foundation
import GEED

extension OnnxTrial {
  /// Infers the shapes from those of the inputs, without reading the weights; `nil` if not everything
  /// follows from them.
  init?(
    inferredFrom graph: OnnxGraph, inputs: [OnnxSession.Input], batchCount: Int, readsTypes: Bool
  ) throws {
    guard let outline = graph.outline else { return nil }
    let made = Set(graph.nodes.flatMap(\.output))
    let constantShapes = outline.constantShapes
    let names = Set(graph.tensors.map(\.name) + graph.nodes.compactMap(\.kernel))
      .intersection(made).subtracting(constantShapes.keys).sorted()
    let inferred = try OnnxInferredShapes(
      of: names, in: outline, inputs: inputs, path: graph.path, library: .shared())
    guard inferred.types.keys.allSatisfy({ inferred.shapes[$0] != nil }) else { return nil }
    let types = inferred.types.filter { $0.value.isReal }
    var shapes = constantShapes
    for name in types.keys { shapes[name] = inferred.shapes[name] }
    for input in inputs { shapes[input.name] = input.shape }
    guard graph.reshapesKeepCounts(shapes) else { return nil }
    let constants = try OnnxConstants(bytes: outline.constants, path: graph.path)
    var integers: [String: [Int]] = [:]
    for name in graph.partNumbers {
      guard let numbers = constants.integers(name) else { return nil }
      integers[name] = numbers
      shapes[name] = constants.shape(of: name)
    }
    self.init(
      shapes: shapes, integers: integers, batchCount: batchCount, types: readsTypes ? types : [:])
  }
}

extension OnnxGraph {
  /// Whether tensors that are reshaped keep their number of scalars, which the runtime verifies only
  /// when it runs: a file may fix the number of examples inside its graph.
  fileprivate func reshapesKeepCounts(_ shapes: [String: [Int]]) -> Bool {
    nodes.filter { $0.opType == "Reshape" }.allSatisfy { node in
      guard let before = node.input.first.flatMap({ shapes[$0] }),
        let after = node.output.first.flatMap({ shapes[$0] })
      else { return true }
      return before.reduce(1, &*) == after.reduce(1, &*)
    }
  }
}
