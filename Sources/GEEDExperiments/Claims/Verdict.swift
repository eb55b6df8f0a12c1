// SPDX-License-Identifier: MIT

/// What measured values say about a claim.
public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
  /// The whole interval lies on the side that is claimed.
  case holds
  /// The whole interval lies on the other side.
  case doesNotHold = "does not hold"
  /// The interval reaches to both sides, or there is none.
  case notResolved = "not resolved"

  /// What several parts say of a claim that needs all of them: it fails with one of them, and holds
  /// only with all.
  ///
  /// No correction is made for their number: with many parts, one of them is more likely to fail by
  /// chance than the level of one interval says.
  public static func all(_ verdicts: some Sequence<Verdict>) -> Verdict {
    var (isEmpty, isOpen) = (true, false)
    for verdict in verdicts {
      if verdict == .doesNotHold { return .doesNotHold }
      isOpen = isOpen || verdict == .notResolved
      isEmpty = false
    }
    return isEmpty || isOpen ? .notResolved : .holds
  }
}
