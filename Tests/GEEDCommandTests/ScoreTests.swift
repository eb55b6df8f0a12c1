// SPDX-License-Identifier: MIT

import Foundation
import GEEDStore
import Testing

/// Heads of every kind, measured by the tool and by Scripts/fixtures/score_models.py.
@Suite(.enabled(if: Available.runtime, Available.noRuntime))
struct ScoreTests {
  /// What numpy finds, by group and head.
  private struct Golden: Decodable {
    let values: [String: [String: Double]]
  }

  private static let golden = try? JSONDecoder().decode(
    Golden.self,
    from: Data(
      contentsOf: URL(fileURLWithPath: Fixtures.path("Tests/GEEDOnnxTests/Fixtures/scores.json"))))

  private let scratch: Scratch
  private let pictures: String

  init() throws {
    scratch = try Scratch()
    pictures = try scratch.write(numPyFile([12, 1, 6, 6]), to: "pictures.npy")
  }

  private func arguments(
    _ probes: [String], group: String = "C4", model: String = "scores"
  ) -> [String] {
    [
      "measure", Fixtures.model(model), "--data", pictures, "--group", group, "--samples", "all",
    ] + probes
  }

  private struct Result: Decodable {
    let tensor: String
    let scores: String?
    let value: Double?
    let notes: [String]
    let predictions: Predictions?

    struct Predictions: Decodable {
      let agreement: Double
    }
  }

  private struct Document: Decodable {
    let results: [Result]
  }

  private func measured(
    _ probes: [String], group: String = "C4", model: String = "scores",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [Result] {
    let json = try Tool.output(
      of: arguments(probes + ["--json"], group: group, model: model),
      sourceLocation: sourceLocation)
    return try JSONDecoder().decode(Document.self, from: Data(json.utf8)).results
  }

  private func expectGolden(
    _ result: Result, _ head: String, group: String = "C4", tolerance: Double = 2e-6,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try #require(Self.golden?.values[group]?[head])
    let value = try #require(result.value, sourceLocation: sourceLocation)
    #expect(
      abs(value - expected) <= tolerance, "\(result.tensor): \(value), but numpy finds \(expected)",
      sourceLocation: sourceLocation)
  }

  /// Probabilities come as Float, of which five have a divergence: 1e-6 is their rounding.
  @Test("Probabilities are recognized however they are written and processed")
  func probabilities() throws {
    let heads = [
      "p": "classes", "clipped": "clipped", "ensemble": "ensemble", "weighted": "weighted",
      "written": "classes", "written_shifted": "classes", "reshaped": "classes",
      "middle": "classes", "temperature": "temperature", "hard": "hard", "pair": "one",
    ]
    let results = try measured(heads.keys.sorted().flatMap { ["--softmax", $0] })
    #expect(results.count == heads.count)
    for result in results {
      #expect(result.scores == "probabilities", "\(result.tensor)")
      #expect(result.notes == [], "\(result.tensor)")
      try expectGolden(result, try #require(heads[result.tensor]))
    }
  }

  @Test("Class scores and logarithms of probabilities are read as such")
  func others() throws {
    let heads = [
      "lg": ("logits", "classes"), "score_ensemble": ("logits", "score_ensemble"),
      "masked": ("logits", "masked"), "logp": ("log-probabilities", "classes"),
      "logp_written": ("log-probabilities", "classes"),
      "logp_of_p": ("log-probabilities", "classes"),
    ]
    for result in try measured(heads.keys.sorted().flatMap { ["--softmax", $0] }) {
      let (kind, head) = try #require(heads[result.tensor])
      #expect(result.scores == kind, "\(result.tensor)")
      try expectGolden(result, head)
    }
  }

  /// Half precision has 11 bits; 1/255 is the step of eight.
  @Test("Rounded probabilities are divided by their sum")
  func rounded() throws {
    for (tensor, tolerance) in [("half", 1e-3), ("dequantized", 2e-2)] {
      let result = try measured(["--softmax", tensor])[0]
      #expect(result.scores == "probabilities")
      #expect(result.notes.contains { $0.contains("divided by their sum") })
      try expectGolden(result, "classes", tolerance: tolerance)
    }
  }

  @Test("Before opset 13 a softmax begins at axis 1")
  func oldSoftmax() throws {
    for result in try measured(
      ["--softmax", "p", "--softmax", "middle"], model: "scores-opset11")
    {
      #expect(result.scores == "probabilities")
      try expectGolden(result, "classes")
    }
  }

  @Test("The class of one score is stored as 0 or 1; a set of labels has no number")
  func storedPredictions() throws {
    let store = scratch.path("a.sqlite")
    _ = try Tool.run(
      arguments(["--softmax", "yes", "--softmax", "no", "--softmax", "labels", "--store", store]))
    var predictions: [String: [Int?]] = [:]
    try RunStore(opening: store).forEachObservation(ofRun: 1) {
      predictions[$0.tensor, default: []].append($0.prediction)
    }
    let (yes, no) = (try #require(predictions["yes"]), try #require(predictions["no"]))
    // The score of "no" is 1 minus that of "yes".
    #expect(Set(yes) == [0, 1] && yes.map { $0.map { 1 - $0 } } == no)
    #expect(try #require(predictions["labels"]).allSatisfy { $0 == nil })
  }

  @Test("One column and independent labels are Bernoulli scores")
  func labels() throws {
    for (tensor, kind, head) in [
      ("yes", "bernoulli", "one"), ("no", "bernoulli", "one"), ("logit", "bernoulli-logit", "one"),
      ("labels", "bernoulli", "labels"),
    ] {
      let result = try measured(["--softmax", tensor])[0]
      #expect(result.scores == kind, "\(tensor)")
      try expectGolden(result, head)
      #expect(try #require(result.predictions).agreement < 1)
    }
    let named = try measured(["--softmax", "lg", "--scores", "l*=bernoulli-logit"])[0]
    #expect(named.scores == "bernoulli-logit")
    try expectGolden(named, "labels")
    #expect(named.notes == ["The mean over 5 independent labels."])
  }

  /// Interpolation has weights in single precision.
  @Test("Segmentations are compared pixel by pixel", arguments: ["C4", "C8"])
  func segmentation(group: String) throws {
    for (tensor, options, kind, head) in [
      ("seg", [], "probabilities", "seg"),
      ("outline", ["--scores", "outline=bernoulli"], "bernoulli", "outline"),
    ] {
      let result = try measured(["--softmax", tensor] + options, group: group)[0]
      #expect(result.scores == kind, "\(tensor)")
      try expectGolden(result, head, group: group, tolerance: 1e-5)
      #expect(result.predictions == nil && result.notes.contains { $0.contains("pixels") })
    }
    let logits = try measured(
      ["--softmax", "seg_logits", "--scores", "seg_logits=logits"], group: group)[0]
    try expectGolden(logits, "seg", group: group, tolerance: 1e-5)
  }

  @Test("The text says what was read, once")
  func text() throws {
    let text = try Tool.output(of: arguments(["--softmax", "yes", "--softmax", "lg"]))
    #expect(text.contains("\nscores: lg as logits, yes as bernoulli\n"))
    #expect(try !Tool.output(of: arguments(["--latent", "lg"])).contains("scores:"))
  }

  @Test(
    "What is not what it is read as, or no scores at all, is one sentence that names the flag",
    arguments: [
      (["--softmax", "lg", "--scores", "log-probabilities"], 65, "and not to 1"),
      (["--softmax", "lg", "--scores", "probabilities"], 65, "the negative number"),
      (["--softmax", "labels", "--scores", "probabilities"], 65, "and not to 1"),
      (["--softmax", "lg", "--scores", "lg=bernoulli"], 65, "which is not from 0 to 1"),
      (["--softmax", "logit", "--scores", "logits"], 65, "whose softmax is always 1"),
      (["--softmax", "over_rows"], 65, "and not to 1"),
      (["--softmax", "outline"], 65, "'--scores outline=logits'"),
      (["--softmax", "seg_logits"], 65, "'--scores seg_logits=logits'"),
      (["--softmax", "seg_logits", "--scores", "logits"], 65, "'--scores seg_logits=logits'"),
      (["--softmax", "over_batch"], 64, "a Softmax over the batch, axis 0"),
      (["--softmax", "class"], 64, "class numbers (ArgMax)"),
      (["--softmax", "top"], 64, "largest scores"),
      (["--softmax", "top_classes"], 64, "class numbers (TopK)"),
      (["--softmax", "quantized"], 64, "quantized integers (QuantizeLinear)"),
      (["--softmax", "lg", "--scores", "p=logits"], 64, "names no tensor that '--softmax'"),
      (["--softmax", "lg", "--scores", "lg=likely"], 64, "lg=likely"),
    ])
  func refused(probes: [String], status: Int32, sentence: String) throws {
    let outcome = try Tool.run(arguments(probes))
    #expect(outcome.status == status, "\(outcome.error)")
    #expect(outcome.error.contains(sentence), "\(outcome.error)")
    #expect(outcome.error.contains("--scores"))
    #expect(outcome.output == "")
  }

  @Test("Probabilities that go through a second softmax are noted")
  func secondSoftmax() throws {
    let result = try measured(["--softmax", "p", "--scores", "p=logits"])[0]
    try expectGolden(result, "softmaxTwice")
    #expect(result.notes.contains { $0.contains("say '--scores p=probabilities'") })
  }

  @Test("What scores look like is kept with the records, so a merged run has the same notes")
  func merged() throws {
    let store = scratch.path("runs.sqlite")
    let command = arguments(["--softmax", "p", "--scores", "p=logits", "--store", store, "--json"])
    for part in ["1/2", "2/2"] { _ = try Tool.output(of: command + ["--shard", part]) }
    let merged = scratch.path("merged.sqlite")
    _ = try Tool.output(of: ["merge", store, "-o", merged])
    let json = try Tool.output(of: ["export", "1", "--store", merged])
    let result = try JSONDecoder().decode(Document.self, from: Data(json.utf8)).results[0]
    try expectGolden(result, "softmaxTwice")
    #expect(result.notes.contains { $0.contains("say '--scores p=probabilities'") })
  }
}
