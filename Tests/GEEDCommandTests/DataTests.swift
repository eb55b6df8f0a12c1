// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// `geed data`.
struct DataTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("The embedded data set is described in two lines")
  func summary() throws {
    let text = try Tool.output(of: ["data", "glyphs"])
    #expect(
      text.wholeMatch(
        of:
          /glyphs \(test\): 10000 examples of 1 x 28 x 28 in 10 classes\nvalues 0 … \S+, mean \S+, over 50 examples \(seed 0\)\n/
      ) != nil, "\(text)")
  }

  @Test("Range and mean are those of the numbers that a model would see")
  func range() throws {
    let values: [Float] = [-1, 0, 1, 4]
    let data = try scratch.write(numPyFile([4, 1, 2, 2]) { values[$0 / 4] }, to: "four.npy")
    let text = try Tool.output(of: ["data", data, "--samples", "all"])
    #expect(
      text == """
        four.npy: 4 examples of 1 x 2 x 2
        values -1.000 … 4.000, mean 1.000, over 4 examples (seed 0)

        """)
    let scaled = try Tool.output(of: ["data", data, "--mean", "1", "--std", "2"])
    #expect(scaled.contains("values -1.000 … 1.500, mean 0, over"))
  }

  @Test("The contact sheet has a column for each element and a row for each example")
  func preview() throws {
    let sheet = scratch.path("sheet.png")
    let text = try Tool.output(
      of: ["data", "glyphs", "--group", "D3", "--rows", "2", "--preview", sheet])
    #expect(text.contains(/sheet.png: columns r0 r1 r2 r0s r1s r2s; rows examples \d+ \d+\n$/))
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: sheet)))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    // 28 pixels, three times larger, and a gap of 2 around each: 6 · 86 + 2 and 2 · 86 + 2.
    #expect(bytes[16..<24].elementsEqual([0, 0, 2, 6, 0, 0, 0, 174]))
  }

  @Test("An export is the data set, example by example")
  func export() throws {
    let data = try scratch.write(
      numPyFile([4_000, 1, 28, 28], type: "|u1", bytes: (0..<3_136_000).map { UInt8($0 % 251) }),
      to: "bytes.npy")
    let copy = scratch.path("copy.npy")
    let plain = try Tool.run(["data", data])
    let outcome = try Tool.run(["data", data, "--export", copy])
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.hasSuffix("copy.npy: 4000 examples\n"))
    // As float32, behind a header.
    let size = try FileManager.default.attributesOfItem(atPath: copy)[.size] as? Int
    #expect(size == 4 * 3_136_000 + 128)
    // All of them in memory would be 12 MiB.
    #expect(
      outcome.peakMemory - plain.peakMemory < 4 << 20,
      "\(plain.peakMemory >> 10) and \(outcome.peakMemory >> 10) KiB")
    let again = try Tool.output(of: ["data", copy])
    #expect(again.split(separator: "\n").last == plain.output.split(separator: "\n").last)
  }

  @Test("Class numbers are exported for all examples, or not at all")
  func exportLabels() throws {
    let labels = scratch.path("labels.npy")
    let text = try Tool.output(
      of: ["data", "glyphs", "--samples", "3", "--export-labels", labels])
    #expect(text.hasSuffix("labels.npy: 10000 class numbers\n"))
    let data = try scratch.write(numPyFile([4, 1, 2, 2]), to: "four.npy")
    let outcome = try Tool.run(["data", data, "--export-labels", scratch.path("none.npy")])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("'--export-labels': four.npy has no classes."))
  }

  @Test("Changes of all pictures are named, and happen to values in 0…1")
  func adaptation() throws {
    let values: [Float] = [0, 0.25, 0.5, 1]
    let data = try scratch.write(numPyFile([4, 3, 2, 2]) { values[$0 / 12] }, to: "four.npy")
    let text = try Tool.output(
      of: ["data", data, "--grey", "--invert", "--samples", "all", "--mean", "0.5", "--std", "0.5"])
    #expect(
      text == """
        four.npy, grey, inverted: 4 examples of 1 x 2 x 2
        values -1.000 … 1.000, mean 0.1250, over 4 examples (seed 0)

        """)
    let worse = try Tool.output(
      of: ["data", "glyphs-sketched", "--rotated", "--classes", "9", "--corruption", "fog:3"])
    #expect(
      worse.hasPrefix(
        "rotated glyphs-sketched (test), classes 0-8, fog 3: 9000 examples of 1 x 28 x 28 in 9"))
  }

  @Test(
    "What cannot be is refused",
    arguments: [
      ["--corruption", "fog:6"], ["--corruption", "fog"], ["--corruption", "mist:1"],
      ["--classes", "0"],
    ])
  func badAdaptation(options: [String]) throws {
    let outcome = try Tool.run(["data", "glyphs"] + options)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(options[0]))
  }
}
