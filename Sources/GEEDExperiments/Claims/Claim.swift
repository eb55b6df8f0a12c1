// SPDX-License-Identifier: MIT

/// A sentence of the paper, tested on measured values.
public struct Claim: Sendable, Hashable, Codable {
  /// The claim in words.
  public let statement: String
  /// The comparisons that the claim consists of; all of them must hold.
  public let parts: [ClaimPart]
  /// The verdict of the values.
  public let verdict: Verdict

  /// - Parameters:
  ///   - statement: The claim in words.
  ///   - parts: The comparisons that the claim consists of.
  public init(_ statement: String, _ parts: [ClaimPart]) {
    self.statement = statement
    self.parts = parts
    verdict = .all(parts.map(\.verdict))
  }
}
