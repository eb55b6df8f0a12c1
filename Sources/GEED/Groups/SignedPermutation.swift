// SPDX-License-Identifier: MIT

/// An item with a sign, such as a channel or its negative.
package struct SignedItem: Sendable, Hashable {
  package let index: Int
  package let isNegative: Bool

  package init(_ index: Int, isNegative: Bool = false) {
    self.index = index
    self.isNegative = isNegative
  }
}

/// A permutation of items that also multiplies each of them by 1 or −1, a matrix with one entry ±1 in
/// every row and column.
package struct SignedPermutation: Sendable, Hashable {
  /// The item to which each item moves.
  package let permutation: Permutation

  /// Whether each item is multiplied by −1 when it moves.
  package let isNegative: [Bool]

  package init(_ permutation: Permutation, isNegative: [Bool]) {
    precondition(
      isNegative.count == permutation.images.count,
      "Expected a sign for each of \(permutation.images.count) items, but got \(isNegative.count).")
    self.permutation = permutation
    self.isNegative = isNegative
  }

  /// Creates a permutation that changes no signs.
  package init(_ permutation: Permutation) {
    self.init(
      permutation, isNegative: Array(repeating: false, count: permutation.images.count))
  }

  /// Returns the permutation that changes nothing.
  package static func identity(_ count: Int) -> SignedPermutation {
    SignedPermutation(.identity(count))
  }

  /// The item to which each item moves.
  package var images: [Int] { permutation.images }

  /// The items that are multiplied by −1.
  package var negated: [Int] { isNegative.indices.filter { isNegative[$0] } }

  /// Returns the image of an item.
  package func callAsFunction(_ item: SignedItem) -> SignedItem {
    SignedItem(images[item.index], isNegative: item.isNegative != isNegative[item.index])
  }

  /// Returns the signed permutation "first `other`, then this one".
  package func composed(with other: SignedPermutation) -> SignedPermutation {
    let items = other.images.indices.map { self(other(SignedItem($0))) }
    return SignedPermutation(Permutation(items.map(\.index)), isNegative: items.map(\.isNegative))
  }

  /// Returns the permutation of more items that moves `items` as this one moves 0, 1, …, and nothing
  /// else.
  package func extended(to count: Int, at items: [Int]) -> SignedPermutation {
    var images = Array(0..<count)
    var signs = [Bool](repeating: false, count: count)
    for (position, item) in items.enumerated() {
      images[item] = items[self.images[position]]
      signs[item] = isNegative[position]
    }
    return SignedPermutation(Permutation(images), isNegative: signs)
  }
}
