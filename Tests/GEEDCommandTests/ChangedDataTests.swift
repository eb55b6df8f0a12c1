// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Data that are edited between a run and its resumption.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct ChangedDataTests {
  private let scratch: Scratch
  private let model: String

  init() throws {
    scratch = try Scratch()
    let fixture = Fixtures.path("Tests/GEEDOnnxTests/Fixtures/external-data")
    model = try scratch.write(
      try Data(contentsOf: URL(fileURLWithPath: "\(fixture).onnx")), to: "external-data.onnx")
    _ = try scratch.write(
      try Data(contentsOf: URL(fileURLWithPath: "\(fixture).bin")), to: "external-data.bin")
  }

  /// 40 examples of which some are changed in one number.
  private func write(_ name: String, changing examples: [Int] = []) throws -> String {
    var bytes = numPyFile([40, 3, 8, 8])
    // The lowest byte of a number in the middle of the example.
    for example in examples { bytes[bytes.count - (40 - example) * 3 * 64 * 4 + 400] ^= 1 }
    return try scratch.write(bytes, to: name)
  }

  private func measure(_ data: String, _ more: String...) throws -> Tool.Outcome {
    try Tool.run(
      [
        "measure", model, "--data", data, "--group", "C4", "--samples", "12", "--scale-samples",
        "20", "--softmax", "logits", "--latent", "logits", "--threads", "1", "--json", "--store",
        scratch.path("a.sqlite"),
      ] + more)
  }

  @Test(
    "An example that has changed is named, whether or not it was among the first that are drawn")
  func changedExamples() throws {
    let data = try write("data.npy")
    let first = try measure(data)
    #expect(first.status == 0)
    let drawn = try Measured(json: first.output).results[0].perExample?.map(\.index) ?? []
    #expect(drawn.count == 12)
    // Number 0 and 7 tell data sets apart, 8 and 11 are of E, number 19 is of M alone.
    let all =
      try Measured(
        json: try measure(data, "--samples", "20", "--store", scratch.path("b.sqlite")).output
      ).results[0].perExample?.map(\.index) ?? []
    for place in [0, 7, 8, 11, 19] {
      let edited = try write("data.npy", changing: [all[place]])
      let refused = try measure(edited, "--resume")
      #expect(refused.status == 65, "\(place) \(refused.error)")
      #expect(refused.output == "")
      #expect(
        refused.error.contains(
          "Error: Example \(all[place]) of data.npy has changed since it was measured: its values "
            + "are others; restore it"), "\(refused.error)")
    }
    // One that was never drawn does not matter; the data as they were do not either, elsewhere.
    let never = try #require((0..<40).first { !all.contains($0) })
    #expect(
      try measure(try write("data.npy", changing: [never]), "--resume").output == first.output)
    let moved = try measure(try write("moved/data.npy"), "--resume")
    #expect(moved.error.hasPrefix("Continuing run 1"))
  }

  @Test("Other data are another run")
  func otherData() throws {
    _ = try measure(try write("data.npy"))
    let other = try measure(try write("data.npy", changing: Array(0..<40)), "--resume")
    #expect(other.status == 0)
    #expect(other.error.contains("has no run of these settings; beginning one."))
  }

  @Test("An example of the scale data that has changed is named")
  func scaleData() throws {
    let data = try write("data.npy")
    let scale = try scratch.write(
      numPyFile([40, 3, 8, 8]) { Float($0 % 97) / 97 }, to: "scale.npy")
    #expect(try measure(data, "--scale-data", scale).status == 0)
    var bytes = numPyFile([40, 3, 8, 8]) { Float($0 % 97) / 97 }
    for example in 0..<40 where example % 2 == 0 {
      bytes[bytes.count - (40 - example) * 768 + 400] ^= 1
    }
    _ = try scratch.write(bytes, to: "scale.npy")
    let refused = try measure(data, "--scale-data", scale, "--resume")
    #expect(refused.status == 65)
    #expect(refused.error.contains(" of scale.npy has changed since it was measured"))
  }

  @Test("Shards with other weights beside the model say so")
  func otherWeights() throws {
    let data = try write("data.npy")
    #expect(try measure(data, "--shard", "1/2").status == 0)
    var weights = try Data(contentsOf: URL(fileURLWithPath: scratch.path("external-data.bin")))
    weights[0] ^= 1
    _ = try scratch.write(weights, to: "external-data.bin")
    #expect(try measure(data, "--shard", "2/2").status == 0)
    let refused = try Tool.run(["merge", scratch.path("a.sqlite"), "-o", scratch.path("m.sqlite")])
    #expect(refused.status == 65)
    #expect(
      refused.error.contains("they differ in the weights beside the model (external-data.bin)."),
      "\(refused.error)")
  }

  @Test("Shards between which the data were changed, or which differ in a setting, say so")
  func otherSettings() throws {
    let data = try write("data.npy")
    #expect(try measure(data, "--shard", "1/2").status == 0)
    #expect(try measure(data, "--shard", "2/2", "--batch", "7").status == 0)
    let refused = try Tool.run(["merge", scratch.path("a.sqlite"), "-o", scratch.path("m.sqlite")])
    #expect(refused.error.contains("they differ in the settings (plan.batchSize: 16 and 7)."))
  }
}
