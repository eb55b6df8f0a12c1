// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// '--fields': how a group permutes channels, in 'geed measure' and 'geed layers --linear-check'.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct FieldTests {
  private let scratch: Scratch
  private let model: String
  private let data: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("c4.onnx")
    try LayoutModels.groupNetwork().write(to: model)
    data = try scratch.write(numPyFile([6, 1, 6, 6]), to: "x.npy")
  }

  @Test(
    "Regular fields are equivariant in every order of their channels",
    arguments: [
      ("lift", "regular"), ("lift", "regular*3"), ("lift", "regular*2+regular"),
      ("lift", "regular:field-major"), ("five", "regular"), ("major", "regular:group-major"),
      ("first", "regular:group-major"), ("group", "regular"),
    ])
  func equivariant(tensor: String, fields: String) throws {
    let json = try Tool.output(
      of: command(["--channelwise", tensor, "--fields", "\(tensor)=\(fields)", "--json"]))
    // Sums of Float in another order: seven digits.
    #expect(abs(try #require(Measured(json: json).results[0].value) + 1) < 1e-6)
    #expect(json.contains("\"fields\" : \"regular"))
  }

  @Test("The wrong order, or none, is not equivariant")
  func wrongOrder() throws {
    for (tensor, fields) in [("lift", "regular:group-major"), ("major", "regular")] {
      let json = try Tool.output(
        of: command(["--channelwise", tensor, "--fields", "\(tensor)=\(fields)", "--json"]))
      #expect(try #require(Measured(json: json).results[0].value) > -0.9)
    }
  }

  @Test(
    "Fields that do not fill the channels, and five axes without fields, are refused",
    arguments: [
      ("lift", "regular*2", "has 12 channels, but fields 'regular*2' of C4 take 8 channels"),
      ("lift", "regular*2+trivial*5", "but fields 'regular*2+trivial*5' of C4 take 13 channels"),
      ("five", "regular:group-major", "channels on axes of lengths [3, 4], which are no fields"),
      ("five", "regular*2+trivial*4", "channels on axes of lengths [3, 4], which are no fields"),
      ("five", nil, "has its channels on several axes; '--fields"),
    ])
  func refused(tensor: String, fields: String?, reason: String) throws {
    let option = fields.map { ["--fields", "\(tensor)=\($0)"] } ?? []
    let outcome = try Tool.run(command(["--channelwise", tensor] + option))
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(reason), "\(outcome.error)")
    #expect(outcome.error.contains("Tensor '\(tensor)' of shape [N, "))
  }

  @Test(
    "What is no list of fields is a usage error",
    arguments: [
      "lift=", "lift=regular*", "lift=regular*0", "lift=regular+", "lift=irregular",
      "lift=quotient", "lift=regular:middle", "lift=regular*99999999999999999999",
    ])
  func badText(option: String) throws {
    #expect(try Tool.run(command(["--channelwise", "lift", "--fields", option])).status == 64)
  }

  @Test("Fields that are not stated are found, and compared with those that are")
  func discovered() throws {
    let found = ["--channelwise", "lift", "--fields", "lift=discover"]
    let table = try Tool.output(of: command(found + ["--fields", "lift=regular"]))
    #expect(table.contains(#/representation of C4 +-1\.000 /#))
    #expect(table.contains(#/declared: regular +-1\.000 /#))
    #expect(table.contains("found on 3 examples, measured on 3 others"))
    #expect(table.contains("that of 'regular' on 100 %"))
    let json = try Tool.output(of: command(found + ["--json"]))
    #expect(json.contains("\"relation\" : \"r1^4 = r0\""))
    #expect(!json.contains("\"declared\""))
    // The value itself is that of the channels in place.
    let plain = try Tool.output(of: command(["--channelwise", "lift", "--json"]))
    try Measured(json: json).expectEqual(Measured(json: plain), relative: 0)
    #expect(!plain.contains("permutations"))
  }

  @Test("Signs of channels are found where they are asked for")
  func discoveredSigns() throws {
    let found = ["--channelwise", "lift", "--fields", "lift=discover-signed"]
    let table = try Tool.output(of: command(found))
    #expect(table.contains(#/signed representation of C4 +-1\.000 /#))
    // The channels of a lifting layer are turned copies, none of them negative.
    #expect(table.contains("channels whose sign changes: 0 under r1 (0 with its best permutation)"))
    let json = try Tool.output(of: command(found + ["--json"]))
    #expect(json.contains("\"negated\""))
    let outcome = try Tool.run(command(found + ["--plan", "5%"]))
    #expect(outcome.error.contains("'--fields lift=discover-signed' needs"), "\(outcome.error)")
    let plain = try Tool.output(
      of: command(["--channelwise", "lift", "--fields", "lift=discover", "--json"]))
    #expect(!plain.contains("negated"))
  }

  @Test("A resumed run finds the same permutations as a whole one")
  func resumed() throws {
    let store = scratch.path("runs.sqlite")
    let probe = ["--channelwise", "lift", "--fields", "lift=discover"]
    let whole = try Tool.output(of: command(probe + ["--store", store]))
    let again = try Tool.run(command(probe + ["--store", store, "--resume"]))
    #expect(again.output == whole)
    let exported = try Tool.output(of: ["export", "1", "--store", store, "--format", "json"])
    #expect(exported.contains("\"representation\""))
  }

  @Test(
    "Permutations are not searched where the answer would not be one",
    arguments: [
      (["--shard", "1/2", "--store", "s.sqlite"], "leave it or '--shard' out"),
      (["--plan", "5%"], "leave it or '--plan' out"),
    ])
  func noDiscovery(options: [String], reason: String) throws {
    let outcome = try Tool.run(
      command(["--channelwise", "lift", "--fields", "lift=discover"] + options))
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(reason), "\(outcome.error)")
    for group in ["SO2:4:haar", "T3x3"] {
      let outcome = try Tool.run([
        "measure", model, "--data", data, "--group", group, "--channelwise", "lift", "--fields",
        "lift=discover",
      ])
      #expect(outcome.status == 64, "\(outcome.error)")
    }
    let check = try Tool.run([
      "layers", model, "--linear-check", "C4", "--fields", "lift=discover",
    ])
    #expect(check.error.contains("only for 'geed measure'"), "\(check.error)")
  }

  @Test("The linear check of a group network passes with its fields, and is broken without")
  func linearCheck() throws {
    let without = try Tool.output(of: ["layers", model, "--linear-check", "C4"])
    #expect(without.contains("broken by lift"))
    let with = try Tool.output(
      of: [
        "layers", model, "--linear-check", "C4", "--fields", "lift=regular", "--fields",
        "group=regular",
      ])
    #expect(with.split(separator: "\n").count { $0.contains("exact") && $0.contains("Conv") } == 2)
    for tensor in ["lift", "relu", "group"] {
      let line = with.split(separator: "\n").last { $0.contains("  \(tensor)  ") }
      #expect(line?.contains("equivariant") == true, "\(tensor)")
    }
    let partly = try Tool.output(
      of: ["layers", model, "--linear-check", "C4", "--fields", "lift=regular"])
    #expect(partly.contains("broken by group"))
  }

  @Test("Fields that do not fit a layer of the linear check say so")
  func linearCheckMisfit() throws {
    let text = try Tool.output(
      of: ["layers", model, "--linear-check", "C4", "--fields", "lift=regular*2"])
    #expect(text.contains("expected 8 channels"))
    let unknown = try Tool.run(
      ["layers", model, "--linear-check", "C4", "--fields", "nothing=regular"])
    #expect(unknown.status == 64)
  }

  private func command(_ arguments: [String]) -> [String] {
    ["measure", model, "--data", data, "--group", "C4"] + arguments
  }
}
