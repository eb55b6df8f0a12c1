// SPDX-License-Identifier: MIT

/// A set of transformations of arrays, with weights: all that a measurement needs to know about the
/// transformation of its inputs or outputs.
///
/// A finite group that acts is one (``GroupAction``), a sample of an infinite group is another
/// (`SampledImageAction`), and so are transformations without an inverse
/// (`ImageTransformations`), for which only invariance is defined.
///
/// A type of your own needs ``transformations`` and ``apply(_:to:shape:)``; see ``GroupAction``.
public protocol TransformationAction: Sendable {
  /// The transformations; the first one changes nothing.
  var transformations: TransformationSet { get }

  /// Returns the image of an array under one transformation: as many scalars.
  ///
  /// - Parameters:
  ///   - element: The position of the transformation in ``transformations``.
  ///   - x: The scalars of the array, row-major.
  ///   - shape: The shape of the array, without a batch axis.
  /// - Precondition: The transformations are defined on arrays of this shape.
  func apply(_ element: Int, to x: [Double], shape: [Int]) -> [Double]

  /// Throws unless the transformations are defined on arrays of `shape`; by default they are.
  func requireDefined(on shape: [Int]) throws(ActionError)

  /// Returns whether a transformation leaves all arrays of a shape unchanged; these elements form
  /// the kernel, over which f̂ is a mean.
  ///
  /// By default two random arrays decide, which is right for every linear map and every
  /// permutation. A type whose maps change only some arrays, such as those with large values, has
  /// to answer itself.
  func changesNothing(_ element: Int, on shape: [Int]) -> Bool

  /// The action on the grid of every channel, without a permutation of the channels; the default is
  /// the action itself. `nil` if only channels are permuted.
  var gridAction: (any TransformationAction)? { get }

  /// The fields by which channels are permuted; `nil`, the default, if channels are not permuted.
  var fields: ChannelFields? { get }

  /// Returns the maps of arrays of `shape`, without a batch axis, in the order of
  /// ``transformations``; by default they call `apply(_:to:shape:)` each time.
  ///
  /// - Throws: ``ActionError`` if the transformations are not defined on such arrays.
  func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator]
}

extension TransformationAction {
  public func requireDefined(on shape: [Int]) throws(ActionError) {}

  public func changesNothing(_ element: Int, on shape: [Int]) -> Bool {
    var generator = SplitMix64(seed: 0)
    return element == 0
      || (0..<2).allSatisfy { _ in
        let x = (0..<Tensor.count(of: shape)).map { _ in generator.nextGaussian() }
        return zip(x, apply(element, to: x, shape: shape)).allSatisfy { abs($0 - $1) <= 1e-9 }
      }
  }

  public var gridAction: (any TransformationAction)? { self }

  public var fields: ChannelFields? { nil }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    try requireDefined(on: shape)
    let count = Tensor.count(of: shape)
    return transformations.indices.map { element in
      ArrayOperator(
        FunctionMap(count: count, isIdentity: changesNothing(element, on: shape)) {
          apply(element, to: $0, shape: shape)
        }, count: count)
    }
  }

  /// Returns the action on arrays of one shape, or throws if it is not defined on them.
  public func prepared(for shape: [Int]) throws(ActionError) -> PreparedAction {
    PreparedAction(transformations, shape: shape, operators: try operators(on: shape))
  }
}

/// A group acting on a space of arrays: φ(g, x), written *gx* in the paper (§ 3).
///
/// An action states the map of each element on arrays of a given shape; the same action serves
/// images and feature maps of any size. `prepared(for:)` fixes a shape and computes the kernel:
///
///     let rotation = try ImageAction.rotations(8).prepared(for: [3, 32, 32])
///     let orbit = rotation.orbit(of: image)
///
/// For all g, h and x, φ(g, φ(h, x)) = φ(gh, x), exactly or up to the interpolation error that the
/// conforming type documents; ``PreparedAction/lawDefects(on:)`` measures the error.
///
/// A group of your own acts by a function:
///
///     struct SignChange: GroupAction {
///       let group = FiniteGroup.cyclic(2)
///
///       func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
///         g == 0 ? x : x.map { -$0 }
///       }
///     }
public protocol GroupAction: TransformationAction {
  /// The group that acts.
  var group: FiniteGroup { get }
}

extension GroupAction {
  /// All elements of the group.
  public var transformations: TransformationSet { TransformationSet(group) }
}

/// The action that moves nothing: *gx* = *x*. A map that is equivariant to it is invariant.
public struct TrivialAction: GroupAction {
  public let group: FiniteGroup

  /// Creates the trivial action of `group`.
  public init(_ group: FiniteGroup) {
    self.group = group
  }

  public func apply(_ element: Int, to x: [Double], shape: [Int]) -> [Double] { x }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    Array(repeating: .identity(count: Tensor.count(of: shape)), count: group.order)
  }
}

/// A reason why a group cannot act on arrays of some shape.
public enum ActionError: Error, Hashable, CustomStringConvertible {
  /// The action has quarter turns, and the grid is not square.
  case notSquare(group: String, shape: [Int])
  /// The array has too few axes.
  case missingAxes(group: String, shape: [Int], expected: String)
  /// An axis has a length on which the action is not defined.
  case wrongLength(group: String, shape: [Int], axis: Int, expected: String)
  /// The named axis has a length on which the group is not defined.
  case wrongAxis(group: String, shape: [Int], length: Int, expected: String)
  /// The matrices generate no group.
  case matrices(MatrixGroupError)
  /// The named action on an output is not defined.
  case output(OutputActionError)

  /// One sentence that names the group, the shape and a remedy.
  public var description: String {
    switch self {
    case .notSquare(let group, let shape):
      "\(group) holds a quarter turn, which needs square images, but got shape \(shape); "
        + "crop them square first (--crop)."
    case .missingAxes(let group, let shape, let expected):
      "\(group) acts on arrays \(expected.hasPrefix("[") ? "of shape" : "with") \(expected), but got "
        + "shape \(shape)."
    case .wrongLength(let group, let shape, let axis, let expected):
      "\(group) cannot act on axis \(axis) of shape \(shape): expected \(expected)."
    case .wrongAxis(let group, let shape, let length, let expected):
      "\(group) needs \(expected) on that axis, which has length \(length) in arrays of shape "
        + "\(shape)."
    case .matrices(let error): error.description
    case .output(let error): error.description
    }
  }

  /// The shape that images have in errors.
  static let imageShape = "[..., H, W]"
}

/// A set of transformations whose operators are computed at once, and apply by these.
package protocol OperatorAction: TransformationAction {}

extension OperatorAction {
  public func apply(_ element: Int, to x: [Double], shape: [Int]) -> [Double] {
    do {
      return try operators(on: shape)[element](x)
    } catch {
      preconditionFailure("\(error)")
    }
  }

  public func requireDefined(on shape: [Int]) throws(ActionError) {
    _ = try operators(on: shape)
  }

  public func changesNothing(_ element: Int, on shape: [Int]) -> Bool {
    (try? operators(on: shape)[element].isIdentity) ?? false
  }
}
