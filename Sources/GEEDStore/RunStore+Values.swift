// SPDX-License-Identifier: MIT

import GEED
import GRDB

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

extension RunStore {
  /// Returns the iterations of a training, in order.
  ///
  /// - Throws: ``StoreError`` if there is no such run.
  public func steps(ofRun id: Int64) throws(StoreError) -> [StoredStep] {
    _ = try run(id)
    return try read("read") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT iteration, loss, accuracy, test_loss, test_accuracy, learning_rate
          FROM step WHERE run = ? ORDER BY iteration
          """, arguments: [id]
      ).map {
        let row = StoredRow($0, of: "step", in: path, run: id)
        return StoredStep(
          iteration: try row.count("iteration"), loss: try row.valueIfPresent("loss"),
          accuracy: try row.valueIfPresent("accuracy"),
          testLoss: try row.valueIfPresent("test_loss"),
          testAccuracy: try row.valueIfPresent("test_accuracy"),
          learningRate: try row.valueIfPresent("learning_rate"))
      }
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
    _ = try run(id)
    return try read("read") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT iteration, metric, tensor, value, low, high, unnormalized, scale, floor,
            example_count, details
          FROM result JOIN probe ON probe.id = result.probe
          WHERE run = ?1 AND (?2 IS NULL OR metric = ?2) AND (?3 IS NULL OR tensor = ?3)
          ORDER BY iteration, number
          """, arguments: [id, metric?.rawValue, tensor]
      ).map { try result(StoredRow($0, of: "result", in: path, run: id)) }
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
    _ = try run(id)
    try read("read") { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT iteration, metric, tensor, observation.example, example.name, example.label,
            element.name AS element, observation.value
          FROM probe JOIN observation ON observation.probe = probe.id
            LEFT JOIN example ON example.run = ?1 AND example.number = observation.example
            LEFT JOIN element ON element.run = ?1 AND element.number = observation.element
          WHERE probe.run = ?1 AND (?2 IS NULL OR metric = ?2) AND (?3 IS NULL OR tensor = ?3)
          ORDER BY probe.number, iteration, observation.example, observation.element
          """, arguments: [id, metric?.rawValue, tensor])
      while let row = try rows.next() {
        let row = StoredRow(row, of: "observation", in: path, run: id)
        try body(
          Observation(
            iteration: try row.count("iteration"), metric: try row.word("metric", as: Metric.self),
            tensor: try row.value("tensor"), example: try row.count("example"),
            exampleName: try row.valueIfPresent("name"), label: try row.valueIfPresent("label"),
            element: try row.valueIfPresent("element") ?? "",
            value: try row.valueIfPresent("value") ?? .nan))
      }
    }
  }

  private func result(_ row: StoredRow) throws -> StoredResult {
    let (low, high): (Double?, Double?) = (
      try row.valueIfPresent("low"), try row.valueIfPresent("high")
    )
    var interval: ClosedRange<Double>?
    if let low, let high {
      guard low <= high else {
        throw row.wrong("low", found: "\(low)", expected: "a number up to \(high)")
      }
      interval = low...high
    }
    return StoredResult(
      iteration: try row.count("iteration"), metric: try row.word("metric", as: Metric.self),
      tensor: try row.value("tensor"), value: try row.valueIfPresent("value"),
      confidenceInterval: interval, unnormalized: try row.valueIfPresent("unnormalized"),
      scale: try row.valueIfPresent("scale"), floor: try row.valueIfPresent("floor"),
      exampleCount: try row.count("example_count"), details: try row.value("details"))
  }
}
