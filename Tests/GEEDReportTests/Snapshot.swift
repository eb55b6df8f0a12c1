// SPDX-License-Identifier: MIT

import Foundation
import GEEDReport
import GEEDStore
import Testing

/// Expects a chart to be that of `Snapshots/<name>.json`, letter by letter.
///
/// After a change that is meant, run the tests once with GEED_RECORD_SNAPSHOTS=1, which writes the
/// files again, and read the difference.
func expectSnapshot(
  _ chart: JSON, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let text = try chart.json(pretty: true) + "\n"
  let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Snapshots/\(name).json")
  if ProcessInfo.processInfo.environment["GEED_RECORD_SNAPSHOTS"] != nil {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
  let expected = try String(contentsOf: file, encoding: .utf8)
  let (lines, expectedLines) = (text.split(separator: "\n"), expected.split(separator: "\n"))
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
