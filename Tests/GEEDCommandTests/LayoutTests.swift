// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// The order of axes of what is measured: read off the graph, said with '--layout-of', or refused.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct LayoutTests {
  private let scratch: Scratch
  private let model: String
  private let data: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("orders.onnx")
    try LayoutModels.orders().write(to: model)
    data = try scratch.write(numPyFile([9, 3, 6, 6]), to: "x.npy")
  }

  @Test("One map in four orders has one value", arguments: ["flip", "C4", "C8"])
  func sameValue(group: String) throws {
    let measured = try measure(
      ["--group", group] + ["c", "h", "t", "s", "restored"].flatMap { ["--channelwise", $0] })
    let expected = try #require(measured.result("channelwise", "c").value)
    #expect(expected > -0.95 && expected < 0)
    for tensor in ["h", "t", "s", "restored"] {
      let value = try #require(measured.result("channelwise", tensor).value)
      // The same Float numbers; only the order of sums in Double may differ.
      #expect(abs(value - expected) < 1e-9, "\(tensor)")
    }
    #expect(
      try measured.result("channelwise", "s").notes?.contains {
        $0.hasPrefix("The 2 tokens before the grid") && $0.hasSuffix("are set aside.")
      } == true)
  }

  @Test("The layout stands in the text where it is not plain, and in JSON always")
  func printed() throws {
    let arguments = ["--group", "flip", "--channelwise", "c", "--channelwise", "s"]
    let text = try Tool.output(of: command(arguments))
    #expect(text.contains("metric       tensor  layout        "))
    #expect(text.contains("channelwise  s       tokens:6x6+2  "))
    let document = try JSONSerialization.jsonObject(
      with: Data(Tool.output(of: command(arguments + ["--json"])).utf8))
    let results = try #require((document as? [String: Any])?["results"] as? [[String: Any]])
    #expect(results.map { $0["layout"] as? String } == ["nchw", "tokens:6x6+2"])
    #expect(results.allSatisfy { $0["fields"] is NSNull })
    let plain = try Tool.output(of: command(["--group", "flip", "--channelwise", "c"]))
    #expect(!plain.contains("layout"))
  }

  @Test(
    "What is no feature map is refused",
    arguments: [
      ("a", "[N, 38, 38]", "holds a number for every pair of places, as attention does"),
      ("flat", "[N, 4, 36]", "has its grid on one axis, behind the channels"),
      ("windows", "[N, 3, 3, 2, 2, 4]", "holds windows of the grid"),
      ("rolled", "[N, 6, 6, 4]", "has its rows shifted by 2 of 6"),
      ("bottom", "[N, 4, 6, 4]", "holds only 4 of 6 rows"),
      ("vector", "[N, 4]", "is a vector, without a grid"),
    ])
  func refused(tensor: String, shape: String, reason: String) throws {
    let outcome = try Tool.run(command(["--group", "flip", "--channelwise", tensor]))
    #expect(outcome.status == 64)
    #expect(
      outcome.error.contains(
        "Tensor '\(tensor)' of shape \(shape) cannot be measured channel by channel: it \(reason)."),
      "\(outcome.error)")
  }

  @Test("What the graph does not determine is refused with the flag, and measured with it")
  func unknown() throws {
    let outcome = try Tool.run(command(["--group", "flip", "--channelwise", "made"]))
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("specify them with --layout-of 'made=nchw', 'made=nhwc'"))
    let told = try measure(
      ["--group", "flip", "--channelwise", "made", "--layout-of", "ma*=nchw"])
    #expect(told.results[0].value != nil)
  }

  @Test("A layout that is said counts more than the graph's")
  func override() throws {
    let measured = try measure(
      [
        "--group", "flip", "--channelwise", "t", "--channelwise", "c", "--layout-of",
        "t=tokens:4x9",
      ])
    let (tokens, map) = (measured.results[1].value, measured.results[0].value)
    #expect(try abs(#require(tokens) - #require(map)) > 1e-3)
  }

  @Test(
    "A layout that does not fit is a usage error that says the shape",
    arguments: [
      ("t", "tokens:5x7", "[N, 36, 4]"), ("t", "tokens:6x6+1", "[N, 36, 4]"),
      ("t", "nhwc", "[N, 36, 4]"), ("h", "tokens:6x6", "[N, 6, 6, 4]"),
    ])
  func misfit(tensor: String, layout: String, shape: String) throws {
    let outcome = try Tool.run(
      command(["--group", "flip", "--channelwise", tensor, "--layout-of", "\(tensor)=\(layout)"]))
    #expect(outcome.status == 64)
    #expect(
      outcome.error.contains("'--layout-of \(tensor)=\(layout)' does not fit the tensor"),
      "\(outcome.error)")
    #expect(outcome.error.contains(shape))
  }

  @Test("A layout for a tensor that is not measured, or no layout, is a usage error")
  func badOptions() throws {
    for option in ["h=nchw", "c=hwcn", "c=tokens:6x", "nothing=nchw"] {
      let outcome = try Tool.run(
        command(["--group", "flip", "--channelwise", "c", "--layout-of", option]))
      #expect(outcome.status == 64, "\(option)")
    }
  }

  @Test("A pattern leaves out what cannot be measured, and says how much and why")
  func pattern() throws {
    let arguments = ["--group", "flip", "--channelwise", "*", "--latent", "*"]
    let text = try Tool.output(of: command(arguments))
    #expect(text.contains("note: --channelwise leaves "))
    #expect(text.contains("one, which holds a number for every pair of places"))
    #expect(text.contains("('--layout-of' specifies it) (made)"))
    let json = try JSONSerialization.jsonObject(
      with: Data(Tool.output(of: command(arguments + ["--json"])).utf8))
    let document = try #require(json as? [String: Any])
    let results = try #require(document["results"] as? [[String: Any]])
    let maps = results.filter { $0["metric"] as? String == "channelwise" }
    #expect(
      maps.map { $0["tensor"] as? String }
        == ["c", "h", "t", "s", "restored"])
    let groups = try #require(document["leftOut"] as? [[String: Any]])
    let attention = groups.first { ($0["tensors"] as? [String])?.contains("a") == true }
    #expect(attention?["option"] as? String == "--channelwise")
    // Every tensor is measured or left out.
    let leftOut = groups.filter { $0["option"] as? String == "--channelwise" }
      .reduce(0) { $0 + (($1["tensors"] as? [String])?.count ?? 0) }
    #expect(maps.count + leftOut == 20)
    let none = try Tool.run(command(["--group", "flip", "--channelwise", "{a,v}*"]))
    #expect(none.status == 64)
    let allLeftOut = try Tool.run(command(["--group", "flip", "--channelwise", "?o*"]))
    #expect(allLeftOut.status == 64)
    #expect(allLeftOut.error.contains("none of which can be measured"), "\(allLeftOut.error)")
  }

  @Test("A pattern that matches one tensor is as strict as its name")
  func strictPattern() throws {
    let outcome = try Tool.run(command(["--group", "flip", "--channelwise", "vec*"]))
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("Tensor 'vector' of shape [N, 4] cannot be measured"))
  }

  @Test("A resumed run knows its layouts")
  func resumed() throws {
    let store = scratch.path("runs.sqlite")
    let arguments = ["--group", "flip", "--channelwise", "made", "--store", store]
    let first = try measure(arguments + ["--layout-of", "made=nchw"])
    let again = try Tool.run(
      command(arguments + ["--layout-of", "made=nchw", "--resume", "--json"]))
    #expect(try Measured(json: again.output).results[0].value == first.results[0].value)
    let other = try Tool.run(command(arguments + ["--layout-of", "made=nhwc", "--resume"]))
    #expect(other.error.contains("no run of these settings"))
  }

  @Test("A rectangular map of square pictures is refused without advice to crop the pictures")
  func rectangular() throws {
    let path = scratch.path("rectangular.onnx")
    try LayoutModels.rectangular().write(to: path)
    let outcome = try Tool.run(
      ["measure", path, "--data", data, "--group", "C4", "--channelwise", "c"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("has a grid of 6x3, which the quarter turns of C4 do not map"))
    #expect(!outcome.error.contains("crop"))
    let flip = try measure(path, ["--group", "flip", "--channelwise", "c"])
    #expect(flip.results[0].value != nil)
  }

  @Test("geed layers lists what can be measured with its layout, and the rest with --all")
  func layers() throws {
    let text = try Tool.output(of: ["layers", model])
    #expect(text.contains("N x 38 x 4"))
    #expect(text.contains("tokens:6x6+2"))
    #expect(!text.contains("windows"))
    #expect(text.contains(" of 20 tensors; --all lists the others too."))
    let all = try Tool.output(of: ["layers", model, "--all"])
    #expect(all.contains("windows"))
    #expect(all.split(separator: "\n").count == 22)  // input, heading and 20 tensors
  }

  @Test("The batch axis is N in a model of fixed batch size")
  func fixedBatch() throws {
    for batch in [1, 3] {
      let path = scratch.path("fixed-\(batch).onnx")
      try LayoutModels.orders(batch: .fixed(batch)).write(to: path)
      let text = try Tool.output(of: ["layers", path, "--all"])
      for line in text.split(separator: "\n").dropFirst(2) {
        #expect(line.contains(" N x "), "\(line)")
      }
      let measured = try measure(
        path, ["--group", "flip", "--channelwise", "c", "--channelwise", "s"])
      let difference =
        try #require(measured.results[0].value) - #require(measured.results[1].value)
      #expect(abs(difference) < 1e-9)
    }
  }

  @Test("A part of a grid is no grid, and a coarser or padded one is")
  func parts() throws {
    let path = scratch.path("parts.onnx")
    try LayoutModels.parts().write(to: path)
    let whole = ["c", "every", "even", "uneven", "back"]
    let measured = try measure(
      path, ["--group", "flip"] + whole.flatMap { ["--channelwise", $0] })
    #expect(measured.results.allSatisfy { $0.value != nil })
    #expect(
      try measured.result("channelwise", "back").value
        == measured.result("channelwise", "c").value)
    let unknown = "cannot be read off the graph"
    for (tensor, reason) in [
      ("some", unknown), ("gathered", unknown), ("region", unknown), ("gram", unknown),
      ("mixed", unknown), ("written", unknown),
      ("three", "it has 3 more rows added or cut off at one border than at the other"),
      ("wide", "it has 3 more rows added"), ("cropped", "it has 2 more rows added or cut off"),
      ("shifted", "it has 4 more rows added or cut off"),
    ] {
      let outcome = try Tool.run(
        ["measure", path, "--data", data, "--group", "flip", "--channelwise", tensor])
      #expect(outcome.status == 64, "\(tensor)")
      #expect(outcome.error.contains(reason), "\(outcome.error)")
    }
  }

  private func command(_ arguments: [String]) -> [String] {
    ["measure", model, "--data", data] + arguments
  }

  private func measure(_ arguments: [String]) throws -> Measured {
    try measure(model, arguments)
  }

  private func measure(_ path: String, _ arguments: [String]) throws -> Measured {
    try Measured(
      json: Tool.output(of: ["measure", path, "--data", data, "--json"] + arguments))
  }
}
