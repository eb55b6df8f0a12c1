// SPDX-License-Identifier: MIT

import GEED

/// Follows what the axes of tensors mean from a model's input through its operators.
///
/// Every operator is looked at once, so the cost is linear in the number of operators.
struct LayoutTracker {
  /// What is known of a tensor that depends on the input.
  enum Reading: Hashable {
    /// What each axis means.
    case axes([TrackedAxis])
    /// Its values depend on the shapes of inputs alone.
    case fixed
    /// Nothing, because of an operator that is named here.
    case unknown(String)
  }

  /// The lengths of axes, with the batch that they were found for.
  private(set) var shapes: [String: [Int]]
  /// The whole numbers of constants, where they are known.
  let integers: (String) -> [Int]?
  /// The number of examples in ``shapes``.
  let batchCount: Int
  private(set) var readings: [String: Reading] = [:]

  init(shapes: [String: [Int]], batchCount: Int, integers: @escaping (String) -> [Int]?) {
    self.shapes = shapes
    self.batchCount = batchCount
    self.integers = integers
  }

  /// An input that takes pictures, or anything else that has examples on its first axis.
  mutating func start(at name: String, channelsAreLast: Bool, rowShape: [Int]?) {
    guard let shape = shapes[name], shape.canBeFollowed else {
      readings[name] = .unknown("the shape of the input '\(name)' is not known")
      return
    }
    let batch = TrackedAxis(.batch, batchCount)
    func picture(_ example: [Int]) -> [TrackedAxis] {
      channelsAreLast
        ? [.rows(example[0]), .columns(example[1]), .features(example[2])]
        : [.features(example[0]), .rows(example[1]), .columns(example[2])]
    }
    let example = Array(shape.dropFirst())
    if example.count == 3 {
      readings[name] = .axes([batch] + picture(example))
    } else if let rowShape, rowShape.count == 3, let first = rowShape.first,
      let axes = [TrackedAxis.features(first), .rows(rowShape[1]), .columns(rowShape[2])]
        .reshaped(to: example)
    {
      // A network of fully connected layers takes the same numbers without rows and columns.
      readings[name] = .axes([batch] + axes)
    } else {
      readings[name] = .axes([batch] + example.map { TrackedAxis(.given, $0) })
    }
  }

  /// An input that always has the same value.
  mutating func start(constant name: String) { readings[name] = .fixed }

  /// Says what an operator makes of its inputs.
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

  /// The first input whose axes are not known, with the reason; `nil` if there is none.
  private func inherited(_ dependencies: [Reading]) -> Reading? {
    dependencies.first { if case .unknown = $0 { true } else { false } }
  }

  /// What the axes of a tensor mean; `nil` for constants and where it is not known.
  func axes(of name: String) -> [TrackedAxis]? {
    guard case .axes(let axes)? = readings[name], axes.count == shapes[name]?.count else {
      return nil
    }
    return axes
  }

  /// Whether a tensor is the same for all pictures.
  func isConstant(_ name: String) -> Bool {
    switch readings[name] {
    case nil, .fixed: true
    case .axes, .unknown: false
    }
  }

  /// The axes of an input of a node; `nil` for one that is left out, constant or not known.
  func axes(of node: ProtoNode, input: Int) -> [TrackedAxis]? {
    node.input.indices.contains(input) ? axes(of: node.input[input]) : nil
  }
}

extension [Int] {
  /// Whether the lengths of axes, -1 where they are not known, are those of an array with elements.
  fileprivate var canBeFollowed: Bool {
    allSatisfy { $0 == -1 || $0 > 0 }
      && (try? Tensor.checkedCount(of: map(abs))) != nil
  }
}
