// SPDX-License-Identifier: MIT

import Testing

/// Arguments that cannot be meant as they are written: code 64, the option and the value.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct UsageTests {
  private let scratch: Scratch
  private let pictures: String
  private let model = Fixtures.model("dynamic-batch")

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([20, 3, 8, 8]), to: "pictures.npy")
  }

  @Test(
    "Values that no option takes are named with the option",
    arguments: [
      ["--samples", "0"], ["--samples", "-3"], ["--samples", "ten"], ["--scale-samples", "0"],
      ["--batch", "0"], ["--level", "2"], ["--level", "0"], ["--level", "nan"], ["--threads", "0"],
      ["--threads", "2147483648"], ["--batch", "9223372036854775807"], ["--worst", "-1"],
      ["--worst", "9223372036854775807"], ["--level", "0.9999999999999999"], ["--data-seed", "-1"],
      ["--seed", "18446744073709551616"], ["--control-seed", "x"], ["--classes", "0"],
      ["--mean", "abc"], ["--mean", ""], ["--std", "1,x,1"], ["--crop", "0"], ["--crop", "-1"],
      ["--resize", "8x"], ["--resize", "0"], ["--channels", "2"], ["--pixel-max", "0"],
      ["--seed", "-1"], ["--provider", "tpu"], ["--preset", "cifar"], ["--layout", "chw"],
      ["--interpolation", "cubic"], ["--scores", "logit"], ["--fields", "relu"],
      ["--input", "temperature"], ["--std", "0,1,1"],
    ])
  func values(option: [String]) throws {
    let outcome = try measure(["--softmax", "logits"] + option)
    #expect(outcome.status == 64)
    #expect(outcome.error.hasPrefix("Error: "))
    #expect(outcome.output == "")
    let isTold = outcome.error.contains(option[0]) || outcome.error.contains("but got")
    #expect(isTold, "\(outcome.error)")
  }

  @Test(
    "A number out of range is told with the range",
    arguments: [
      (["--threads", "2147483648"], "must be from 1 to 1024, but is 2147483648."),
      (["--batch", "9223372036854775807"], "must be from 1 to 65536, but is 9223372036854775807."),
      (["--batch", "0"], "must be from 1 to 65536, but is 0."),
      (["--samples", "0"], "expected a whole number from 1 to 9223372036854775807, or all"),
      (["--scale-samples", "-3"], "expected a whole number from 1 to 9223372036854775807, or all"),
      (["--worst", "-1"], "must be from 0 to 1000000, but is -1."),
      (["--seed", "-1"], "expected a whole number from 0 to 18446744073709551615"),
      (["--data-seed", "-1"], "expected a whole number from 0 to 18446744073709551615"),
      (["--level", "0.9999999999999999"], "at most 0.999999, but is 0.9999999999999999."),
    ])
  func ranges(option: [String], message: String) throws {
    let outcome = try measure(["--softmax", "logits"] + option)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }

  @Test("More parts than any run has examples are refused")
  func manyShards() throws {
    let store = ["--store", scratch.path("runs.sqlite")]
    let outcome = try measure(
      ["--softmax", "logits", "--shard", "1/9223372036854775807"] + store)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("expected i/n with i from 1 to n and n up to 1000000"))
  }

  @Test("Numbers may be negative, without a leading zero and with blanks")
  func numbers() throws {
    for mean in ["-.5,.5,.5", " 0.5, 0.5,0.5 "] {
      #expect(try measure(["--softmax", "logits", "--mean", mean]).status == 0)
    }
  }

  @Test(
    "Unknown groups say which there are",
    arguments: ["Q8", "C0", "C-1", "D", "T3", "C", "C8.5", "C100000", "SO2", "", "C٣"])
  func groups(name: String) throws {
    let outcome = try measure(["--softmax", "logits"], group: name)
    #expect(outcome.status == 64)
    #expect(
      outcome.error.contains("'--group <group>': expected C8, D4, T4x4, flip, SO2:32, blur:0-2 or"))
  }

  @Test(
    "Ranges and samples that make no sense say what would",
    arguments: [
      (
        "scale:0-1",
        "expected scale:LOW-HIGH or scale:LOW-HIGH:N, with N of at least 2 and LOW, which is positive"
      ),
      (
        "blur:2-1",
        "expected blur:LOW-HIGH or blur:LOW-HIGH:N, with N of at least 2 and LOW, which is not"
      ),
      ("brightness:1", "with N of at least 2 and LOW and less than HIGH"),
      ("SO2:1:haar", "expected SO2:N:haar, with N from 2 to 4095"),
    ])
  func ranges(name: String, message: String) throws {
    let outcome = try measure(["--softmax", "logits"], group: name)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(message), "\(outcome.error)")
  }

  @Test(
    "Groups in the wrong case say which was meant",
    arguments: [("c8", "C8"), ("d4", "D4"), ("Flip", "flip"), ("T4X4", "T4x4")])
  func groupCase(name: String, meant: String) throws {
    let outcome = try measure(["--softmax", "logits"], group: name)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("did you mean '\(meant)'?"))
  }

  @Test("Without a probe the tool chooses, and says what and how to choose others")
  func noProbe() throws {
    let outcome = try measure([])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Chosen: softmax of logits (5), read as logits of classes"))
    #expect(outcome.output.contains("Name others with --softmax"))
    let contradiction = try measure(["--softmax", "logits", "--reference", "original"])
    #expect(contradiction.status == 64)
    #expect(contradiction.error.contains("'--reference original' is for '--equivariance'"))
  }

  @Test(
    "Tensors that the model lacks are told with those near by, in one sentence",
    arguments: [
      (["--latent", "feature"], "did you mean 'features'?"),
      (["--latent", "zzzzzzzz"], "only those that 'geed layers' lists."),
      (["--channelwise", "layer*"], "'--channelwise layer*' matches none of the 5 tensors of"),
      (["--channelwise", "relu", "--fields", "logits=regular"], "that '--channelwise' measures."),
      (["--channelwise", "relu", "--fields", "relu=quotient:3"], "no subgroup of 3 rotations."),
      (["--softmax", "logits", "--input", "shift=1"], "has no input 'shift'"),
    ])
  func tensors(options: [String], message: String) throws {
    let outcome = try measure(options)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(message), "\(outcome.error)")
    #expect(outcome.error.count(where: \.isNewline) == 1)
    #expect(outcome.output == "")
  }

  @Test("Further inputs need constants, and the error names them all")
  func inputs() throws {
    let model = Fixtures.model("three-inputs")
    let outcome = try measure(["--softmax", "logits"], model: model)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("has 3 without data: 'image', 'temperature', 'shift'"))
    #expect(outcome.error.contains("--input name=value"))
    let constants = ["--input", "temperature=2", "--input", "shift=-0.5"]
    #expect(try measure(["--softmax", "logits"] + constants, model: model).status == 0)
  }

  @Test("A provider that the library lacks is told with those that it has")
  func provider() throws {
    let outcome = try measure(["--softmax", "logits", "--provider", "openvino"])
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("has only 'cpu'"), "\(outcome.error)")
  }

  @Test(
    "Commands, options and arguments that are not known or missing are named",
    arguments: [
      (
        ["mesure", "model.onnx"],
        "There is no command 'mesure', only 'layers', 'data', 'orbits', 'download', 'plan', 'measure'"
      ),
      (["measure", "model.onnx"], "Missing expected argument '--data <data> ...'"),
      (["data", "glyphs", "--sample", "5"], "Did you mean '--samples'?"),
      (["layers"], "Missing expected argument '<model>'"),
      (["data"], "Missing expected argument '<data>'"),
      (["data", "glyphs", "--rows", "0"], "'--rows' must be from 1 to 1000, but is 0."),
      (["data", "glyphs", "--group", "c8"], "did you mean 'C8'?"),
      (["layers", "model.onnx", "--input-shape", "3,8,8"], "'--input-shape <input-shape>'"),
    ])
  func arguments(arguments: [String], message: String) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.error.contains(message), "\(outcome.error)")
    #expect(outcome.output == "")
  }

  private func measure(
    _ options: [String], model: String? = nil, group: String = "C4",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Tool.Outcome {
    try Tool.run(
      ["measure", model ?? self.model, "--data", pictures, "--group", group] + options,
      sourceLocation: sourceLocation)
  }
}
