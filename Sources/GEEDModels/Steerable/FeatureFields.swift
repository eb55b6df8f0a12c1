// SPDX-License-Identifier: MIT

import GEED

/// The channels of a steerable layer: some fields of one type, one after another.
///
/// Field *f* has the channels *f* · ``fieldSize`` to (*f* + 1) · ``fieldSize`` − 1, which trade places
/// as GEED's `FieldType` says. ``action`` is the output action under which a layer with these channels
/// is to be measured.
public struct FeatureFields: Sendable, Hashable {
  /// The group that moves them.
  public let symmetry: PlanarGroup
  /// How the channels of each field trade places.
  public let type: FieldType
  /// The number of fields.
  public let count: Int
  /// The number of channels of one field.
  public let fieldSize: Int

  /// - Precondition: `count` is positive, and a quotient is one of the group's.
  public init(_ count: Int, _ type: FieldType, under symmetry: PlanarGroup) {
    precondition(count > 0, "Expected a positive number of fields, but got \(count).")
    self.symmetry = symmetry
    self.type = type
    self.count = count
    switch type {
    case .trivial: fieldSize = 1
    case .regular: fieldSize = symmetry.order
    case .quotient(let subgroup):
      precondition(
        subgroup.parent == symmetry.group,
        "Expected a subgroup of \(symmetry), but got one of \(subgroup.parent).")
      fieldSize = subgroup.index
    }
  }

  /// The number of channels.
  public var channelCount: Int { count * fieldSize }

  /// How the group acts on arrays `[C, H, W]` of these channels: it moves the grid and permutes the
  /// channels.
  public var action: FieldAction { FieldAction(symmetry.imageAction, fieldType: type) }

  /// How the group acts on vectors `[C]` of these channels, where no grid is left.
  public var channelAction: FieldAction {
    FieldAction(permutingChannelsBy: symmetry.group, fieldType: type)
  }
}
