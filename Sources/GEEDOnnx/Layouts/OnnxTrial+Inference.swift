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
    let constants = try OnnxConstants(bytes: outline.constants, path: graph.path)
    guard (graph.nodes + outline.functionNodes).allSatisfy({ $0.hasInferredShape(constants) })
    else { return nil }
    let made = Set(graph.nodes.flatMap(\.output))
    let constantShapes = outline.constantShapes
    let names = Set(graph.tensors.map(\.name) + graph.nodes.compactMap(\.kernel))
      .intersection(made).subtracting(constantShapes.keys).sorted()
    let inferred = try OnnxInferredShapes(
      of: names, in: outline, inputs: inputs, path: graph.path, library: .shared())
    guard inferred.types.keys.allSatisfy({ inferred.shapes[$0] != nil }) else { return nil }
    let types = inferred.types.filter { $0.value.isReal }
    // Also of tensors whose numbers cannot be read, such as of 8 bits with an exponent: axes lead
    // through them.
    var shapes = constantShapes.merging(inferred.shapes) { $1 }
    for input in inputs { shapes[input.name] = input.shape }
    guard graph.reshapesKeepCounts(shapes) else { return nil }
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

extension ProtoNode {
  /// Whether the runtime computes the shape that it infers. It does not for windows that begin behind
  /// the end, for padding that it chooses with other numbers than the inference, for products with
  /// scales that are rounded, and for slices that run backwards.
  fileprivate func hasInferredShape(_ constants: OnnxConstants) -> Bool {
    let isPaddedToSame = text("auto_pad")?.hasPrefix("SAME") ?? false
    let isAsInferred =
      switch opType {
      case "AveragePool", "LpPool", "MaxPool", "MaxpoolWithMask", "NhwcMaxPool",
        "QLinearAveragePool":
        (integer("ceil_mode") ?? 0) == 0
          && !(isPaddedToSame && (integers("dilations") ?? []).contains { $0 != 1 })
      case "ConvTranspose":
        !(isPaddedToSame && (integers("output_padding") ?? []).contains { $0 != 0 })
      case "Resize":
        input(at: 3) != nil || hasExactScales(at: input.count == 2 ? 1 : 2, constants)
      case "Upsample": hasExactScales(at: 1, constants)
      case "Slice": !(input(at: 4).flatMap(constants.integers) ?? []).contains { $0 < 0 }
      default: true
      }
    return isAsInferred && innerNodes.allSatisfy { $0.hasInferredShape(constants) }
  }

  /// Whether an input holds constants by which lengths are multiplied without rounding.
  private func hasExactScales(at position: Int, _ constants: OnnxConstants) -> Bool {
    guard let name = input(at: position), let scales = try? constants.tensor(name) else {
      return false
    }
    return scales.scalars.allSatisfy { $0 * 256 == ($0 * 256).rounded() }
  }
}
