// SPDX-License-Identifier: MIT

import GEED

/// A pass over a graph that tracks the meaning of tensors' axes from the model's input onward.
///
/// Each operator is visited once, so the cost is linear in the number of operators.
struct LayoutTracker {
  /// The tracked state of a tensor that depends on the input.
  enum Reading: Hashable {
    /// The meaning of each axis is known.
    case axes([TrackedAxis])
    /// The values depend only on the shapes of inputs.
    case fixed
    /// The axes are unknown, for the given reason.
    case unknown(String)
  }

  /// The lengths of the axes of tensors, for a batch of ``batchCount`` examples.
  private(set) var shapes: [String: [Int]]
  /// Returns the integers of a constant, or `nil` if they are unknown.
  let integers: (String) -> [Int]?
  /// The number of examples in ``shapes``.
  let batchCount: Int
  private(set) var readings: [String: Reading] = [:]

  init(shapes: [String: [Int]], batchCount: Int, integers: @escaping (String) -> [Int]?) {
    self.shapes = shapes
    self.batchCount = batchCount
    self.integers = integers
  }

  /// Starts at an input that takes images, or other data with examples on its first axis.
  mutating func start(at name: String, channelsAreLast: Bool, rowShape: [Int]?) {
    guard let shape = shapes[name], shape.canBeFollowed else {
      readings[name] = .unknown("the shape of the input '\(name)' is not known")
      return
    }
    let batch = TrackedAxis(.batch, batchCount)
    func image(_ example: [Int]) -> [TrackedAxis] {
      channelsAreLast
        ? [.rows(example[0]), .columns(example[1]), .features(example[2])]
        : [.features(example[0]), .rows(example[1]), .columns(example[2])]
    }
    let example = Array(shape.dropFirst())
    if example.count == 3 {
      readings[name] = .axes([batch] + image(example))
    } else if let rowShape, rowShape.count == 3, let first = rowShape.first,
      let axes = [TrackedAxis.features(first), .rows(rowShape[1]), .columns(rowShape[2])]
        .reshaped(to: example)
    {
      // A fully connected network takes the same numbers without rows and columns.
      readings[name] = .axes([batch] + axes)
    } else {
      readings[name] = .axes([batch] + example.map { TrackedAxis(.given, $0) })
    }
  }

  /// Starts at an input that always has the same value.
  mutating func start(constant name: String) { readings[name] = .fixed }

  /// Processes one operator and records the state of its outputs.
  mutating func follow(_ node: ProtoNode) {
    let dependencies = node.dependencies.compactMap { readings[$0] }
    guard !dependencies.isEmpty else { return }
    let isFixed =
      node.isStandard && ["Shape", "Size"].contains(node.opType)
      || dependencies.allSatisfy { $0 == .fixed }
    for (index, name) in node.output.enumerated() where !name.isEmpty {
      if shapes[name] == nil, index == 0, node.isStandard, Self.keeping.contains(node.opType),
        let source = node.input.first
      {
        shapes[name] = shapes[source]
      }
      if isFixed {
        readings[name] = .fixed
      } else if let shape = shapes[name], shape.canBeFollowed {
        let axes = node.isStandard ? axes(of: node, output: index, shape: shape) : nil
        readings[name] =
          axes.map { .axes($0) }
          ?? inherited(dependencies)
          ?? .unknown("the way to it leads through the operator \(node.qualifiedName), '\(name)'")
      } else {
        readings[name] =
          inherited(dependencies) ?? .unknown("the shape of '\(name)' is not known")
      }
    }
  }

  /// Returns the first unknown state among the inputs, or `nil` if there is none.
  private func inherited(_ dependencies: [Reading]) -> Reading? {
    dependencies.first { if case .unknown = $0 { true } else { false } }
  }

  /// Returns the axes of a tensor, or `nil` for constants and unknown axes.
  func axes(of name: String) -> [TrackedAxis]? {
    guard case .axes(let axes)? = readings[name], axes.count == shapes[name]?.count else {
      return nil
    }
    return axes
  }

  /// Returns whether a tensor is the same for all images.
  func isConstant(_ name: String) -> Bool {
    switch readings[name] {
    case nil, .fixed: true
    case .axes, .unknown: false
    }
  }

  /// Returns the axes of an input of a node, or `nil` if it is omitted, constant or unknown.
  func axes(of node: ProtoNode, input: Int) -> [TrackedAxis]? {
    node.input.indices.contains(input) ? axes(of: node.input[input]) : nil
  }
}

extension [Int] {
  /// Whether the lengths of the axes, -1 if unknown, are those of an array with elements.
  fileprivate var canBeFollowed: Bool {
    allSatisfy { $0 == -1 || $0 > 0 }
      && (try? Tensor.checkedCount(of: map(abs))) != nil
  }
}
