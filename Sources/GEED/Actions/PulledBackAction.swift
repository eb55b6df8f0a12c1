// SPDX-License-Identifier: MIT

/// A group acting through another: *g* moves what its image under a homomorphism moves.
///
/// So C8 can act on an output through C4, or D8 through the sign of its reflections. The kernel of
/// the homomorphism moves nothing.
public struct PulledBackAction: GroupAction {
  /// The action of the group that moves things.
  public let base: any GroupAction

  /// From the acting group to the one that moves things.
  public let homomorphism: GroupHomomorphism

  /// Creates the action of `homomorphism.source` through `base`.
  ///
  /// - Precondition: The homomorphism leads to `base`'s group.
  public init(_ base: any GroupAction, along homomorphism: GroupHomomorphism) {
    precondition(
      homomorphism.target == base.group,
      "Expected a homomorphism to \(base.group.name), but it leads to \(homomorphism.target.name).")
    self.base = base
    self.homomorphism = homomorphism
  }

  public var group: FiniteGroup { homomorphism.source }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    let operators = try base.operators(on: shape)
    return homomorphism.images.map { operators[$0] }
  }
}
