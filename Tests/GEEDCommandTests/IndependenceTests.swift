// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// Models that are random or mix the examples of a batch: refused before anything is measured.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct IndependenceTests {
  private let scratch: Scratch
  private let pictures: String

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([12, 1, 8, 8]), to: "pictures.npy")
  }

  @Test(
    "A model that mixes the examples of a batch is refused, with the operator",
    arguments: [
      ("mix-softmax", "Softmax 'y' (over axis 0)"),
      ("mix-softmax-pair", "Softmax 'y' (over axis 0)"),
      ("mix-center", "ReduceMean 'm' (over axis 0)"), ("mix-sum", "CumSum 'y' (over axis 0)"),
      ("mix-norm", "LpNormalization 'y' (over axis 0)"),
      ("mix-order", "Slice 'y' (axis 0 in reversed order)"), ("mix-count", "mixes the examples"),
      ("mix-place", "mixes the examples"),
      // The engine keeps the statistics of a run for the next one, so this one is not even
      // deterministic.
      ("mix-normalization", "BatchNormalization 'y' (training mode)"),
    ], [1, 2, 16])
  func mixing(model: (name: String, cause: String), batch: Int) throws {
    let outcome = try measure(model.name, ["--batch", "\(batch)"])
    #expect(outcome.status == 65)
    #expect(outcome.error.contains(model.cause), "\(outcome.error)")
    #expect(outcome.error.contains("the tensor 'y'"), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1 && outcome.output == "")
  }

  @Test(
    "A model with random outputs is refused, with the operator and the way out",
    arguments: [
      ("random-dropout", "Dropout 'y' (training mode)"),
      ("random-noise", "RandomNormalLike 'n' (random)"), ("random-bits", "Bernoulli 'y' (random)"),
      ("random-class", "Multinomial 'y' (random)"),
    ])
  func randomness(name: String, cause: String) throws {
    let outcome = try measure(name)
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("is not deterministic"), "\(outcome.error)")
    #expect(outcome.error.contains(cause), "\(outcome.error)")
    #expect(outcome.error.contains("export the model in evaluation mode"), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1 && outcome.output == "")
  }

  @Test("Boxes are no rows, even where there is one for each example")
  func boxes() throws {
    let outcome = try measure("boxes")
    #expect(outcome.status == 65)
    #expect(outcome.error.contains("boxes that NonMaxSuppression keeps"), "\(outcome.error)")
  }

  @Test(
    "A model that rounds by the range of its batch is given one input at a time, and that is said")
  func dynamicQuantization() throws {
    let values = try [1, 16].map { batch in
      let outcome = try measure("quantized-dynamic", ["--json", "--batch", "\(batch)"])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(
        outcome.output.contains("(DynamicQuantizeLinear), so it was given one input at a time"))
      return try #require(Measured(json: outcome.output).results[0].value)
    }
    #expect(values[0] == values[1])
  }

  @Test("What one example is compared with is there also in a data set of one, or of blank ones")
  func fewExamples() throws {
    let one = try scratch.write(numPyFile([1, 1, 8, 8]), to: "one.npy")
    let blank = try scratch.write(numPyFile([3, 1, 8, 8]) { _ in 0 }, to: "blank.npy")
    for data in [one, blank] {
      let outcome = try measure("mix-center", data: data, probe: "--channelwise")
      #expect(outcome.status == 65, "\(data)")
    }
  }

  private func measure(
    _ model: String, _ options: [String] = [], data: String? = nil, probe: String = "--latent"
  ) throws -> Tool.Outcome {
    try Tool.run(
      [
        "measure", Fixtures.model("hostile/\(model)"), "--data", data ?? pictures, "--group", "C4",
        probe, "y",
      ] + options)
  }
}
