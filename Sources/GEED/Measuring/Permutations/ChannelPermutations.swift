// SPDX-License-Identifier: MIT

/// Permutations of a layer's channels that were found from its outputs, and the channelwise
/// deviation with them; see <doc:DiscoveredPermutations>.
///
/// They are fitted to one half of the examples, and all deviations are those of the other half, in
/// the units of the channelwise metric: −1 is equivariant, and without a permutation the deviation
/// is that of eq. 5.
public struct ChannelPermutations: Sendable, Hashable, Codable {
  /// The number of examples that the permutations were fitted to.
  public let fitExampleCount: Int

  /// The number of other examples, on which the deviations were measured.
  public let exampleCount: Int

  /// The channels of the fitted examples. Those that are zero, or hold one number, for every example
  /// and element are not assigned, and keep their places.
  public let channels: ChannelSummary

  /// The generators of the group, with the permutations that were found for them.
  public let generators: [GeneratorPermutation]

  /// The relations of the generators, and how often the best permutation of each generator violates
  /// them.
  public let relations: [RelationDefect]

  /// The deviation without a permutation.
  public let identity: PermutedDeviation

  /// The deviation with a permutation representation of the group.
  public let representation: PermutedDeviation

  /// The deviation with a permutation of its own for each element, whether or not they compose: no
  /// representation agrees better with the fitted examples.
  public let own: PermutedDeviation

  /// The deviation without a permutation, but with *g f(y)* of another example *y* in place of
  /// *g f(x)*; omitted in JSON in results of versions that did not measure it.
  public var identityChance: PermutedDeviation?

  /// The same with a representation that is fitted to such pairs.
  public let chance: PermutedDeviation

  /// The same with a permutation of its own for each element.
  public let ownChance: PermutedDeviation

  /// The deviation with the fields that the probe states; omitted in JSON if there are none.
  public var declared: DeclaredPermutations?

  /// The difference ``identity`` − ``representation`` of the same examples, positive if permuted
  /// channels are more equivariant.
  public let gain: PermutationGain
}

extension ChannelPermutations {
  /// The number of channels that were assigned.
  package var assignedCount: Int { channels.count - channels.zero - channels.constant }

  /// Whether the permutations may change the signs of channels.
  package var permitsSigns: Bool { generators.contains { $0.negated != nil } }

  /// The deviations with each kind of permutation, by name, in the order in which they are shown.
  package func rows(group: String) -> [(name: String, deviation: PermutedDeviation)] {
    let kind = permitsSigns ? "signed representation" : "representation"
    return [("in place", identity), ("\(kind) of \(group)", representation)]
      + [("one for each element", own)]
      + (declared.map { [("declared: \($0.fields)", $0.deviation)] } ?? [])
      + (identityChance.map { [("chance, in place", $0)] } ?? [])
      + [("chance, representation", chance), ("chance, for each element", ownChance)]
  }

  /// The number of channels whose sign each generator changes, in words; `nil` if signs were not
  /// searched.
  package var signSummary: String? {
    guard permitsSigns else { return nil }
    let counts = generators.map { generator in
      "\(generator.negated?.count ?? 0) under \(generator.element) "
        + "(\(generator.ownNegated?.count ?? 0) with its best permutation)"
    }
    return "channels whose sign changes: \(counts.joined(separator: ", "))"
  }
}

/// The permutations of the channels that were found for a generator of the group.
public struct GeneratorPermutation: Sendable, Hashable, Codable {
  /// The name of the element.
  public let element: String

  /// The channel to which the representation moves each channel.
  public let representation: [Int]

  /// The channel to which the best permutation of this element moves each channel.
  public let own: [Int]

  /// The channels that the representation multiplies by −1; omitted in JSON if signs were not
  /// searched.
  public var negated: [Int]?

  /// The channels that the best permutation of this element multiplies by −1; omitted in JSON if
  /// signs were not searched.
  public var ownNegated: [Int]?

  init(
    element: String, _ representation: SignedPermutation, own: SignedPermutation,
    permitsSigns: Bool
  ) {
    self.element = element
    self.representation = representation.images
    self.own = own.images
    negated = permitsSigns ? representation.negated : nil
    ownNegated = permitsSigns ? own.negated : nil
  }
}

/// A relation of the generators, and the share of channels on which it is violated.
public struct RelationDefect: Sendable, Hashable, Codable {
  /// The relation, such as `r1^8 = r0`.
  public let relation: String

  /// The share of the assigned channels that the product of the best permutations does not map to
  /// themselves, with signs to the positive ones, from 0 to 1.
  public let share: Double
}

/// A channelwise deviation with permuted channels.
public struct PermutedDeviation: Sendable, Hashable, Codable {
  /// The mean over the measured examples and all elements.
  public let value: Double

  /// The interval of ``value``.
  @Nullable public var confidenceInterval: ClosedRange<Double>?

  /// The same mean over the fitted examples: much lower than ``value`` if there are too few of them
  /// for so many channels.
  public let fitValue: Double

  /// The mean over the measured examples for each element.
  public let perElement: [ElementDeviation]

  /// The mean over elements for each measured example.
  public let perExample: [ExampleDeviation]
}

/// The deviation with the fields that a probe states, and their agreement with what was found.
public struct DeclaredPermutations: Sendable, Hashable, Codable {
  /// The fields.
  public let fields: String

  /// The deviation with their permutations.
  public let deviation: PermutedDeviation

  /// The share of the assigned channels that the fields and the representation move to the same
  /// channels under all generators.
  public let agreement: Double
}

/// The difference of two deviations of the same examples.
public struct PermutationGain: Sendable, Hashable, Codable {
  /// The mean difference.
  public let value: Double

  /// Its interval.
  @Nullable public var confidenceInterval: ClosedRange<Double>?

  /// The p-value of a sign-flip test of no difference.
  @Nullable public var pValue: Double?
}

/// A reason why no channel permutations were found.
public enum PermutationObstacle: Error, Hashable, CustomStringConvertible {
  /// Each half needs two examples.
  case tooFewExamples(Int)
  /// Some elements move nothing on the grid, so that f̂ is not f.
  case unmovedGrid(count: Int, height: Int, width: Int)
  /// Fewer than two channels carry information.
  case tooFewChannels(ChannelSummary)
  /// The action on the output is not that of the group on the grid of every channel.
  case noGrid
  /// The probe has a distance of its own.
  case otherDistance
  /// The run was stopped.
  case stopped

  /// The reason as a clause.
  public var description: String {
    switch self {
    case .tooFewExamples(let count):
      "they take at least 4 examples, 2 to find them and 2 to measure them, but there "
        + (count == 1 ? "is 1" : "are \(count)")
    case .unmovedGrid(let count, let height, let width):
      "\(count) elements move nothing on a grid of \(height) x \(width), on which the cosine of a "
        + "channel says little"
    case .tooFewChannels(let channels):
      "\(channels.count - channels.zero - channels.constant) of \(channels.count) channels vary, "
        + "and at least 2 are needed"
    case .noGrid: "the group does not act on the grid of every channel"
    case .otherDistance:
      "the probe has a distance of its own, and permutations are fitted to cosines"
    case .stopped: "the measurement was stopped"
    }
  }
}
