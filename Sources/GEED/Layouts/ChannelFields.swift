// SPDX-License-Identifier: MIT
// General E(2)-Equivariant Steerable CNNs, Weiler and Cesa 2019, https://arxiv.org/abs/1911.08251

/// The feature fields that the channels of a layer form, which determine how the group permutes
/// them.
///
/// Channels are divided, in order, into parts of several fields of one type:
///
/// | | channels |
/// |---|---|
/// | `regular` | as many regular fields as fill the channels |
/// | `quotient:2` | as many fields of cosets of the subgroup of 2 rotations as fill the channels |
/// | `regular*16+trivial*8` | 16 regular fields, then 8 channels that keep their positions |
///
/// Channel *i* of field *f* of *n* is number *f*·|field| + *i* of its part in ``Order/fieldMajor``,
/// and number *i*·*n* + *f* in ``Order/groupMajor``.
public struct ChannelFields: Sendable, Hashable {
  /// Consecutive fields of one type.
  public struct Part: Sendable, Hashable {
    /// The permutation of the channels of a field by the group.
    package let type: FieldType

    /// The number of fields; `nil` for the number that fills the channels.
    package let count: Int?

    /// Creates a part of a positive number of fields.
    public init(_ type: FieldType, count: Int? = nil) {
      precondition(count ?? 1 > 0, "Expected a positive number of fields.")
      self.type = type
      self.count = count
    }
  }

  /// The order of the channels within a part.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    /// All channels of a field, then those of the next: `[C, |G|]`, as in escnn.
    case fieldMajor = "field-major"
    /// The first channels of all fields, then the second ones: `[|G|, C]`.
    case groupMajor = "group-major"
  }

  /// The parts, in the order of the channels.
  package let parts: [Part]

  /// The order within every part.
  package let order: Order

  /// Creates fields of one part, or of several that each have a count.
  public init(_ parts: [Part], order: Order = .fieldMajor) {
    precondition(
      !parts.isEmpty && (parts.count == 1 || parts.allSatisfy { $0.count != nil }),
      "Expected one part, or a number of fields for each.")
    self.parts = parts
    self.order = order
  }

  /// Creates fields of one type, in the number that fills the channels.
  public init(_ type: FieldType, order: Order = .fieldMajor) {
    self.init([Part(type)], order: order)
  }

  /// Whether no channel is moved.
  package var areTrivial: Bool { parts.allSatisfy { $0.type == .trivial } }

  /// Returns the permutation of `channelCount` channels by each element of `group`.
  package func permutations(of group: FiniteGroup, channelCount: Int) -> [Permutation]? {
    var images = group.elements.map { _ in [Int]() }
    for part in parts {
      let runs = part.type.permutations(of: group)
      let length = runs[0].images.count
      let first = images[0].count
      guard let count = part.count ?? (channelCount > 0 ? channelCount / length : nil),
        count <= (channelCount - first) / length
      else { return nil }
      for (g, run) in runs.enumerated() {
        images[g] += (0..<count * length).map { channel in
          switch order {
          case .fieldMajor: first + channel / length * length + run.images[channel % length]
          case .groupMajor: first + run.images[channel / count] * count + channel % count
          }
        }
      }
    }
    guard images[0].count == channelCount else { return nil }
    return images.map { Permutation($0) }
  }

  /// Whether channels on several axes, as in `[C, |G|, H, W]`, can be these fields.
  package func fit(channelAxes axes: [Int], of group: FiniteGroup) -> Bool {
    if axes.count < 2 || areTrivial { return true }
    guard axes.count == 2, parts.count == 1 else { return false }
    let length = parts[0].type.channelCount(of: group)
    let (fields, channels) = order == .fieldMajor ? (axes[0], axes[1]) : (axes[1], axes[0])
    return channels == length && fields == parts[0].count ?? fields
  }

  /// Returns the required number of channels in words, such as `a multiple of 4 channels`.
  func expectation(for group: FiniteGroup) -> String {
    let lengths = parts.map { $0.type.channelCount(of: group) }
    if parts.count == 1, parts[0].count == nil { return "a multiple of \(lengths[0]) channels" }
    return "\(zip(parts, lengths).reduce(0) { $0 + ($1.0.count ?? 1) * $1.1 }) channels"
  }
}

extension ChannelFields: CustomStringConvertible {
  /// A description such as `regular*16+trivial*8:group-major`.
  public var description: String {
    parts.map { "\($0.type)" + ($0.count.map { "*\($0)" } ?? "") }.joined(separator: "+")
      + (order == .fieldMajor ? "" : ":\(order.rawValue)")
  }
}

/// The permutation of a layer's channels that accompanies the movement of their grids.
public enum FieldType: Sendable, Hashable {
  /// Channels keep their positions.
  case trivial
  /// Channels come in runs of |G|, one for each element in the group's order; *g* moves channel *h*
  /// of a run to *gh*.
  case regular
  /// Channels come in runs of |G/H|, one for each left coset in the order of
  /// `leftCosets`; *g* moves coset *hH* to *ghH*.
  case quotient(Subgroup)

  /// Returns the permutation of the channels of one run by each element of `group`.
  package func permutations(of group: FiniteGroup) -> [Permutation] {
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
  package func channelCount(of group: FiniteGroup) -> Int {
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
