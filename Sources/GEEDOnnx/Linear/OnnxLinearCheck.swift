// SPDX-License-Identifier: MIT

import GEED

/// What can be said about the equivariance of a model without running it on examples: how far each
/// linear layer is from it, and how far through the network it is kept exactly.
public struct OnnxLinearCheck: Sendable, Hashable {
  /// The name of the group.
  public let group: String

  /// The convolutions and matrices, in the order of the file.
  public let layers: [OnnxLinearLayer]

  /// For each tensor whether equivariance reaches it, by name. Empty for groups that are no
  /// symmetries of the pixel grid, under which already a rectifier is equivariant only
  /// approximately.
  public let propagation: [String: OnnxSymmetry]
}

/// A convolution or a matrix of a model.
public struct OnnxLinearLayer: Sendable, Hashable {
  /// The name of the tensor that it returns.
  public let name: String

  /// The operator, such as `Conv`.
  public let operation: String

  /// The shape of its weights, `[K, C / groups, R, S]` for a convolution, or `nil` where they are no
  /// constant.
  public let weightShape: [Int]?

  /// How far it is from equivariance, its channels staying in place, or `nil`.
  ///
  /// For a matrix that takes a flattened picture this is how far it is from invariance. A bias is
  /// no part of it: one number for each channel cannot break the symmetry.
  public let commutator: CommutatorNorm?

  /// Why there is no ``commutator``.
  public let reason: String?
}

/// What becomes of the group's action on the input by the time it reaches a tensor.
public enum OnnxSymmetry: Sendable, Hashable, CustomStringConvertible {
  /// Moving the input moves the tensor's grid alike.
  case equivariant
  /// Moving the input does not change the tensor.
  case invariant
  /// The operator that returns this tensor is not equivariant.
  case broken(by: String)
  /// Of the operator that returns this tensor it is not known.
  case undecided(at: String, reason: String)

  /// A few words, such as `broken by conv2`.
  public var description: String {
    switch self {
    case .equivariant: "equivariant"
    case .invariant: "invariant"
    case .broken(let name): "broken by \(name)"
    case .undecided(let name, let reason): "undecided at \(name): \(reason)"
    }
  }
}

extension OnnxGraph {
  /// Decides for the linear layers, and for the chain of all layers, whether they are equivariant.
  ///
  /// All statements are about exact arithmetic: sums in another order may differ by rounding. A
  /// network can be equivariant although a layer is not, for instance if that layer permutes its
  /// channels and the next one expects so; then this finds it broken, and a measurement does not.
  ///
  /// - Parameters:
  ///   - action: How the group acts on the model's input.
  ///   - fields: How the group permutes the channels of tensors, by name. Channels of what is not
  ///     named stay in place, or follow the input of an operator that treats all channels alike.
  ///   - tensors: The tensors with their shapes, as ``tensorsWithShapes(exampleShape:options:)``
  ///     finds them.
  ///   - exampleShape: The shape of one example, channels first, where the model does not fix it.
  ///   - options: How the model is run; the layout of its input is taken from here.
  /// - Throws: ``OnnxGraphError`` if the file cannot be read any more, ``OnnxModelError`` if the
  ///   model has not one input that takes pictures.
  /// - Complexity: O(|G| · weights) for quarter turns and reflections.
  public func linearCheck(
    under action: ImageAction, fields: [String: ChannelFields] = [:], tensors: [OnnxTensor],
    exampleShape: [Int]? = nil,
    options: OnnxOptions = OnnxOptions()
  ) throws -> OnnxLinearCheck {
    try requireWeightFiles()
    try requireMemory(options.memoryLimit)
    let plan = try OnnxInputPlan(graph: self, options: options)
    var shapes = Dictionary(tensors.map { ($0.name, $0.shape?.map(\.length)) }) { $1 }
    shapes[plan.input.name] =
      exampleShape.flatMap { try? plan.modelShape(ofRows: $0) }.map {
        [nil] + $0.map(Optional.some)
      }
      ?? plan.input.shape?.map(\.length)
    var tracker = SymmetryTracker(
      action: action, fields: fields, constants: try OnnxConstants(contentsOf: path), shapes: shapes
    )
    tracker.start(at: plan.input.name, gridAxes: plan.layout == .nhwc ? [1, 2] : [2, 3])
    for constant in plan.constants { tracker.start(constant: constant.info.name) }
    for node in nodes { tracker.follow(node) }
    let isSymmetry = action.transforms.allSatisfy(\.isGridSymmetry)
    let names = Set(tensors.map(\.name))
    return OnnxLinearCheck(
      group: action.group.name, layers: tracker.layers,
      propagation: isSymmetry ? tracker.symmetries.filter { names.contains($0.key) } : [:])
  }
}
