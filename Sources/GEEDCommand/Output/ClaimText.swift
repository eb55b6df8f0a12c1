// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDExperiments

/// Claims as text: the verdict, the sentence, and the evidence.
enum ClaimText {
  static func lines(_ claims: [Claim]) -> [String] {
    let counts = Verdict.allCases.map { verdict in
      "\(verdict.rawValue): \(claims.count { $0.verdict == verdict })"
    }
    return ["What the paper claims, with 95 % intervals over networks:"]
      + claims.flatMap { [""] + lines($0) } + ["", counts.joined(separator: ", ")]
  }

  private static func lines(_ claim: Claim) -> [String] {
    var table = Table([
      ("", .left), ("", .right), ("", .left), ("", .left), ("", .left),
    ])
    for part in claim.parts { table.add(cells(part)) }
    return ["\(claim.verdict.rawValue.uppercased()): \(claim.statement)"]
      + table.lines.dropFirst().map { "  \($0)" }
  }

  private static func cells(_ part: ClaimPart) -> [String] {
    let interval = part.interval.map { "\($0[0].short) … \($0[1].short)" }
    return [
      part.label, part.mean.short, interval ?? part.note ?? "–",
      "claimed \(part.direction == .above ? ">" : "<") \(part.bound.short)", part.verdict.rawValue,
    ]
  }
}
#endif
