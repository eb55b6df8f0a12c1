// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Expects a text to be that of `Snapshots/<name>.txt`, letter by letter.
///
/// After a change that is meant, run the tests once with GEED_RECORD_SNAPSHOTS=1, which writes the
/// files anew, and read the difference.
func expectSnapshot(
  _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Snapshots/\(name).txt")
  if ProcessInfo.processInfo.environment["GEED_RECORD_SNAPSHOTS"] != nil {
    try Data(text.utf8).write(to: file)
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  let (lines, expectedLines) = (lines(of: text), lines(of: expected))
  let difference = lines.difference(from: expectedLines).map { change in
    switch change {
    case .insert(let line, let text, _): "+\(line + 1) \(text)"
    case .remove(let line, let text, _): "-\(line + 1) \(text)"
    }
  }
  #expect(
    text == expected, "\(name): \(difference.joined(separator: "\n"))",
    sourceLocation: sourceLocation)
}

private func lines(of text: String) -> [Substring] {
  text.split(separator: "\n", omittingEmptySubsequences: false)
}
