// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

/// The permutation of a layer's channels that accompanies the movement of their grids.
public enum FieldType: Sendable, Hashable {
  /// Channels keep their positions.
  case trivial
  /// Channels come in runs of |G|, one for each element in the group's order; *g* moves channel *h*
  /// of a run to *gh*.
  case regular
  /// Channels come in runs of |G/H|, one for each left coset in the order of
  /// ``Subgroup/leftCosets``; *g* moves coset *hH* to *ghH*.
  case quotient(Subgroup)

  /// Returns the permutation of the channels of one run by each element of `group`.
  ///
  /// - Precondition: A quotient is one of `group`.
  public func permutations(of group: FiniteGroup) -> [Permutation] {
    switch self {
    case .trivial: group.elements.map { _ in .identity(1) }
    case .regular:
      group.elements.map { g in Permutation(group.elements.map { group.product(g, $0) }) }
    case .quotient(let subgroup):
      group.elements.map { g in
        let cosets = subgroup.leftCosets
        return Permutation(
          cosets.map { coset in
            cosets.firstIndex { $0.contains(group.product(g, coset[0])) } ?? 0
          })
      }
    }
  }
}

extension FieldType: CustomStringConvertible {
  /// Returns the number of channels of a field.
  ///
  /// - Precondition: A quotient is one of `group`.
  public func channelCount(of group: FiniteGroup) -> Int {
    switch self {
    case .trivial: 1
    case .regular: group.order
    case .quotient(let subgroup): subgroup.index
    }
  }

  /// `trivial`, `regular`, or `quotient:K`, where K is the order of a subgroup of rotations.
  public var description: String {
    switch self {
    case .trivial: "trivial"
    case .regular: "regular"
    case .quotient(let subgroup):
      subgroup.elements.contains { subgroup.parent.elementNames[$0].hasSuffix("s") }
        ? "quotient:\(subgroup.label)" : "quotient:\(subgroup.order)"
    }
  }
}
