// SPDX-License-Identifier: MIT

import Foundation
import GEEDOnnx
import Testing

/// Groups on data that are not images, and random models.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct OtherDataTests {
  private let scratch: Scratch
  private let model: String
  private let data: String

  init() throws {
    scratch = try Scratch()
    model = scratch.path("vectors.onnx")
    try Self.network().write(to: model)
    data = try scratch.write(numPyFile([12, 6]) { Float($0 * $0 % 17) / 8 - 1 }, to: "x.npy")
  }

  /// A network of vectors of 6 numbers:
  ///
  /// | tensor | output |
  /// |---|---|
  /// | `cubes` | the cube of each number |
  /// | `sum` | two multiples of the sum of the squares |
  /// | `first` | the first number, twice |
  /// | `noisy` | the sum after random numbers were added |
  /// | `company`, `crowd` | the sum, and `noisy`, less 20 times the sum's mean over the batch |
  /// | `none` | no number |
  /// | `both`, `perhaps` | a sequence, and an optional value |
  private static func network() -> OnnxGraphBuilder {
    var builder = OnnxGraphBuilder(name: "vectors")
    builder.addInput("x", shape: [.symbol("n"), .fixed(6)])
    builder.addNode("Mul", inputs: ["x", "x"], outputs: ["squares"])
    builder.addNode("Mul", inputs: ["squares", "x"], outputs: ["cubes"])
    let ones: [Float] = (0..<12).map { Float($0 % 2 + 1) }
    builder.addConstant("ones", shape: [6, 2], ones)
    builder.addNode("MatMul", inputs: ["squares", "ones"], outputs: ["sum"])
    let selection: [Float] = (0..<12).map { $0 < 2 ? 1 : 0 }
    builder.addConstant("selection", shape: [6, 2], selection)
    builder.addNode("MatMul", inputs: ["x", "selection"], outputs: ["first"])
    builder.addNode("RandomNormalLike", inputs: ["squares"], outputs: ["noise"])
    builder.addNode("Add", inputs: ["squares", "noise"], outputs: ["moved"])
    builder.addNode("MatMul", inputs: ["moved", "ones"], outputs: ["noisy"])
    builder.addConstant("twenty", shape: [1], [Float(20)])
    for (name, source) in [("company", "sum"), ("crowd", "noisy")] {
      builder.addNode(
        "ReduceMean", inputs: ["sum"], outputs: ["\(name) mean"],
        attributes: ["axes": .integers([0])])
      builder.addNode("Mul", inputs: ["\(name) mean", "twenty"], outputs: ["\(name) level"])
      builder.addNode("Sub", inputs: [source, "\(name) level"], outputs: [name])
    }
    for (name, bound) in [("start", 0), ("end", 0), ("axis", 1)] {
      builder.addConstant(name, shape: [1], [Int64(bound)])
    }
    builder.addNode("Slice", inputs: ["sum", "start", "end", "axis"], outputs: ["none"])
    builder.addNode("SequenceConstruct", inputs: ["sum", "first"], outputs: ["both"])
    builder.addNode("Optional", inputs: ["sum"], outputs: ["perhaps"])
    let sizes = [
      ("cubes", 6), ("sum", 2), ("first", 2), ("noisy", 2), ("company", 2), ("crowd", 2),
      ("none", 0),
    ]
    for (name, size) in sizes {
      builder.addOutput(name, shape: [.symbol("n"), .fixed(size)])
    }
    return builder
  }

  private func command(_ group: String, _ rest: [String]) -> [String] {
    ["measure", model, "--data", data, "--group", group, "--json"] + rest
  }

  @Test(
    "A symmetric function is invariant, and one of single entries is not",
    arguments: ["S6@1", "S6@-1:20", "shift:3@1", "reverse@1", "matrix:MATRICES@1"])
  func invariance(group: String) throws {
    let group = group.replacing("MATRICES", with: try swaps())
    let json = try Tool.output(of: command(group, ["--latent", "sum", "--latent", "first"]))
    let results = try Measured(json: json)
    // Sums of Float in another order.
    #expect(try #require(results.result("latent", "sum").value) < 1e-6)
    #expect(try #require(results.result("latent", "first").value) > 0.1)
  }

  /// Writes two matrices that generate the permutations of 6 entries by 2 and 2.
  private func swaps() throws -> String {
    func matrix(_ images: [Int]) -> [Float] {
      (0..<36).map { images[$0 % 6] == $0 / 6 ? 1 : 0 }
    }
    let entries = matrix([1, 0, 2, 3, 4, 5]) + matrix([0, 1, 3, 2, 5, 4])
    return try scratch.write(numPyFile([2, 6, 6]) { entries[$0] }, to: "swaps.npy")
  }

  @Test(
    "Outputs that move as the input does are equivariant",
    arguments: ["S6@1:10", "shift:6@-1", "reverse@-1", "sign"])
  func equivariance(group: String) throws {
    let json = try Tool.output(of: command(group, ["--equivariance", "cubes=spatial"]))
    let value = try #require(Measured(json: json).results[0].value)
    // The network computes each number alike wherever it stands.
    #expect(value == 0)
    // The mean of odd outputs over the group is 0, to which no distance is relative.
    if group == "sign" { return }
    let still = try Tool.output(of: command(group, ["--equivariance", "cubes=trivial"]))
    #expect(try #require(Measured(json: still).results[0].value) > 0.1)
  }

  @Test("Arrays with two axes in each example are no images of one channel for these groups")
  func orbits() throws {
    let points = try scratch.write(numPyFile([3, 4, 2]), to: "points.npy")
    let moved = scratch.path("moved.npy")
    _ = try Tool.run(["orbits", points, "--group", "S4@1", "--samples", "2", "-o", moved])
    let shape = try Tool.output(of: ["data", moved, "--group", "S4@1"])
    #expect(shape.contains("examples of 4 x 2"), "\(shape)")
    let others = try scratch.write(numPyFile([5, 4, 2]), to: "others.npy")
    let scaled = try Tool.run([
      "orbits", points, "--group", "S4@1", "--scale-data", others, "-o", scratch.path("scaled.npy"),
    ])
    #expect(scaled.status == 0, "\(scaled.error)")
    let images = try Tool.output(of: ["data", points])
    #expect(images.contains("examples of 1 x 4 x 2"), "\(images)")
  }

  @Test("Even functions are invariant under changes of sign, odd ones change their sign")
  func signs() throws {
    let json = try Tool.output(
      of: command("sign", ["--equivariance", "cubes=sign", "--latent", "sum"]))
    #expect(try Measured(json: json).results.map(\.value) == [0, 0])
  }

  @Test(
    "What does not fit is refused in one sentence",
    arguments: [
      ("S5@1", ["--latent", "sum"], "needs length 5 on that axis, which has length 6"),
      ("S6@2", ["--latent", "sum"], "at least 2 axes"),
      ("shift:4@1", ["--latent", "sum"], "a multiple of 4"),
      ("S6@1", ["--equivariance", "sum=spatial"], "needs length 6 on that axis"),
      ("S6@1", ["--channelwise", "cubes"], "no grid of pixels that S6@1 moves"),
      ("sign", ["--equivariance", "cubes=spatial", "--distance", "kl"], "class probabilities"),
      ("C4", ["--latent", "sum"], "Groups for data that are not images are sign"),
      ("S7@1", ["--latent", "sum"], "such as S7@1:100"),
      ("S6@0", ["--latent", "sum"], "axis 0 is that of the examples"),
      ("SO3@-1", ["--latent", "sum"], "such as SO3@-1:32"),
      ("sign", ["--latent", "none"], "holds no numbers: its rows have shape [0]"),
      ("sign", ["--latent", "both"], "is a sequence, a map or an optional value"),
      ("sign", ["--latent", "perhaps"], "what it is made of: sum."),
      ("matrix:1,1;0,1@-1", ["--latent", "sum"], "No power of generator a is the identity"),
      ("matrix:missing.npy@-1", ["--latent", "sum"], "missing.npy"),
    ])
  func refusals(group: String, rest: [String], sentence: String) throws {
    let refused = try Tool.run(command(group, rest))
    #expect([64, 65, 66].contains(refused.status), "\(refused.status): \(refused.error)")
    #expect(refused.error.contains(sentence), "\(refused.error)")
  }

  @Test("A random model is refused, and measured as a mean beside its noise")
  func randomModel() throws {
    let refused = try Tool.run(command("reverse@1", ["--latent", "noisy"]))
    #expect(refused.status == 65)
    #expect(refused.error.contains("--stochastic"), "\(refused.error)")
    let many = try scratch.write(
      numPyFile([200, 6]) { Float($0 * $0 % 17) / 8 - 1 }, to: "many.npy")
    let json = try Tool.output(of: [
      "measure", model, "--data", many, "--group", "reverse@1", "--samples", "all", "--latent",
      "noisy", "--latent", "sum", "--stochastic", "5", "--json",
    ])
    let document = try JSONDecoder().decode(Noisy.self, from: Data(json.utf8))
    let noisy = try #require(document.results.first { $0.tensor == "noisy" })
    let sum = try #require(document.results.first { $0.tensor == "sum" })
    // Both are means of at least 100 distances, whose spread is about half of their mean, so the ratio
    // has a standard error of about 0.06.
    #expect(try #require(noisy.noiseFloor) > 0.01)
    #expect(try abs(#require(noisy.value) / #require(noisy.noiseFloor) - 1) < 0.4)
    #expect(noisy.verdict.sentence.hasPrefix("Not above the deviation"))
    #expect(sum.noiseFloor == 0)
    #expect(noisy.notes.contains { $0.hasPrefix("Outputs are means of 5 runs") })
    let text = try Tool.output(
      of: [
        "measure", model, "--data", data, "--group", "sign", "--latent", "sum", "--stochastic", "1",
      ])
    #expect(text.contains("noise floor"))
    #expect(try Tool.run(command("sign", ["--latent", "sum", "--stochastic", "0"])).status == 64)
  }

  @Test(
    "Means of several runs do not hide that examples affect each other",
    arguments: ["company", "crowd"])
  func mixing(tensor: String) throws {
    let refused = try Tool.run(command("reverse@1", ["--latent", tensor, "--stochastic", "3"]))
    #expect(refused.status == 65)
    #expect(refused.error.contains("mixes the examples of a batch"), "\(refused.error)")
    let plain = try Tool.output(of: command("reverse@1", ["--latent", "sum", "--stochastic", "3"]))
    #expect(plain.contains("so the model is not random"))
  }

  /// The parts of a document that only random models have.
  private struct Noisy: Decodable {
    struct Result: Decodable {
      struct Verdict: Decodable {
        let sentence: String
      }

      let tensor: String
      let value: Double?
      let noiseFloor: Double?
      let verdict: Verdict
      let notes: [String]
    }

    let results: [Result]
  }
}
