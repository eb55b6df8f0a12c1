// SPDX-License-Identifier: MIT

/// The evidence that *g* moves item *b* to item *a*, for all elements and pairs of items, in both
/// directions: T_g(a, b) = S_g(a, b) + S_g⁻¹(b, a), the change of Σ_g Σ_b S_g(π_g(b), b) if *g* moves
/// *b* to *a* and thus g⁻¹ moves *a* to *b*; with signs also the evidence that it moves *b* to −*a*.
struct PairEvidence: Sendable {
  let itemCount: Int
  private let group: FiniteGroup
  /// T_g for each element, that of the identity empty, `[|G|][items · items]`.
  private let matrices: [[Float]]
  /// The same with the sign −1; empty if signs are not permitted.
  private let negativeMatrices: [[Float]]
  /// Whether items may change their signs.
  let permitsSigns: Bool

  /// - Parameters:
  ///   - similarities: S_g for each element but the identity, in the order of the group,
  ///     `[items, items]`; they are changed into the evidence.
  ///   - negative: The same to negative items; empty if signs are not permitted.
  init(
    _ similarities: consuming [[Float]], negative: consuming [[Float]] = [], itemCount: Int,
    of group: FiniteGroup
  ) {
    self.itemCount = itemCount
    self.group = group
    permitsSigns = !negative.isEmpty
    matrices = Self.inBothDirections(similarities, itemCount: itemCount, of: group)
    negativeMatrices =
      negative.isEmpty ? [] : Self.inBothDirections(negative, itemCount: itemCount, of: group)
  }

  private static func inBothDirections(
    _ similarities: consuming [[Float]], itemCount: Int, of group: FiniteGroup
  ) -> [[Float]] {
    var matrices: [[Float]] = [[]] + similarities
    similarities = []
    for g in group.elements.dropFirst() {
      let inverse = group.inverse(of: g)
      guard g <= inverse else { continue }
      for a in 0..<itemCount {
        for b in 0..<(g == inverse ? a + 1 : itemCount) {
          let sum = matrices[g][a * itemCount + b] + matrices[inverse][b * itemCount + a]
          matrices[g][a * itemCount + b] = sum
          matrices[inverse][b * itemCount + a] = sum
        }
      }
    }
    return matrices
  }

  /// Returns T_g(a, b), or the evidence for −*a*.
  @inline(__always)
  func value(_ g: FiniteGroup.Element, _ a: Int, _ b: Int, isNegative: Bool) -> Float {
    isNegative
      ? negativeMatrices[g][a * itemCount + b] : matrices[g][a * itemCount + b]
  }

  /// Adds T_g(a, b), or the evidence for −*a*, for every item *a* to `result`.
  func add(
    _ g: FiniteGroup.Element, from b: Int, isNegative: Bool, to result: inout [Float]
  ) {
    // T_g is the transpose of that of the inverse, whose rows are contiguous.
    let inverse = group.inverse(of: g)
    let matrix = isNegative ? negativeMatrices[inverse] : matrices[inverse]
    let first = b * itemCount
    for a in 0..<itemCount { result[a] += matrix[first + a] }
  }

  /// Returns the evidence for an item, or its negative, in a slot of an orbit, given the items in the
  /// other slots.
  func evidence(
    for item: Int, isNegative: Bool, in slot: Int, of orbit: PlacedOrbit
  ) -> Float {
    var total: Float = 0
    for (other, elements) in orbit.type.elements[slot].enumerated() {
      for g in elements {
        let changesSign = permitsSigns && orbit.type.isNegative[g][other]
        total +=
          other == slot
          ? value(g, item, item, isNegative: changesSign) / 2
          : value(
            g, item, orbit.items[other],
            isNegative: permitsSigns && (changesSign != isNegative) != orbit.isNegative[other])
      }
    }
    return total
  }

  /// Returns the evidence for an orbit: Σ S_g(π_g(b), b) over its items and all elements but the
  /// identity.
  func evidence(for orbit: PlacedOrbit) -> Float {
    var total: Float = 0
    for (slot, row) in orbit.type.elements.enumerated() {
      for (other, elements) in row.enumerated() {
        for g in elements {
          let isNegative =
            permitsSigns
            && (orbit.type.isNegative[g][other] != orbit.isNegative[slot])
              != orbit.isNegative[other]
          total +=
            value(g, orbit.items[slot], orbit.items[other], isNegative: isNegative) / 2
        }
      }
    }
    return total
  }

  /// Returns the sign of an item in a slot that has the larger evidence, which is 1 for equal ones.
  func bestSign(
    for item: Int, in slot: Int, of orbit: PlacedOrbit
  ) -> (isNegative: Bool, evidence: Float) {
    let positive = evidence(for: item, isNegative: false, in: slot, of: orbit)
    guard permitsSigns else { return (false, positive) }
    let negative = evidence(for: item, isNegative: true, in: slot, of: orbit)
    return negative > positive ? (true, negative) : (false, positive)
  }
}
