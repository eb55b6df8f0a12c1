// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import Testing

@Suite("geed reproduce") struct ReproduceTests {
  private func arguments(_ figure: String, in scratch: Scratch, _ name: String) -> [String] {
    [
      "reproduce", figure, "--scale", "tiny", "--data", "glyphs", "--jobs", "2",
      "--store", scratch.path("\(name).sqlite"), "--output", scratch.path(name),
    ]
  }

  /// The tables and claims, without what tells times and places.
  private func figure(_ output: String) -> [Substring] {
    output.split(separator: "\n").drop { !$0.hasPrefix("CNN, the mean") }
      .filter { !$0.contains(".sqlite") }
  }

  @Test("A figure is trained, measured and tested, and drawn again from the store alone")
  func figure2() throws {
    let scratch = try Scratch()
    let arguments = arguments("figure2", in: scratch, "a")
    let first = try Tool.output(of: arguments)
    #expect(first.contains("Estimate:"))
    #expect(first.contains("C8-CNN 1: 6 iterations"))
    #expect(first.contains("In every block the C8-CNN is closer"))
    #expect(figure(first).count > 60)
    // A network that another training wrote is refused.
    let files = FileManager.default
    let kept = scratch.path("kept.safetensors")
    let changed = scratch.path("a/tiny/CNN-0/model.safetensors")
    try files.moveItem(atPath: changed, toPath: kept)
    try files.copyItem(
      atPath: scratch.path("a/tiny/CNN-1/model.safetensors"), toPath: changed)
    let refused = try Tool.run(self.arguments("figureA4", in: scratch, "a"))
    #expect(refused.status == 65)
    #expect(refused.error.contains("'\(changed)' was not written by the training in the store"))
    try files.removeItem(atPath: changed)
    try files.moveItem(atPath: kept, toPath: changed)
    // The same networks are searched for channel permutations.
    let permutations = try Tool.output(of: self.arguments("figureA4", in: scratch, "a"))
    #expect(!permutations.contains(": 6 iterations"))
    #expect(permutations.contains("block6, agreement with the fields"))
    #expect(permutations.contains("In the C8-CNN the permutations of its fields are found"))
    let network = scratch.path("a/tiny/C8-CNN-0/best.onnx")
    #expect(FileManager.default.fileExists(atPath: network))
    try FileManager.default.removeItem(atPath: scratch.path("a"))
    let second = try Tool.output(of: arguments)
    #expect(!second.contains("Estimate:"))
    #expect(figure(second) == figure(first))
    // Figure 7 needs nothing that Figure 2 has not measured.
    let other = try Tool.output(of: self.arguments("figure7", in: scratch, "a"))
    #expect(!other.contains("Estimate:") && other.contains("latent cosine without M"))
  }

  @Test("Killed in the middle of a training, a figure continues and ends with the same numbers")
  func killedAndResumed() throws {
    let scratch = try Scratch()
    let whole = try Tool.output(of: arguments("figure2", in: scratch, "whole"))
    let arguments = arguments("figure2", in: scratch, "killed")
    let checkpoint = scratch.path("killed/tiny/C8-CNN-0/checkpoint.safetensors")
    let killed = try Tool.run(
      arguments, signal: (SIGKILL, when: { FileManager.default.fileExists(atPath: checkpoint) }))
    #expect(killed.status == 128 + SIGKILL)
    let resumed = try Tool.output(of: arguments + ["--resume"])
    #expect(figure(resumed) == figure(whole))
    for network in ["CNN-0", "CNN-1", "C8-CNN-0", "C8-CNN-1"] {
      let weights = try ["whole", "killed"].map {
        try Data(
          contentsOf: URL(fileURLWithPath: scratch.path("\($0)/tiny/\(network)/model.safetensors")))
      }
      let isSame = weights[0] == weights[1]
      #expect(isSame, "\(network)")
    }
  }

  @Test("Other data are measured with trained and untrained networks")
  func figure3() throws {
    let scratch = try Scratch()
    let output = try Tool.output(of: arguments("figure3", in: scratch, "a"), limit: 300)
    #expect(output.contains("mnist-fog-3"))
    #expect(output.contains("untrained C8-CNN"))
    #expect(output.contains("The untrained CNN is the least invariant"))
    let other = try Tool.output(of: arguments("figure8", in: scratch, "a"))
    #expect(!other.contains("Estimate:"))
  }

  @Test(
    "Data that are missing are named", arguments: [("figure3", "kmnist"), ("figure2", "nowhere")])
  func missing(figure: String, named: String) throws {
    let scratch = try Scratch()
    let outcome = try Tool.run([
      "reproduce", figure, "--scale", "tiny", "--data", scratch.path("nowhere"),
      "--store", scratch.path("a.sqlite"), "--output", scratch.path("a"),
    ])
    #expect([64, 66].contains(outcome.status))
    #expect(outcome.error.contains(named))
    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
  }
}
#endif
