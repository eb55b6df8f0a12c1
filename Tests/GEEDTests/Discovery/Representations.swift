// SPDX-License-Identifier: MIT

import Testing

@testable import GEED

/// Expects one permutation for each element of a group, such that products are composed.
func expectRepresentation<Image: Equatable>(
  _ images: [Image], of group: FiniteGroup, composing composed: (Image, Image) -> Image,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  for g in group.elements {
    for h in group.elements {
      #expect(
        composed(images[g], images[h]) == images[group.product(g, h)],
        "\(group) \(group.elementNames[g]) \(group.elementNames[h])",
        sourceLocation: sourceLocation)
    }
  }
}
