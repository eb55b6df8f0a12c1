// SPDX-License-Identifier: MIT

import GEED

/// A group that acts through another one: *g* acts as its image under a homomorphism does.
///
/// In this way C8 can act on an output through C4, or D8 through the sign of its reflections.
/// Elements of the homomorphism's kernel move nothing.
package struct PulledBackAction: GroupAction {
  /// The action of the homomorphism's target group.
  package let base: any TransformationAction

  /// The homomorphism from the acting group to the group of ``base``.
  package let homomorphism: GroupHomomorphism

  /// Creates the action of `homomorphism.source` through `base`.
  ///
  /// - Precondition: The target of the homomorphism is the group of `base`.
  package init(_ base: any TransformationAction, along homomorphism: GroupHomomorphism) {
    precondition(
      homomorphism.target == base.transformations.group,
      "Expected a homomorphism to \(base.transformations.name), but it leads to "
        + "\(homomorphism.target.name).")
    self.base = base
    self.homomorphism = homomorphism
  }

  package var group: FiniteGroup { homomorphism.source }

  package func apply(_ g: FiniteGroup.Element, to x: [Double], shape: [Int]) -> [Double] {
    base.apply(homomorphism.images[g], to: x, shape: shape)
  }

  package func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let operators = try base.operators(on: shape)
    return homomorphism.images.map { operators[$0] }
  }
}
