// SPDX-License-Identifier: MIT

import GEED

/// The mean of a quantity over networks of one kind at one iteration.
struct TrainingRow {
  let panel: String
  let series: String
  let iteration: Int
  let mean: Double
  let interval: ClosedRange<Double>?
  /// The height of the series' name, if the point is its last.
  var nameHeight: Double?

  var text: String { shown(mean, interval) }
}

/// A quantity during training.
struct TrainingPanel {
  let name: String
  let title: String
  let isShare: Bool
  var rows: [TrainingRow]

  /// The last row of each series.
  var ends: [TrainingRow] { rows.filter { $0.nameHeight != nil } }
}

extension TrainingPanel {
  /// Returns the quantities of trainings: the deviations by name, then the accuracy.
  ///
  /// Intervals are Student's at 95 % over networks, within the possible values.
  static func all(of trainings: [ReportedTraining]) -> [TrainingPanel] {
    let points = trainings.flatMap { $0.networks.joined() }
    let metrics = points.flatMap(\.deviations).map { Quantity($0.metric, $0.tensor) }
    let hasAccuracy = points.contains { $0.testAccuracy != nil }
    let quantities =
      Set(metrics).sorted { $0.name < $1.name } + (hasAccuracy ? [Quantity.accuracy] : [])
    return quantities.map { TrainingPanel($0, trainings) }
  }

  private init(_ quantity: Quantity, _ trainings: [ReportedTraining]) {
    (name, title, isShare) = (quantity.name, quantity.title, quantity.metric == nil)
    rows = trainings.flatMap { training -> [TrainingRow] in
      var values: [Int: [Double]] = [:]
      for point in training.networks.joined() {
        values[point.iteration, default: []] += quantity.values(at: point)
      }
      return values.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        .map { iteration, values in
          let estimate = Estimate(values)
          return TrainingRow(
            panel: quantity.name, series: training.name, iteration: iteration,
            mean: estimate.value,
            interval: estimate.confidenceInterval()?.clamped(to: quantity.range))
        }
    }
    let last = rows.indices.filter { index in
      index + 1 == rows.count || rows[index + 1].series != rows[index].series
    }
    let ends = rows.flatMap { row in
      [row.mean] + (row.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }
    let gap = 0.1 * ((ends.max() ?? 0) - (ends.min() ?? 0))
    for (index, height) in zip(last, separated(last.map { rows[$0].mean }, gap: gap)) {
      rows[index].nameHeight = height
    }
  }

  /// The tables of the charts.
  static func table(of panels: [TrainingPanel]) -> Table {
    Table(
      panels.flatMap(\.rows),
      [
        "panel": { .string($0.panel) },
        "series": { .string($0.series) },
        "iteration": { JSON($0.iteration) },
        "mean": { JSON($0.mean) },
        "low": { JSON($0.interval?.lowerBound) },
        "high": { JSON($0.interval?.upperBound) },
        "last": { .bool($0.nameHeight != nil) },
        "labelAt": { JSON($0.nameHeight) },
        "text": { .string($0.text) },
      ])
  }
}

/// A deviation of a tensor, or the accuracy.
private struct Quantity: Hashable {
  /// `nil` for the accuracy.
  let metric: Metric?
  let tensor: String

  static let accuracy = Quantity()

  private init() { (metric, tensor) = (nil, "") }

  init(_ metric: Metric, _ tensor: String) {
    self.metric = metric
    self.tensor = tensor
  }

  var name: String { metric.map { "\($0.rawValue) \(tensor)" } ?? "accuracy" }

  var title: String {
    switch metric {
    case nil: "test accuracy"
    case .softmax: "\(name), nats"
    default: name
    }
  }

  /// The possible values.
  var range: ClosedRange<Double> {
    switch metric {
    case nil: 0...1
    case .channelwise: -1...1
    case .latentCosine: -.infinity...(.infinity)
    case .softmax, .latent: 0...(.infinity)
    }
  }

  func values(at point: ReportedTraining.Point) -> [Double] {
    guard let metric else { return point.testAccuracy.map { [$0] } ?? [] }
    return point.deviations.filter { $0.metric == metric && $0.tensor == tensor }.map(\.value)
  }
}
