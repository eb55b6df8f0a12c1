// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDModels
import Testing

@Suite struct TrajectoryTests {
  /// The iterations of the complete lines.
  private func iterations(in path: String) throws -> [Int] {
    try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap {
      try? JSONDecoder().decode(Trajectory.Entry.self, from: Data($0.utf8)).iteration
    }
  }

  /// The best so far, not the last, and not that of the network before training.
  @Test("A record that is opened again keeps what comes before the checkpoint, and knows the best")
  func reopened() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let accuracies = [0.9, 0.3, 0.4, 0.2, 0.8]
    let lines = accuracies.enumerated().map { #"{"iteration":\#($0),"testAccuracy":\#($1)}"# }
    try (lines + [#"{"iteration":5,"testAcc"#]).joined(separator: "\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try iterations(in: path) == [0, 1, 2, 3, 4])
    let trajectory = try Trajectory(path: path, keepingUntil: 3)
    #expect(trajectory.bestAccuracy == 0.4)
    #expect(try iterations(in: path) == [0, 1, 2, 3])
    #expect(try Trajectory(path: path, keepingUntil: 0).bestAccuracy == nil)
    #expect(try iterations(in: path).isEmpty)
  }

  @Test("Lines of another version are kept as they are")
  func otherVersions() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).jsonl").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let old = #"{"deviations":[{"metric":"latent","tensor":"f"}],"iteration":1,"testAccuracy":0.5}"#
    try "\(#"{"iteration":0}"#)\n\(old)\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(try Trajectory(path: path, keepingUntil: 1).bestAccuracy == 0.5)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == "\(#"{"iteration":0}"#)\n\(old)\n")
  }
}
#endif
