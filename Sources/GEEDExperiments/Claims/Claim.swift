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
