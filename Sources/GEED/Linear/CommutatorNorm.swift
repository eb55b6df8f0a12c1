// SPDX-License-Identifier: MIT

/// The deviation of a linear map from equivariance: ‖W φ_X(g) − φ_Y(g) W‖ / ‖W‖ for each element
/// *g*, in the Frobenius norm.
///
/// 0 means that the map is exactly equivariant on every input, not only on those that were tried.
/// If both actions permute scalars, the norm is 0 only if all entries agree to the bit. For two
/// unrelated maps it is √2, and 2 is the maximum for orthogonal actions.
package struct CommutatorNorm: Sendable, Hashable, Codable {
  /// The name of the group.
  package let group: String

  /// The names of its elements, in order.
  package let elements: [String]

  /// The relative norm for each element, in order; 0 for all if the map itself is 0.
  package let perElement: [Double]

  /// Creates the norms from the squares of ‖W φ_X(g) − φ_Y(g) W‖ and of ‖W‖.
  init(group: FiniteGroup, squares: [Double], squaredNorm: Double) {
    self.group = group.name
    elements = group.elementNames
    perElement = squares.map { $0 == 0 ? 0 : ($0 / squaredNorm).squareRoot() }
  }

  /// The largest norm over all elements.
  package var largest: Double { perElement.max() ?? 0 }

  /// The first element with the largest norm, or `nil` if the map is equivariant.
  package var worstElement: String? {
    let largest = largest
    guard largest > 0 else { return nil }
    return perElement.firstIndex(of: largest).map { elements[$0] }
  }

  /// Whether the norm is exactly 0 for all elements, without rounding.
  package var isExact: Bool { largest == 0 }
}
