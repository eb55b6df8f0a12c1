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

/// The action on feature fields: a base action moves the grid of every channel, and the channels
/// are permuted as their ``ChannelFields`` state.
///
/// - Shape: `[C, ...]`, with as many channels as the fields have. `base` is `nil` for channels that
///   are only permuted.
public struct FieldAction: GroupAction {
  public let group: FiniteGroup

  /// The action on the grid of every channel; `nil` if grids are not moved.
  public let base: (any GroupAction)?

  /// The feature fields, which state how channels are permuted.
  public let fields: ChannelFields

  /// Creates the action on fields that live on the grid that `base` moves.
  public init(_ base: any GroupAction, fields: ChannelFields) {
    self.group = base.group
    self.base = base
    self.fields = fields
  }

  /// Creates the action on as many fields of one type as fill the channels.
  public init(_ base: any GroupAction, fieldType: FieldType) {
    self.init(base, fields: ChannelFields(fieldType))
  }

  /// Creates the action that only permutes the channels, the first axis.
  public init(permutingChannelsBy group: FiniteGroup, fieldType: FieldType) {
    self.group = group
    self.base = nil
    self.fields = ChannelFields(fieldType)
  }

  public func operators(on shape: [Int]) throws(ActionError) -> [ArrayOperator] {
    guard let channelCount = shape.first else {
      throw .missingAxes(group: group.name, shape: shape, expected: "[C, ...]")
    }
    guard let channels = fields.permutations(of: group, channelCount: channelCount) else {
      throw .wrongLength(
        group: group.name, shape: shape, axis: 0, expected: fields.expectation(for: group))
    }
    let grids = try base?.prepared(for: shape).operators
    return channels.enumerated().map { g, channels in
      let grid =
        grids?[g]
        ?? ArrayOperator(
          count: Tensor.count(of: shape), blockSize: Tensor.count(of: Array(shape.dropFirst())),
          map: .identity)
      return grid.followed(byParts: channels)
    }
  }
}
