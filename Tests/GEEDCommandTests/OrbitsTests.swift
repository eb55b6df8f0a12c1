// SPDX-License-Identifier: MIT

import Foundation
import GEEDData
import Testing

/// `geed orbits`, and `geed measure --outputs`.
@Suite struct OrbitsTests {
  private static let options = [
    "--group", "C8", "--samples", "5", "--scale-samples", "8", "--seed", "3",
  ]
  /// 5 orbits of 8, and 3 further examples for M.
  private static let rowCount = 43

  /// The inputs, and the sums of the rows and columns of each as the example of `exec:` computes them.
  private struct Inputs {
    let scratch: Scratch
    var manifest: String { scratch.path("orbits.json") }
    let sums: [Double]

    init(_ more: [String] = []) throws {
      let scratch = try Scratch()
      self.scratch = scratch
      let output = try Tool.output(
        of: ["orbits", "glyphs", "-o", scratch.path("orbits.npy")] + OrbitsTests.options + more)
      #expect(output.contains("43 rows of 1 x 28 x 28, 5 orbits of 8 and 3 further examples for M"))
      let names =
        more.isEmpty ? ["orbits.npy"] : ["orbits-1.npy", "orbits-2.npy", "orbits-3.npy"]
      let numbers = try names.flatMap { try Self.floats(inFile: scratch.path($0)) }
      #expect(numbers.count == OrbitsTests.rowCount * 784)
      sums = stride(from: 0, to: numbers.count, by: 784).flatMap { start in
        var sums = [Float](repeating: 0, count: 56)
        for pixel in 0..<784 {
          sums[pixel / 28] += numbers[start + pixel]
          sums[28 + pixel % 28] += numbers[start + pixel]
        }
        return sums.map(Double.init)
      }
    }

    static func floats(inFile path: String) throws -> [Float] {
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let data = bytes[(10 + Int(bytes[8]) + Int(bytes[9]) << 8)...]
      return Array(data).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }

    /// Writes an archive of the sums, by default of all rows in order.
    func outputs(_ rows: [Int] = Array(0..<OrbitsTests.rowCount), index: [Int]? = nil) throws
      -> String
    {
      let chosen = rows.flatMap { sums[$0 * 56..<($0 + 1) * 56] }
      var arrays = [("sums", NumPyArray(chosen, shape: [rows.count, 56]))]
      if let index { arrays.append(("index", NumPyArray(index, shape: [index.count]))) }
      return try scratch.write(try NumPyFile.archive(arrays), to: "sums.npz")
    }

    func measure(_ paths: [String], _ more: [String] = []) throws -> Tool.Outcome {
      try Tool.run(
        ["measure", "--manifest", manifest, "--latent", "sums"]
          + paths.flatMap { ["--outputs", $0] } + more)
    }
  }

  @Test("The digits are those of measuring the model itself, whatever the files and their order")
  func digits() throws {
    let program = try ProgramTests.exampleInC
    let direct = try Measured(
      json: Tool.output(
        of: ["measure", program, "--data", "glyphs", "--latent", "sums", "--json"] + Self.options))
    let inputs = try Inputs()
    func expectEqual(_ paths: [String]) throws {
      let outcome = try inputs.measure(paths, ["--json"])
      #expect(outcome.error == "")
      try Measured(json: outcome.output).expectEqual(direct, relative: 0, absolute: 0)
    }
    try expectEqual([inputs.outputs()])
    let reversed = Array((0..<Self.rowCount).reversed())
    try expectEqual([inputs.outputs(reversed, index: reversed)])
    let parts = try [0..<20, 20..<Self.rowCount].enumerated().map { number, rows in
      let path = inputs.scratch.path("part\(number).npz")
      try FileManager.default.moveItem(atPath: inputs.outputs(Array(rows)), toPath: path)
      return path
    }
    try expectEqual(parts)
    // The same inputs, in several files.
    #expect(try Inputs(["--rows", "16"]).sums == inputs.sums)
  }

  @Test("Integers are labels: classes, and maps of them with and without an axis of channels")
  func labels() throws {
    let scratch = try Scratch()
    let orbits = scratch.path("orbits.npy")
    _ = try Tool.output(
      of: [
        "orbits", "glyphs", "--group", "C4", "--samples", "4", "--scale-samples", "4", "-o", orbits,
      ])
    let numbers = try Inputs.floats(inFile: orbits)
    let rows = numbers.count / 784
    let labels = numbers.map { $0 > 0.5 ? 3 : 1 }
    let classes = (0..<rows).map { row in labels[row * 784..<(row + 1) * 784].reduce(0, +) % 7 }
    let outputs = try scratch.write(
      try NumPyFile.archive([
        ("map", NumPyArray(labels, shape: [rows, 28, 28])),
        ("channel", NumPyArray(labels, shape: [rows, 1, 28, 28])),
        ("class", NumPyArray(classes, shape: [rows])),
      ]), to: "labels.npz")
    func measured(_ probe: String, _ rest: [String] = []) throws -> Tool.Outcome {
      try Tool.run(
        [
          "measure", "--outputs", outputs, "--manifest", scratch.path("orbits.json"),
          "--equivariance", probe, "--distance", "mismatch", "--reference", "original", "--json",
        ] + rest)
    }
    for (probe, isEqual) in [
      ("map=spatial", true), ("map=trivial", false), ("channel=spatial", true),
      ("channel=trivial", false), ("class=trivial", true),
    ] {
      let outcome = try measured(probe)
      #expect(outcome.status == 0, "\(probe): \(outcome.error)")
      let value = try #require(Measured(json: outcome.output).results[0].value)
      #expect(isEqual ? value == 0 : value > 0.01, "\(probe)")
    }
    let stated = try measured("channel=spatial", ["--layout-of", "channel=nchw"])
    #expect(try Measured(json: stated.output).results[0].value == 0)
    let large = try scratch.write(
      NumPyArray(Array(repeating: 1 << 25 + 1, count: rows), shape: [rows]).bytes, to: "y.npy")
    let refused = try Tool.run([
      "measure", "--outputs", large, "--manifest", scratch.path("orbits.json"), "--equivariance",
      "y=trivial", "--distance", "mismatch",
    ])
    #expect(refused.status == 65 && refused.error.contains("integers of at most 2^24"))
  }

  @Test("Notes on the data are printed, also of those for M")
  func notes() throws {
    let scratch = try Scratch()
    let data = try scratch.write(numPyFile([3, 1, 4, 4]) { Float($0 % 256) }, to: "a.npy")
    let scale = try scratch.write(numPyFile([4, 1, 4, 4]) { Float($0 % 99) }, to: "b.npy")
    let output = try Tool.output(
      of: [
        "orbits", data, "--scale-data", scale, "--group", "C4", "-o", scratch.path("o.npy"),
      ])
    #expect(output.contains("note: The numbers of 'a.npy' are from 0 to 47"), "\(output)")
    #expect(output.contains("note: for M: The numbers of 'b.npy' are from 0 to 63"), "\(output)")
  }

  @Test("Wrong outputs, data and options are a sentence and a code")
  func refused() throws {
    let inputs = try Inputs()
    func expect(_ outcome: Tool.Outcome, _ status: Int32, _ text: String) {
      #expect(outcome.status == status, "\(outcome.error)")
      #expect(outcome.error.contains(text), "\(outcome.error)")
    }
    let all = try inputs.outputs()
    expect(try inputs.measure([all], ["--seed", "4"]), 65, "is not among those of")
    expect(try inputs.measure([all], ["--samples", "9"]), 65, "is not among those of")
    expect(try inputs.measure([all], ["--control", "noise"]), 64, "needs the model")
    expect(try inputs.measure([]), 64, "'--outputs' and '--manifest' belong together")
    expect(try inputs.measure(["nothing.npz"]), 66, "Expected a NumPy archive at 'nothing.npz'")
    expect(try inputs.measure([all, all]), 65, "expected 43 rows of 'sums'")
    expect(
      try Tool.run(["measure", "--outputs", all, "--latent", "sums"]), 64,
      "'--outputs' needs '--manifest'")
    expect(
      try Tool.run(["measure", "--outputs", all, "--manifest", all, "--latent", "sums"]), 65,
      "expected a manifest of 'geed orbits'")
    expect(
      try inputs.measure([inputs.outputs(Array(0..<42))]), 65,
      "expected 43 rows of 'sums', one for each input of \(inputs.scratch.path("orbits.npy")), but "
        + "found 42")
    expect(
      try inputs.measure([inputs.outputs(index: Array(repeating: 1, count: 43))]), 65,
      "each number from 0 to 42 once in 'index'")
    expect(
      try Tool.run(["orbits", "glyphs", "--group", "C4", "-o", "orbits.npz"]), 64,
      "'--output' must end in .npy")
  }
}
