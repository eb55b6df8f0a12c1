// SPDX-License-Identifier: MIT

import GEED

/// A pass over a graph that tracks the group's action on the input through all operators.
struct SymmetryTracker {
  /// The location of the grid that the group moves in a tensor.
  enum Layout: Hashable {
    /// On these two axes, rows first; axis numbers include the batch axis.
    case grid([Int])
    /// Flattened, channels first, from `[C, H, W]`.
    case flat([Int])
    /// There is none: the group does not act on the tensor.
    case none
    /// The location is unknown.
    case lost
  }

  /// The effect of an operator on a tensor that the group moves.
  enum Effect {
    case keeps(Layout)
    case makesInvariant
    case breaks(Layout)
    case unknown(String, Layout = .lost)
  }

  let action: ImageAction
  let constants: OnnxConstants
  /// The given permutations of the channels of tensors, by name.
  let givenFields: [String: ChannelFields]
  /// The lengths of the axes of tensors, as far as they are known.
  let shapes: [String: [Int?]?]
  private(set) var symmetries: [String: OnnxSymmetry] = [:]
  private(set) var layers: [OnnxLinearLayer] = []
  private var layouts: [String: Layout] = [:]
  private var fields: [String: ChannelFields] = [:]

  init(
    action: ImageAction, fields: [String: ChannelFields], constants: OnnxConstants,
    shapes: [String: [Int?]?]
  ) {
    self.action = action
    givenFields = fields
    self.constants = constants
    self.shapes = shapes
  }

  /// Starts at the input that takes the examples.
  mutating func start(at name: String, gridAxes: [Int]) {
    if shape(of: name)?.count == 4 {
      set(name, .equivariant, .grid(gridAxes))
    } else {
      set(name, .undecided(at: name, reason: "it is no batch of images"), .lost)
    }
  }

  /// Starts at an input that always has the same value.
  mutating func start(constant name: String) { set(name, .invariant, .none) }

  func shape(of name: String) -> [Int?]? { shapes[name] ?? nil }

  func layout(of name: String) -> Layout? { layouts[name] }

  func symmetry(of name: String) -> OnnxSymmetry? { symmetries[name] }

  /// Returns the group's permutation of a tensor's channels; trivial if none is known.
  func fields(of name: String) -> ChannelFields { fields[name] ?? ChannelFields(.trivial) }

  private mutating func set(_ name: String, _ symmetry: OnnxSymmetry, _ layout: Layout) {
    // Every symmetry of the grid is trivial on a single pixel.
    if fields(of: name).areTrivial, case .grid(let axes) = layout, let shape = shape(of: name),
      axes.allSatisfy({ $0 < shape.count && shape[$0] == 1 })
    {
      symmetries[name] = symmetry == .equivariant ? .invariant : symmetry
      layouts[name] = Layout.none
      return
    }
    symmetries[name] = symmetry
    layouts[name] = layout
  }

  /// Processes one operator and records the symmetry of its outputs.
  mutating func follow(_ node: ProtoNode) {
    let moved = node.dependencies.filter { symmetries[$0] != nil }
    guard !moved.isEmpty, let name = node.output.first(where: { !$0.isEmpty }) else { return }
    if node.isLinear { layers.append(linearLayer(node, name: name)) }
    let effect = effectOnFields(of: node, name: name)
    for output in node.output where !output.isEmpty {
      fields[output] = outputFields(of: node, output)
    }
    let inherited = moved.compactMap { symmetries[$0] }
    let symmetry = inherited.first(where: \.isBroken) ?? inherited.first(where: \.isUndecided)
    let isInvariant = inherited.allSatisfy { $0 == .invariant }
    for output in node.output where !output.isEmpty {
      switch effect {
      case _ where isInvariant: set(output, .invariant, .none)
      case .keeps(let layout): set(output, symmetry ?? .equivariant, layout)
      case .makesInvariant: set(output, symmetry ?? .invariant, .none)
      case .breaks(let layout): set(output, symmetry ?? .broken(by: name), layout)
      case .unknown(let reason, let layout):
        set(output, symmetry ?? .undecided(at: name, reason: reason), layout)
      }
    }
  }
}

extension OnnxSymmetry {
  fileprivate var isBroken: Bool { if case .broken = self { true } else { false } }

  fileprivate var isUndecided: Bool { if case .undecided = self { true } else { false } }
}
