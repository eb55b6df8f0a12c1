// SPDX-License-Identifier: MIT

/// A sentence of the paper, tested on measured values.
public struct Claim: Sendable, Hashable, Codable {
  /// What is claimed, in words.
  public let statement: String
  /// The comparisons that the claim is made of; all of them are needed.
  public let parts: [ClaimPart]
  /// What the values say.
  public let verdict: Verdict

  /// - Parameters:
  ///   - statement: What is claimed, in words.
  ///   - parts: The comparisons that the claim is made of.
  public init(_ statement: String, _ parts: [ClaimPart]) {
    self.statement = statement
    self.parts = parts
    verdict = .all(parts.map(\.verdict))
  }
}
