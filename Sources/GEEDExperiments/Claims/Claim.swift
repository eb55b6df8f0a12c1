// SPDX-License-Identifier: MIT

/// A sentence of the paper, tested on measured values.
package struct Claim: Sendable, Hashable, Codable {
  /// The claim in words.
  package let statement: String
  /// The comparisons that the claim consists of; all of them must hold.
  package let parts: [ClaimPart]
  /// The verdict of the values.
  package let verdict: Verdict

  /// - Parameters:
  ///   - statement: The claim in words.
  ///   - parts: The comparisons that the claim consists of.
  package init(_ statement: String, _ parts: [ClaimPart]) {
    self.statement = statement
    self.parts = parts
    verdict = .all(parts.map(\.verdict))
  }
}

/// The verdict of measured values on a claim.
package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole interval lies on the claimed side.
  case holds
  /// The whole interval lies on the other side.
  case doesNotHold = "does not hold"
  /// The interval extends to both sides, or there is no interval.
  case notResolved = "not resolved"

  /// Returns the verdict on a claim that needs all of its parts: it fails if one part fails, and
  /// holds only if all parts hold.
  ///
  /// No correction is made for their number: with many parts, one of them is more likely to fail by
  /// chance than the level of one interval suggests.
  package static func all(_ verdicts: some Sequence<Verdict>) -> Verdict {
    var (isEmpty, isOpen) = (true, false)
    for verdict in verdicts {
      if verdict == .doesNotHold { return .doesNotHold }
      isOpen = isOpen || verdict == .notResolved
      isEmpty = false
    }
    return isEmpty || isOpen ? .notResolved : .holds
  }
}
