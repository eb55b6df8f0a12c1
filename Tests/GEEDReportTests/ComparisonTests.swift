// SPDX-License-Identifier: MIT

import Foundation
@testable import GEED
import GEEDReport
import GEEDStore
import Testing

@Suite struct ComparisonTests {
  // MARK: Names

  @Test("Models of one file name are told apart by their folders, and then by their content")
  func modelNames() {
    func names(_ models: [(path: String, hash: String?)]) -> [String] {
      let measurements = models.map { model in
        var measurement = smallMeasurement(model: model.path)
        measurement.modelSHA256 = model.hash
        return measurement
      }
      return tables(of: measurements)["probes"]?.rows.compactMap(\.["model"]?.string) ?? []
    }
    #expect(names([("x/a.onnx", nil), ("x/b.onnx", nil)]) == ["a", "b"])
    #expect(
      names([("x/m.onnx", nil), ("y/m.onnx", nil), ("y/n.onnx", nil)])
        == ["x/m.onnx", "y/m.onnx", "y/n.onnx"])
    #expect(
      names([("m.onnx", "0123456789"), ("m.onnx", "abcdef0123")])
        == ["m, SHA-256 0123456…", "m, SHA-256 abcdef0…"])
  }

  @Test("Measurements of one model have what differs in their names, or a number")
  func namesOfOneModel() {
    var other = smallMeasurement()
    other.data = "data/photos"
    var third = other
    third.seed = 1
    #expect(
      models([smallMeasurement(), other, third])
        == ["small, images", "small, photos, seed 0", "small, photos, seed 1"])
    #expect(models([other, other]) == ["small (1)", "small (2)"])
  }

  // MARK: Measurements

  @Test func measurementsOfModelsAndData() throws {
    let measurements = ["a.onnx", "b.onnx"].flatMap { model in
      ["mnist", "kmnist"].map { data in
        var measurement = smallMeasurement(model: model)
        measurement.data = data
        return measurement
      }
    }
    let page = ReportPage(ReportContent(measurements: measurements))
    let names = page.charts.map(\.name)
    #expect(names.contains("matrix-softmax-nats") && names.contains("intervals-softmax-nats"))
    let rows = try #require(page.tables["cells"]).rows
    #expect(rows.map { $0["model"] } == ["a", "a", "b", "b"])
    #expect(rows.map { $0["data"] } == ["mnist", "kmnist", "mnist", "kmnist"])
    // The mean of 0.2 and 0.4, with the interval of the sample.
    #expect(rows.allSatisfy { $0["text"] == "0.300 (0.200 to 0.400)" })
  }

  @Test("Results of different groups are not compared")
  func groupsAreApart() {
    var other = smallMeasurement(model: "b.onnx")
    other.group = "C8"
    let page = ReportPage(ReportContent(measurements: [smallMeasurement(), other]))
    #expect(page.tables["cells"] == nil)
  }

  @Test("A quantity that only some measurements have is not compared")
  func differentTensors() throws {
    let page = ReportPage(
      ReportContent(measurements: [try largeMeasurement(), smallMeasurement(model: "b.onnx")]))
    #expect(page.tables["cells"] == nil)
  }

  // MARK: Networks of a store

  @Test("Means are those over networks of a kind, and a kind is more than a name")
  func networks() throws {
    try withStore { store in
      for (network, values) in [("CNN", [0.2, 0.4]), ("C8-CNN", [0.1, 0.1])] {
        for (seed, value) in values.enumerated() {
          try add("\(network) \(seed)", "kmnist", UInt64(seed), value, to: store)
          try add("\(network) \(seed)", "notmnist", UInt64(seed), 2 * value, to: store)
        }
      }
      // Networks of the same name that were trained for longer.
      try add("CNN 0", "kmnist", 0, 0.9, iterations: 300, to: store)
      var content = ReportContent()
      try content.add(try store.runs(), of: store)
      #expect(content.measurements.isEmpty)
      let softmax = try #require(content.comparisons.first)
      #expect(softmax.quantity == "softmax deviation of logits, nats")
      #expect(
        softmax.cells.map { "\($0.model) \($0.data)" } == [
          "CNN, iterations 6 kmnist", "CNN, iterations 6 notmnist", "C8-CNN kmnist",
          "C8-CNN notmnist", "CNN, iterations 300 kmnist",
        ])
      let means = softmax.cells.map { $0.value ?? .nan }
      for (mean, expected) in zip(means, [0.3, 0.6, 0.1, 0.2, 0.9]) {
        // One rounding for each of two numbers.
        #expect(abs(mean - expected) < 1e-12)
      }
      #expect(softmax.cells.map(\.count) == [2, 2, 2, 2, 1])
      // Student's t with one degree of freedom, 12.706, times the standard error, 0.1; values are
      // not below 0.
      let interval = try #require(softmax.cells.first?.interval)
      #expect(interval.lowerBound == 0)
      #expect(abs(interval.upperBound - (0.3 + 1.2706)) < 1e-3)
      #expect(softmax.cells.last?.interval == nil)
    }
  }

  @Test("There is no mean where a network has no value, and repeated runs count once")
  func missingAndRepeated() throws {
    try withStore { store in
      try add("CNN 0", "kmnist", 0, nil, to: store)
      try add("CNN 1", "kmnist", 1, 0.5, to: store)
      try add("C8-CNN 0", "kmnist", 0, 0.5, to: store)
      try add("C8-CNN 0", "kmnist", 0, 0.5, to: store)
      var content = ReportContent()
      try content.add(try store.runs(), of: store)
      let softmax = try #require(content.comparisons.first)
      #expect(softmax.cells.map(\.value) == [nil, 0.5])
      #expect(softmax.cells.map(\.count) == [2, 1])
      let page = ReportPage(content)
      #expect(page.charts.map(\.name).contains("bars-softmax-logits-nats") == false)
      #expect(page.tables["cells"]?.rows.first?["shortText"] == "–")
    }
  }

  @Test("Untrained networks are a kind of their own")
  func untrained() throws {
    try withStore { store in
      try add("CNN 0 untrained", "kmnist", 0, 0.1, to: store)
      try add("CNN 0", "kmnist", 0, 0.5, to: store)
      var content = ReportContent()
      try content.add(try store.runs(), of: store)
      #expect(content.comparisons.first?.cells.map(\.model) == ["untrained CNN", "CNN"])
      #expect(ReportPage(content).charts.map(\.name) == ["bars-softmax-logits-nats"])
    }
  }

  // MARK: Making stores

  private struct Settings: Encodable {
    struct Configuration: Encodable {
      let seed: UInt64
      let iterations: Int
    }
    let configuration: Configuration
    let measured: [String: String]
  }

  /// Adds a run without a document, as a reproduction does.
  private func add(
    _ model: String, _ data: String, _ seed: UInt64, _ value: Double?, iterations: Int = 6,
    to store: RunStore
  ) throws {
    let measurement = DeviationMeasurement(
      of: ClosureModel(output: "logits") { batch in
        Tensor(shape: [batch.rowCount, 4], scalars: batch.scalars)
      },
      on: ArrayDataset([Tensor(shape: [1, 2, 2], scalars: [0, 1, 2, 3])], name: data),
      under: ImageAction.rotations(4), probes: [.softmax("logits")])
    let description = try RunDescription(
      settings: Settings(
        configuration: .init(seed: seed, iterations: iterations),
        measured: ["data": data, "isTrained": "\(!model.hasSuffix("untrained"))"]),
      model: model, data: data, group: "C4", seed: seed)
    let recording = try store.beginMeasurement(description, of: measurement)
    var result = ProbeResult(.softmax, tensor: "logits")
    result.value = value
    result.exampleCount = 1
    var measured = try measurement.run()
    measured.results = [result]
    try recording.finish(measured)
  }

  private func withStore(_ body: (RunStore) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).sqlite").path
    defer {
      for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: file + ending)
      }
    }
    try body(RunStore(creating: file))
  }

  private func tables(of measurements: [ReportedMeasurement]) -> [String: Table] {
    ReportPage(ReportContent(measurements: measurements)).tables
  }

  private func models(_ measurements: [ReportedMeasurement]) -> [String] {
    tables(of: measurements)["probes"]?.rows.compactMap(\.["model"]?.string) ?? []
  }
}

extension JSON {
  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }
}
