// SPDX-License-Identifier: MIT

import GEED

/// A group that acts through another one: *g* acts as its image under a homomorphism does.
///
/// In this way C8 can act on an output through C4, or D8 through the sign of its reflections.
/// Elements of the homomorphism's kernel move nothing.
public struct PulledBackAction: GroupAction {
  /// The action of the homomorphism's target group.
  public let base: any GroupAction

  /// The homomorphism from the acting group to the group of ``base``.
  public let homomorphism: GroupHomomorphism

  /// Creates the action of `homomorphism.source` through `base`.
  ///
  /// - Precondition: The target of the homomorphism is the group of `base`.
  public init(_ base: any GroupAction, along homomorphism: GroupHomomorphism) {
    precondition(
      homomorphism.target == base.group,
      "Expected a homomorphism to \(base.group.name), but it leads to \(homomorphism.target.name).")
    self.base = base
    self.homomorphism = homomorphism
  }

  public var group: FiniteGroup { homomorphism.source }

  public func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
    base.apply(homomorphism.images[g], to: x, shape: shape)
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let operators = try base.operators(on: shape)
    return homomorphism.images.map { operators[$0] }
  }
}
