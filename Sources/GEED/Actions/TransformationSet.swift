// SPDX-License-Identifier: MIT

/// The transformations that a mean is taken over: their names, weights and origin.
///
/// Transformation 0 changes nothing. For a finite group it is the identity and has the same weight
/// as the others; otherwise it has weight 0 and provides the reference *f(x)*.
public struct TransformationSet: Sendable, Hashable {
  /// The origin of transformations, which decides what can be measured under them.
  package enum Origin: Sendable, Hashable {
    /// All elements of a finite group, in its order.
    case group(FiniteGroup)
    /// Independent draws from the uniform (Haar) measure of a group, which may be infinite.
    case sample
    /// A chosen family that does not form a group: shrinking or blurring has no inverse.
    case family
  }

  /// The name of the whole set, such as `C8`, `SO2:32:haar` or `blur:0-2:8`.
  public let name: String

  /// The name of each transformation.
  public let elementNames: [String]

  /// The weight of each transformation; means use these divided by their sum.
  public let weights: [Double]

  /// The origin of the transformations.
  package let origin: Origin

  /// A description of the set that a mean is taken over, if ``name`` alone does not say it.
  package let summary: String?

  /// Creates the set of all elements of a group, with equal weights.
  public init(_ group: FiniteGroup) {
    name = group.name
    elementNames = group.elementNames
    weights = Array(repeating: 1, count: group.order)
    origin = .group(group)
    summary = nil
  }

  /// Creates a set of two or more elements that were drawn from a group, with equal weights,
  /// preceded by the identity with weight 0.
  public init(sample name: String, elementNames: [String], summary: String) {
    self.init(name, elementNames, origin: .sample, summary)
  }

  /// Creates a set of two or more transformations that are no group, with equal weights, preceded
  /// by the identity with weight 0.
  public init(family name: String, elementNames: [String], summary: String) {
    self.init(name, elementNames, origin: .family, summary)
  }

  private init(_ name: String, _ elementNames: [String], origin: Origin, _ summary: String) {
    precondition(
      elementNames.count >= 2, "Expected two transformations or more of \(name).")
    self.name = name
    self.elementNames = ["identity"] + elementNames
    self.weights = [0] + elementNames.map { _ in 1 }
    self.origin = origin
    self.summary = summary
  }

  /// The number of transformations, including the one that changes nothing.
  public var count: Int { elementNames.count }

  /// The positions of all transformations.
  package var indices: Range<Int> { 0..<count }

  /// The positions of the transformations whose weight is not 0.
  package var weightedIndices: [Int] { indices.filter { weights[$0] > 0 } }

  /// The finite group whose elements these are, or `nil` for any other origin.
  public var group: FiniteGroup? {
    if case .group(let group) = origin { group } else { nil }
  }

  /// Whether the transformations are as many as others, and compose alike if they are groups.
  func acts(like other: TransformationSet) -> Bool {
    guard count == other.count, let group, let theirs = other.group else {
      return count == other.count && group == nil && other.group == nil
    }
    return group == theirs
      || group.elements.allSatisfy { g in
        group.elements.allSatisfy { group.product(g, $0) == theirs.product(g, $0) }
      }
  }

  /// The quantity that a mean over these transformations measures.
  package var quantity: MeasuredQuantity {
    origin == .family ? .transformationDeviation : .equivarianceDeviation
  }
}

/// A quantity that a measurement estimates.
public enum MeasuredQuantity: String, Sendable, Hashable, Codable {
  /// E(f, G) of eq. 4, over a group.
  case equivarianceDeviation = "equivariance deviation"
  /// The same mean over transformations that are no group.
  case transformationDeviation = "transformation deviation"
}
