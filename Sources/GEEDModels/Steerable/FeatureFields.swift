// SPDX-License-Identifier: MIT

import GEED

/// The channels of a steerable layer: fields of one type, one after another.
///
/// Field *f* has the channels *f* · ``fieldSize`` to (*f* + 1) · ``fieldSize`` − 1, which the group
/// permutes as GEED's `FieldType` defines. A layer with these channels is to be measured under the
/// output action ``action``.
package struct FeatureFields: Sendable, Hashable {
  /// The group that acts on the fields.
  package let symmetry: PlanarGroup
  /// The type of the fields, which defines the permutation of their channels.
  package let type: FieldType
  /// The number of fields.
  package let count: Int
  /// The number of channels of one field.
  package let fieldSize: Int

  package init(_ count: Int, _ type: FieldType, under symmetry: PlanarGroup) {
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
  package var channelCount: Int { count * fieldSize }

  /// The action of the group on arrays `[C, H, W]` of these channels: it moves the grid and
  /// permutes the channels.
  package var action: FieldAction { FieldAction(symmetry.imageAction, fieldType: type) }
}
