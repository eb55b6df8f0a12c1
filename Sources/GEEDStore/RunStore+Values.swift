// SPDX-License-Identifier: MIT

import GEED
import GRDB

extension RunStore {
  /// Returns the iterations of a training, in order.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func steps(ofRun id: Int64) throws(StoreError) -> [StoredStep] {
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

  /// Returns the results of a run by iteration, in the order of its probes.
  ///
  /// - Parameters:
  ///   - id: The number of the run.
  ///   - metric: The metric to select; `nil` for all.
  ///   - tensor: The tensor to select; `nil` for all. With both given, the result is the trajectory
  ///     of one probe.
  /// - Throws: ``StoreError`` if there is no such run.
  public func results(
    ofRun id: Int64, metric: Metric? = nil, tensor: String? = nil
  ) throws(StoreError) -> [StoredResult] {
    try read(run: id) { _, database in
      try Array(
        rows(
          of: "result", run: id,
          """
          SELECT iteration, metric, tensor, value, low, high, unnormalized, scale, floor,
            example_count, details
          FROM result JOIN probe ON probe.id = result.probe
          WHERE \(isSelected(id, metric, tensor)) ORDER BY iteration, number
          """, in: database, StoredResult.init))
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
          element.name AS element, observation.value
        FROM probe JOIN observation ON observation.probe = probe.id
          LEFT JOIN example ON example.run = \(id) AND example.number = observation.example
          LEFT JOIN element ON element.run = \(id) AND element.number = observation.element
        WHERE \(isSelected(id, metric, tensor))
        ORDER BY probe.number, iteration, observation.example, observation.element
        """, in: database, Observation.init
      ).forEach(body)
    }
  }

  /// Returns the condition for the probes of a run, and of a metric and a tensor unless they are
  /// `nil`.
  private func isSelected(_ run: Int64, _ metric: Metric?, _ tensor: String?) -> SQL {
    let metric = metric?.rawValue
    return """
      probe.run = \(run) AND (\(metric) IS NULL OR metric = \(metric))
        AND (\(tensor) IS NULL OR tensor = \(tensor))
      """
  }
}

/// One iteration of a training.
public struct StoredStep: Sendable, Hashable {
  /// The number of iterations done.
  public let iteration: Int
  /// The loss of the batch.
  public var loss: Double?
  /// The share of the batch that was classified correctly.
  public var accuracy: Double?
  /// The loss on the test split, where it was evaluated.
  public var testLoss: Double?
  /// The share of the test split that was classified correctly, where it was evaluated.
  public var testAccuracy: Double?
  /// The learning rate of the iteration.
  public var learningRate: Double?

  /// Creates a step; what was not evaluated is `nil`.
  public init(
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
}

extension StoredStep {
  fileprivate init(_ row: StoredRow) throws {
    iteration = try row.count("iteration")
    loss = try row.valueIfPresent("loss")
    accuracy = try row.valueIfPresent("accuracy")
    testLoss = try row.valueIfPresent("test_loss")
    testAccuracy = try row.valueIfPresent("test_accuracy")
    learningRate = try row.valueIfPresent("learning_rate")
  }
}

/// The result of a probe after an iteration of training; in a plain measurement, the iteration is
/// 0.
public struct StoredResult: Sendable, Hashable {
  /// The number of training iterations done.
  public let iteration: Int
  /// The metric, a member of the family.
  public let metric: Metric
  /// The tensor that was probed.
  public let tensor: String
  /// The deviation; for latent metrics, this is E/M.
  public let value: Double?
  /// The confidence interval over examples.
  public let confidenceInterval: ClosedRange<Double>?
  /// E before it is divided by M.
  public let unnormalized: Double?
  /// M, for latent metrics.
  public let scale: Double?
  /// The interpolation floor, for channelwise metrics.
  public let floor: Double?
  /// The number of examples in E.
  public let exampleCount: Int
  /// The whole result as JSON, as in `results` of `geed measure --json`.
  public let details: String
}

extension StoredResult {
  fileprivate init(_ row: StoredRow) throws {
    iteration = try row.count("iteration")
    metric = try row.word("metric")
    tensor = try row.value("tensor")
    value = try row.valueIfPresent("value")
    let (low, high): (Double?, Double?) = (
      try row.valueIfPresent("low"), try row.valueIfPresent("high")
    )
    if let low, let high, low > high {
      throw row.wrong("low", found: "\(low)", expected: "a number up to \(high)")
    }
    confidenceInterval = low.flatMap { low in high.map { low...$0 } }
    unnormalized = try row.valueIfPresent("unnormalized")
    scale = try row.valueIfPresent("scale")
    floor = try row.valueIfPresent("floor")
    exampleCount = try row.count("example_count")
    details = try row.value("details")
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
  /// The name of the group's element.
  public let element: String
  /// The deviation; not finite only if a divergence is infinite.
  public let value: Double
}

extension Observation {
  fileprivate init(_ row: StoredRow) throws {
    iteration = try row.count("iteration")
    metric = try row.word("metric")
    tensor = try row.value("tensor")
    example = try row.count("example")
    exampleName = try row.valueIfPresent("name")
    label = try row.valueIfPresent("label")
    element = try row.valueIfPresent("element") ?? ""
    value = try row.valueIfPresent("value") ?? .nan
  }
}
