// SPDX-License-Identifier: MIT

import GEED

/// What is known of a graph when its probes are chosen.
struct ProbeFinder {
  let graph: OnnxGraph
  let layouts: OnnxLayouts
  /// The feature maps with at least 2 x 2 positions, in the order of the graph.
  let maps: [(tensor: OnnxTensor, grid: [Int])]
  /// The operator that computes each tensor.
  let producers: [String: ProtoNode]
  /// The operators that read each tensor.
  let consumers: [String: [ProtoNode]]
  /// The outputs, and the tensors of which maps and sequences among them are made.
  let outputs: Set<String>

  init(graph: OnnxGraph, layouts: OnnxLayouts) {
    self.graph = graph
    self.layouts = layouts
    maps = graph.tensors.compactMap { tensor in
      Self.grid(of: tensor, layouts).map { (tensor, $0) }
    }
    let producers = Dictionary(
      graph.nodes.flatMap { node in node.output.map { ($0, node) } }, uniquingKeysWith: { $1 })
    self.producers = producers
    consumers = Dictionary(
      grouping: graph.nodes.flatMap { node in node.dependencies.map { ($0, node) } }, by: \.0
    ).mapValues { $0.map(\.1) }
    var open = graph.tensors.filter(\.isOutput).map(\.name) + graph.outputs.map(\.name)
    var outputs = Set(open)
    while let name = open.popLast() {
      guard let node = producers[name], Self.collecting.contains(node.opType) else { continue }
      for input in node.input where outputs.insert(input).inserted { open.append(input) }
    }
    self.outputs = outputs
  }

  /// Operators that return their inputs as a map or a sequence.
  private static let collecting: Set = [
    "Optional", "SequenceConstruct", "SequenceInsert", "SplitToSequence", "ZipMap",
  ]

  /// Returns rows and columns of a feature map; `nil` for other tensors.
  private static func grid(of tensor: OnnxTensor, _ layouts: OnnxLayouts) -> [Int]? {
    guard !tensor.holdsLabels, tensor.reasonAgainstQuantities(nil) == nil,
      tensor.elementType?.isFloatingPoint ?? true
    else { return nil }
    return anyGrid(of: tensor, layouts)
  }

  /// Returns rows and columns of a feature map, or of a map of labels; `nil` for other tensors.
  static func anyGrid(of tensor: OnnxTensor, _ layouts: OnnxLayouts) -> [Int]? {
    guard let shape = layouts.shapes[tensor.name], shape.allSatisfy({ $0 > 0 }),
      tensor.quantizing == nil, let layout = layouts.layouts[tensor.name]?.featureMap,
      let grid = layout.rearrangedShape(of: Array(shape.dropFirst()))?.suffix(2),
      grid.allSatisfy({ $0 > 1 })
    else { return nil }
    return Array(grid)
  }

  /// Returns the length of a vector `[N, K]`, or `[N, K, 1, 1]`, and 1 for single numbers `[N]`; `nil`
  /// for other tensors, and for labels.
  func length(of tensor: OnnxTensor) -> Int? {
    guard tensor.elementType?.isFloatingPoint ?? true, !tensor.holdsLabels else { return nil }
    return rowLength(of: tensor)
  }

  /// Returns the length of a vector, of numbers or of labels; `nil` for other tensors.
  func rowLength(of tensor: OnnxTensor) -> Int? {
    guard let shape = layouts.shapes[tensor.name], !shape.isEmpty,
      shape.allSatisfy({ $0 > 0 }), layouts.reasonAgainstRows(tensor.name) == nil,
      tensor.quantizing == nil
    else { return nil }
    // An axis alone has to be known to count the examples.
    if shape.count == 1, layouts.shape(of: tensor.name)?.first != .symbol("N") { return nil }
    let long = shape.dropFirst().filter { $0 > 1 }
    return long.count <= 1 ? long.first ?? 1 : nil
  }
}
