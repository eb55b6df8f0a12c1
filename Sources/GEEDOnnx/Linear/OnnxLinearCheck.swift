// SPDX-License-Identifier: MIT

import GEED

/// The result of checking the equivariance of a model without running it on examples: the deviation
/// of each linear layer, and the tensors up to which equivariance holds exactly.
package struct OnnxLinearCheck: Sendable, Hashable {
  /// The name of the group.
  package let group: String

  /// The convolutions and matrices, in the order of the file.
  package let layers: [OnnxLinearLayer]

  /// The symmetry of each tensor, by name. Empty for groups that are not symmetries of the pixel
  /// grid, under which even a rectifier is only approximately equivariant.
  package let propagation: [String: OnnxSymmetry]
}

/// A convolution or a matrix of a model.
package struct OnnxLinearLayer: Sendable, Hashable {
  /// The name of the tensor that it computes.
  package let name: String

  /// The operator, such as `Conv`.
  package let operation: String

  /// The shape of its weights, or `nil` if they are not constant.
  package let weightShape: [Int]?

  /// The deviation from equivariance with the channels staying in place, or `nil`.
  ///
  /// For a matrix that takes a flattened image this is the deviation from invariance. A bias is
  /// not included: one number for each channel cannot break the symmetry.
  package let commutator: CommutatorNorm?

  /// The reason that there is no ``commutator``, or `nil`.
  package let reason: String?
}

/// The effect of the group's action on the input at a tensor.
package enum OnnxSymmetry: Sendable, Hashable, CustomStringConvertible {
  /// Transforming the input transforms the tensor's grid in the same way.
  case equivariant
  /// Transforming the input does not change the tensor.
  case invariant
  /// The operator that returns this tensor is not equivariant.
  case broken(by: String)
  /// The operator that returns this tensor may or may not be equivariant.
  case undecided(at: String, reason: String)

  /// A few words, such as `broken by conv2`.
  package var description: String {
    switch self {
    case .equivariant: "equivariant"
    case .invariant: "invariant"
    case .broken(let name): "broken by \(name)"
    case .undecided(let name, let reason): "undecided at \(name): \(reason)"
    }
  }
}

extension OnnxGraph {
  /// Checks the equivariance of each linear layer and of the chain of all layers.
  ///
  /// All statements are about exact arithmetic: sums in another order may differ by rounding. A
  /// network can be equivariant although a layer is not, for instance if that layer permutes its
  /// channels and the next one expects so; then this check reports it as broken, and a measurement
  /// does not.
  ///
  /// - Parameters:
  ///   - fields: The group's permutations of the channels of tensors, by tensor name. Channels of
  ///     other tensors stay in place, or follow the input of an operator that treats all channels
  ///     alike.
  ///   - tensors: The tensors of ``tensorsWithShapes(exampleShape:options:)``.
  /// - Throws: ``OnnxGraphError`` if the file can no longer be read, ``OnnxModelError`` if the
  ///   model does not have exactly one input for images.
  package func linearCheck(
    under action: ImageAction, fields: [String: ChannelFields] = [:], tensors: [OnnxTensor],
    exampleShape: [Int]? = nil,
    options: OnnxOptions = OnnxOptions()
  ) throws -> OnnxLinearCheck {
    try requireWeightFiles()
    try requireMemory(options.memoryLimit)
    let plan = try OnnxInputPlan(graph: self, options: options)
    var shapes = Dictionary(tensors.map { ($0.name, $0.shape?.map(\.length)) }) { $1 }
    let given = exampleShape.flatMap { try? plan.input.modelShape(ofRows: $0) }
    shapes[plan.input.info.name] =
      given.map { [nil] + $0.map(Optional.some) } ?? plan.input.info.shape?.map(\.length)
    var tracker = SymmetryTracker(
      action: action, fields: fields, constants: try OnnxConstants(contentsOf: path), shapes: shapes
    )
    tracker.start(
      at: plan.input.info.name, gridAxes: plan.input.layout == .nhwc ? [1, 2] : [2, 3])
    for constant in plan.constants { tracker.start(constant: constant.info.name) }
    for node in nodes { tracker.follow(node) }
    let isSymmetry = action.transforms.allSatisfy(\.isGridSymmetry)
    let names = Set(tensors.map(\.name))
    return OnnxLinearCheck(
      group: action.group.name, layers: tracker.layers,
      propagation: isSymmetry ? tracker.symmetries.filter { names.contains($0.key) } : [:])
  }
}
