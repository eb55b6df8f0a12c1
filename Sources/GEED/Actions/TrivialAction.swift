// SPDX-License-Identifier: MIT

/// The action that moves nothing: *gx* = *x*. A map that is equivariant to it is invariant.
public struct TrivialAction: GroupAction {
  public let group: FiniteGroup

  /// Creates the trivial action of `group`.
  public init(_ group: FiniteGroup) {
    self.group = group
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    Array(repeating: .identity(count: Tensor.count(of: shape)), count: group.order)
  }
}
