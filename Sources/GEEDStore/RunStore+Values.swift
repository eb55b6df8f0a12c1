// SPDX-License-Identifier: MIT

import GEED
import GRDB

extension RunStore {
  /// Returns the iterations of a training, in order; none for a run of another kind.
  package func steps(ofRun id: Int64) throws(StoreError) -> [StoredStep] {
    try read(run: id) { _, database in
      try Array(
        rows(
          of: "step", run: id,
          """
          SELECT iteration, loss, accuracy, test_loss, test_accuracy, learning_rate
          FROM step WHERE run = \(id) ORDER BY iteration
          """, in: database, StoredStep.init))
    }
  }

  /// Returns the results of a run by iteration of the training, in the order of its probes; in a
  /// plain measurement, the iteration is 0.
  ///
  /// - Parameters:
  ///   - id: The number of the run.
  ///   - metric: The metric to select; `nil` for all.
  ///   - tensor: The tensor to select; `nil` for all. With both given, the result is the trajectory
  ///     of one probe.
  /// - Throws: ``StoreError`` if there is no such run, or the columns of a result contradict its
  ///   details.
  public func results(
    ofRun id: Int64, metric: Metric? = nil, tensor: String? = nil
  ) throws(StoreError) -> [(iteration: Int, result: ProbeResult)] {
    try read(run: id) { _, database in
      try Array(
        rows(
          of: "result", run: id,
          """
          SELECT iteration, metric, tensor, value, low, high, unnormalized, scale, floor,
            example_count, details
          FROM result JOIN probe ON probe.id = result.probe
          WHERE \(isSelected(id, metric, tensor)) ORDER BY iteration, number
          """, in: database
        ) { (try $0.count("iteration"), try $0.result()) })
    }
  }

  /// Calls `body` with every observation of a run, one at a time, ordered by probe, iteration,
  /// example and element.
  ///
  /// - Parameters:
  ///   - id: The number of the run.
  ///   - metric: The metric to select; `nil` for all.
  ///   - tensor: The tensor to select; `nil` for all.
  ///   - body: A function that receives an observation.
  /// - Throws: ``StoreError`` if there is no such run, or if `body` throws, with its error as the
  ///   reason.
  public func forEachObservation(
    ofRun id: Int64, metric: Metric? = nil, tensor: String? = nil,
    _ body: (Observation) throws -> Void
  ) throws(StoreError) {
    try read(run: id) { _, database in
      try rows(
        of: "observation", run: id,
        """
        SELECT iteration, metric, tensor, observation.example, example.name, example.label,
          observation.element AS number, element.name AS element, element.weight, observation.value,
          \(laterColumn("prediction", since: 3))
        FROM probe JOIN observation ON observation.probe = probe.id
          LEFT JOIN example ON example.run = \(id) AND example.number = observation.example
          LEFT JOIN element ON element.run = \(id) AND element.number = observation.element
        WHERE \(isSelected(id, metric, tensor))
        ORDER BY probe.number, iteration, observation.example, observation.element
        """, in: database, Observation.init
      ).forEach(body)
    }
  }

  /// Returns the condition for a run's probes, of a metric and a tensor unless they are `nil`.
  private func isSelected(_ run: Int64, _ metric: Metric?, _ tensor: String?) -> SQL {
    let metric = metric?.rawValue
    return """
      probe.run = \(run) AND (\(metric) IS NULL OR metric = \(metric))
        AND (\(tensor) IS NULL OR tensor = \(tensor))
      """
  }
}

/// One iteration of a training, with what was evaluated after it.
package struct StoredStep: Sendable, Hashable {
  package let iteration: Int
  package let loss: Double?
  package let accuracy: Double?
  package let testLoss: Double?
  package let testAccuracy: Double?
  package let learningRate: Double?

  package init(
    iteration: Int, loss: Double? = nil, accuracy: Double? = nil, testLoss: Double? = nil,
    testAccuracy: Double? = nil, learningRate: Double? = nil
  ) {
    self.iteration = iteration
    self.loss = loss
    self.accuracy = accuracy
    self.testLoss = testLoss
    self.testAccuracy = testAccuracy
    self.learningRate = learningRate
  }

  fileprivate init(_ row: StoredRow) throws {
    iteration = try row.count("iteration")
    loss = try row.valueIfPresent("loss")
    accuracy = try row.valueIfPresent("accuracy")
    testLoss = try row.valueIfPresent("test_loss")
    testAccuracy = try row.valueIfPresent("test_accuracy")
    learningRate = try row.valueIfPresent("learning_rate")
  }
}

/// One value of *m(f(gx), g f̂(x))*, before division by M.
public struct Observation: Sendable, Hashable {
  /// The number of training iterations done.
  public let iteration: Int
  /// The metric, a member of the family.
  public let metric: Metric
  /// The tensor that was probed.
  public let tensor: String
  /// The number of the example in its data set.
  public let example: Int
  /// The name of the example.
  public let exampleName: String?
  /// The class of the example.
  public let label: Int?
  /// The position of the group's element, from 0.
  package let elementNumber: Int
  /// The name of the group's element.
  public let element: String
  /// The weight of the element in means; 0 for the untransformed example of a sample of a group.
  public let weight: Double?
  /// The deviation; not finite only if a divergence is infinite.
  public let value: Double
  /// The class predicted for the example under the element; `nil` for probes that are no
  /// classifier's, for sets of labels, and in runs of versions that did not store it.
  public let prediction: Int?
}

extension StoredRow {
  /// Returns the result in the column `details`, whose numbers the other columns must repeat.
  fileprivate func result() throws(StoreError) -> ProbeResult {
    let result: ProbeResult = try json("details")
    guard try word("metric") == result.metric, try value("tensor") == result.tensor else {
      throw wrong(
        "details", found: "that of '\(result.metric.rawValue)' of '\(result.tensor)'",
        expected: "the result of the row's probe")
    }
    let interval = result.confidenceInterval
    let numbers = [
      ("value", result.value), ("low", interval?.lowerBound), ("high", interval?.upperBound),
      ("unnormalized", result.unnormalized), ("scale", result.scale), ("floor", result.floor),
      ("example_count", Double(result.exampleCount)),
    ]
    for (column, expected) in numbers {
      let found = try valueIfPresent(column, as: Double.self)
      guard found == expected else {
        throw wrong(
          column, found: found.map { "the number \($0)" } ?? "no value",
          expected: expected.map { "\($0), as in its details" } ?? "no value")
      }
    }
    return result
  }
}

extension Observation {
  fileprivate init(_ row: StoredRow) throws {
    iteration = try row.count("iteration")
    metric = try row.word("metric")
    tensor = try row.value("tensor")
    example = try row.count("example")
    exampleName = try row.valueIfPresent("name")
    label = try row.valueIfPresent("label")
    elementNumber = try row.count("number")
    element = try row.valueIfPresent("element") ?? ""
    weight = try row.valueIfPresent("weight")
    value = try row.valueIfPresent("value") ?? .nan
    prediction = try row.valueIfPresent("prediction")
  }
}
