// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDStore
import Testing

@testable import GEEDReport

@Suite struct RunContentTests {
  /// The means of a run's observations by element and by example are those of its results, in the
  /// same units.
  @Test func observationsAverageToResults() throws {
    try withStore { store, path in
      let (id, result) = try measure(into: store)
      var document = MeasurementDocument(
        model: .init(path: "model.onnx"), data: .init(path: "images", exampleCount: 8, shape: [4]),
        group: "C4", seed: 0, confidenceLevel: 0.95, results: result.results)
      document.commandLine = ["geed", "measure"]
      var measurement = ReportedMeasurement(document)
      #expect(measurement.observations.values.isEmpty)
      try measurement.readObservations(ofRun: id, in: RunStore(opening: path))
      let seen = measurement.observations
      #expect(seen.values.count == 2 * 5 * 4)
      for (probe, result) in result.results.enumerated() {
        let mine = seen.values.indices.filter { seen.probes[$0] == probe }
        // The values are sums of the same numbers in another order.
        for (position, element) in result.perElement.enumerated() {
          let values = mine.filter { seen.elements[$0] == position }.map { seen.values[$0] }
          #expect(abs(values.reduce(0, +) / 5 - element.value) < 1e-12)
        }
        for example in result.perExample {
          let values = mine.filter { seen.examples[$0] == example.index }.map { seen.values[$0] }
          #expect(abs(values.reduce(0, +) / 4 - example.value) < 1e-12)
        }
      }
      #expect(
        Set(measurement.labels.values).isSubset(of: ["class 0 of the data", "class 1 of the data"]))
      #expect(measurement.provenance.contains { $0 == ("model", "model.onnx") })
      let page = ReportPage(ReportContent(measurements: [measurement]))
      #expect(page.tables["observations"]?.count == 40)
    }
  }

  @Test func trainingsHaveStepsAndDeviations() throws {
    try withStore { store, _ in
      let measurement = measurement()
      let result = try measurement.run()
      let recording = try store.beginTraining(description())
      try recording.append([
        StoredStep(iteration: 0, testAccuracy: 0.5), StoredStep(iteration: 10, loss: 1),
        StoredStep(iteration: 20, testAccuracy: 0.75),
      ])
      try recording.append(result, iteration: 20, of: measurement)
      try recording.finish()
      let training = try ReportedTraining(name: "CNN", runs: [(store, recording.id)])
      let points = try #require(training.networks.first)
      #expect(points.map(\.iteration) == [0, 20])
      #expect(points.map(\.testAccuracy) == [0.5, 0.75])
      #expect(points[1].deviations.map(\.value) == result.results.map { $0.value ?? .nan })
      #expect(
        ReportPage(ReportContent(trainings: [training])).charts.map(\.name) == [
          "trajectory-latent-features", "trajectory-latent-features-not-divided-by-M",
          "trajectory-softmax-scores", "trajectory-accuracy",
        ])
    }
  }

  @Test("Accuracies of linear probes, by the settings of the training, are called so")
  func linearProbes() throws {
    func hasLinearProbe(_ configuration: [String: [String: Int]]) throws -> Bool {
      try RunDescription(
        settings: ["configuration": configuration], model: "a", data: "b", group: "C4", seed: 0
      ).hasLinearProbe
    }
    #expect(try !hasLinearProbe(["evaluation": ["every": 5]]))
    #expect(try !hasLinearProbe([:]))
    #expect(try hasLinearProbe(["evaluation": ["every": 5], "objective": ["hidden": 9]]))
    #expect(try hasLinearProbe(["evaluation": ["every": 5, "probe-count": 9]]))
    let panels = [false, true].flatMap { hasLinearProbe in
      TrainingPanel.all(of: [
        ReportedTraining(
          name: "a",
          networks: [
            [.init(iteration: 5, testAccuracy: 0.5, hasLinearProbe: hasLinearProbe)]
          ])
      ])
    }
    #expect(panels.map(\.title) == ["test accuracy", "linear-probe accuracy"])
    #expect(panels.map(\.isShare) == [true, true])
    #expect(panels.allSatisfy { $0.rows.map(\.mean) == [0.5] })
  }

  @Test func claimsKeepTheirNumbers() {
    let claim = Claim(
      "a is larger than b",
      [ClaimPart("a − b", [0.2, 0.3, 0.4], .above), ClaimPart("c", [], .below)])
    let rows = ReportPage(ReportContent(claims: [claim])).tables["comparisons"]?.rows ?? []
    #expect(rows.map { $0["value"] } == claim.parts.map { JSON($0.mean) })
    // Pages have numbers of six significant digits.
    for (name, end) in [("low", 0), ("high", 1)] {
      #expect(
        rows.map { $0[name] }
          == claim.parts.map { JSON($0.interval.flatMap { Double($0[end].exact) }) })
    }
    #expect(rows.map { $0["verdict"] } == claim.parts.map { .string($0.verdict.rawValue) })
    #expect(rows.map { $0["claim text"] } == ["above 0", "below 0"])
    #expect(
      claim.parts.map { $0.range.map { [$0.lowerBound, $0.upperBound] } }
        == claim.parts.map(\.interval))
  }

  // MARK: A measurement of a small model

  /// Five of eight images under C4, with a softmax and a latent probe.
  private func measurement() -> DeviationMeasurement {
    var generator = SplitMix64(seed: 1)
    let images = (0..<8).map { _ in
      Tensor(
        shape: [1, 4, 4], scalars: (0..<16).map { _ in .random(in: 0...1, using: &generator) })
    }
    let model = ClosureModel { batch in
      let features = (0..<batch.rowCount).map { row in
        Tensor(shape: [3], scalars: Array(batch.row(row).scalars.prefix(3)))
      }
      return ["features": .stacking(features), "scores": .stacking(features)]
    }
    var measurement = DeviationMeasurement(
      of: model, on: ArrayDataset(images, labels: (0..<8).map { $0 % 2 }, name: "images"),
      under: ImageAction.rotations(4), probes: [.softmax("scores"), .latent("features")])
    measurement.exampleCount = 5
    measurement.scaleExampleCount = 8
    return measurement
  }

  private func measure(
    into store: RunStore
  ) throws -> (id: Int64, result: MeasurementResult) {
    let measurement = measurement()
    let recording = try store.beginMeasurement(description(), of: measurement)
    var run = try measurement.start()
    var isDone = false
    while !isDone {
      var records: [MeasurementRecord] = []
      isDone = try !run.advance(addingRecordsTo: &records)
      try recording.append(records)
    }
    let result = run.result
    try recording.finish(result, document: "{}")
    return (recording.id, result)
  }

  private func withStore(_ body: (RunStore, String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
    defer {
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: file + ending)
      }
    }
    try body(RunStore(creating: file), file)
  }

  private func description() throws -> RunDescription {
    try RunDescription(settings: ["seed": 0], model: "model", data: "images", group: "C4", seed: 0)
  }
}
