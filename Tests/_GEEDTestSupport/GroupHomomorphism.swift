// SPDX-License-Identifier: MIT

import GEED

/// A map between groups that preserves products: image(gh) = image(g)·image(h).
///
/// It lets one group act through another: C8 through C4, D8 through the sign of its reflections.
package struct GroupHomomorphism: Sendable, Hashable {
  /// The group that is mapped.
  package let source: FiniteGroup
  /// The group that it is mapped into.
  package let target: FiniteGroup
  /// The image of each element of the source, in order.
  package let images: [FiniteGroup.Element]

  /// Creates a homomorphism and checks that it preserves products.
  ///
  /// - Throws: ``GroupLawViolation/notHomomorphic(g:h:)`` if it does not.
  /// - Precondition: There is one image, an element of `target`, for each element of `source`.
  package init(
    from source: FiniteGroup, to target: FiniteGroup, images: [FiniteGroup.Element]
  ) throws(GroupLawViolation) {
    precondition(
      images.count == source.order && images.allSatisfy(target.elements.contains),
      "Expected \(source.order) images among the \(target.order) elements of \(target.name).")
    for g in source.elements {
      for h in source.elements
      where images[source.product(g, h)] != target.product(images[g], images[h]) {
        throw .notHomomorphic(g: g, h: h)
      }
    }
    self.source = source
    self.target = target
    self.images = images
  }

  /// The elements that are mapped to the identity.
  package var kernel: Subgroup {
    Subgroup(
      of: source, generatedBy: source.elements.filter { images[$0] == target.identity })
  }
}
