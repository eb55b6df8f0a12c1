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
    let metrics =
      points.flatMap(\.deviations).map { Quantity($0.metric, $0.tensor) }
      + points.flatMap(\.unnormalized).map { Quantity($0.metric, $0.tensor, isUnnormalized: true) }
    let accuracies = Set(points.filter { $0.testAccuracy != nil }.map(\.hasLinearProbe))
    let quantities =
      Set(metrics).sorted { $0.name < $1.name }
      + [false, true].filter(accuracies.contains).map { Quantity(accuracyOfLinearProbe: $0) }
    return quantities.map { TrainingPanel($0, trainings) }
  }

  private init(_ quantity: Quantity, _ trainings: [ReportedTraining]) {
    (name, title, isShare) = (quantity.name, quantity.title, quantity.deviation == nil)
    rows = trainings.flatMap { training -> [TrainingRow] in
      var values: [Int: [Double]] = [:]
      for point in training.networks.joined() {
        values[point.iteration, default: []] += quantity.values(at: point)
      }
      // A mean over those networks alone that have a value would be that of other networks.
      return values.filter { !$0.value.isEmpty && $0.value.count == training.networks.count }
        .sorted { $0.key < $1.key }
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
    let gap = 0.1 * (isShare ? 1 : (ends.max() ?? 0) - (ends.min() ?? 0))
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
  let deviation: ComparedQuantity?
  /// Whether the accuracy is that of a linear classifier of the features.
  let hasLinearProbe: Bool

  init(accuracyOfLinearProbe hasLinearProbe: Bool) {
    deviation = nil
    self.hasLinearProbe = hasLinearProbe
  }

  init(_ metric: Metric, _ tensor: String, isUnnormalized: Bool = false) {
    hasLinearProbe = false
    deviation = ComparedQuantity(metric: metric, tensor: tensor, isUnnormalized: isUnnormalized)
  }

  var name: String {
    guard let deviation else { return hasLinearProbe ? "linear-probe accuracy" : "accuracy" }
    return "\(deviation.metric.rawValue) \(deviation.tensor)"
      + (deviation.isUnnormalized ? ", not divided by M" : "")
  }

  var title: String {
    switch deviation?.metric {
    case nil: hasLinearProbe ? "linear-probe accuracy" : "test accuracy"
    case .softmax: "\(name), nats"
    default: name
    }
  }

  /// The possible values.
  var range: ClosedRange<Double> { deviation?.possibleValues ?? 0...1 }

  func values(at point: ReportedTraining.Point) -> [Double] {
    guard let deviation else {
      return point.testAccuracy.map { point.hasLinearProbe == hasLinearProbe ? [$0] : [] } ?? []
    }
    return (deviation.isUnnormalized ? point.unnormalized : point.deviations).filter {
      $0.metric == deviation.metric && $0.tensor == deviation.tensor
    }.map(\.value)
  }
}
