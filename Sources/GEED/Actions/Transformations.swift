// SPDX-License-Identifier: MIT

/// The transformations that a mean runs over: what they are called, how much each one counts, and
/// where they come from.
///
/// Transformation 0 changes nothing. For a finite group it is the identity and counts like all
/// others; otherwise it counts nothing and is there as the reference *f(x)*.
public struct Transformations: Sendable, Hashable {
  /// Where transformations come from, which decides what may be measured under them.
  public enum Origin: Sendable, Hashable {
    /// They are all elements of a finite group, in its order.
    case group(FiniteGroup)
    /// They were drawn independently from the uniform (Haar) measure of a group, which may be
    /// infinite.
    case sample
    /// They are a chosen family that is no group: shrinking or blurring cannot be undone.
    case family
  }

  /// What to call all of them together, such as `C8`, `SO2:32:haar` or `blur:0-2:8`.
  public let name: String

  /// What to call each one.
  public let elementNames: [String]

  /// How much each one counts; the weights of a mean are these, divided by their sum.
  public let weights: [Double]

  /// Where they come from.
  public let origin: Origin

  /// What the mean runs over, in a sentence, where ``name`` alone does not say it.
  public let summary: String?

  /// All elements of a group, which count alike.
  public init(_ group: FiniteGroup) {
    name = group.name
    elementNames = group.elementNames
    weights = Array(repeating: 1, count: group.order)
    origin = .group(group)
    summary = nil
  }

  /// Elements that were drawn from a group, which count alike, after the identity, which does not.
  ///
  /// - Precondition: There are at least two, without which nothing can be compared with its mean.
  public init(sample name: String, elementNames: [String], summary: String) {
    self.init(name, elementNames, origin: .sample, summary)
  }

  /// Transformations that are no group and count alike, after the identity, which does not.
  ///
  /// - Precondition: There are at least two.
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

  /// The number of transformations, the one that changes nothing included.
  public var count: Int { elementNames.count }

  /// The positions of all.
  public var indices: Range<Int> { 0..<count }

  /// The positions of those that count.
  public var weightedIndices: [Int] { indices.filter { weights[$0] > 0 } }

  /// The finite group whose elements these are, if they are one's.
  public var group: FiniteGroup? {
    if case .group(let group) = origin { group } else { nil }
  }

  /// What a mean over these measures.
  public var quantity: MeasuredQuantity {
    origin == .family ? .transformationDeviation : .equivarianceDeviation
  }
}

/// What a measurement measures.
public enum MeasuredQuantity: String, Sendable, Hashable, Codable {
  /// E(f, G) of eq. 4, over a group.
  case equivarianceDeviation = "equivariance deviation"
  /// The same mean over transformations that are no group: how far outputs are from their mean.
  case transformationDeviation = "transformation deviation"
}
