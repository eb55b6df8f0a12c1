// SPDX-License-Identifier: MIT

/// One of several inputs of a model: the part of an example that it takes, and how the group acts on it.
public struct ModelInput: Sendable, Hashable, Codable {
  /// The name of the input.
  public var name: String

  /// The shape of its part of an example, `[C, H, W]` for images.
  public var shape: [Int]

  /// The action of the group on the part; `trivial` leaves it as it is.
  public var action: OutputActionName

  /// The interpolation between the pixels of the part, such as ``Interpolation/nearest`` for labels;
  /// `nil` for that of the measurement.
  public var interpolation: Interpolation?

  /// Creates an input, on which the group acts as on images unless another action is given.
  public init(
    name: String, shape: [Int], action: OutputActionName = .spatial,
    interpolation: Interpolation? = nil
  ) {
    self.name = name
    self.shape = shape
    self.action = action
    self.interpolation = interpolation
  }

  /// The number of scalars of the part.
  package var count: Int { Tensor.count(of: shape) }
}

extension [ModelInput] {
  /// The number of scalars of all parts.
  package var count: Int { reduce(0) { $0 + $1.count } }

  /// The positions of each part in the scalars of an example.
  package var ranges: [Range<Int>] {
    var end = 0
    return map { input in
      defer { end += input.count }
      return end..<end + input.count
    }
  }

  /// The first input whose grid, or named axis, the group moves: outputs move as it does.
  package var firstMoved: Index? { firstIndex { $0.action.isSpatial } }

  /// The shape of that input; of the first one if there is none.
  var movedShape: [Int] { self[firstMoved ?? 0].shape }
}
