// SPDX-License-Identifier: MIT

import GEED

/// One quantity for several models and data sets.
package struct ReportedComparison: Sendable {
  /// A model on a data set.
  package struct Cell: Sendable {
    package let model: String
    package let data: String
    /// The number of the model, or the mean over networks; `nil` if one of them has no number.
    package let value: Double?
    package let interval: ClosedRange<Double>?
    /// The number of networks.
    package let count: Int

    /// Creates the cell of one measurement.
    package init(
      model: String, data: String, value: Double?, interval: ClosedRange<Double>?
    ) {
      (self.model, self.data, self.value, self.interval) = (model, data, value, interval)
      count = 1
    }

    /// Creates the cell of networks of one kind, with Student's interval over networks.
    init(
      model: String, data: String, networks values: [Double?], possible: ClosedRange<Double>
    ) {
      (self.model, self.data, count) = (model, data, values.count)
      let known = values.compactMap(\.self)
      let estimate = known.isEmpty || known.count < values.count ? nil : Estimate(known)
      value = estimate?.value
      interval = estimate?.confidenceInterval()?.clamped(to: possible)
    }
  }

  /// What the intervals hold for.
  package enum Population: String, Sendable {
    case networks, examples
  }

  package let metric: Metric
  /// The quantity in words.
  package let quantity: String
  package let population: Population
  /// The value of a perfect model; `nil` if it is not the same for all cells.
  package let perfect: Double?
  package let cells: [Cell]

  package init(
    _ metric: Metric, quantity: String, population: Population, perfect: Double? = nil,
    cells: [Cell]
  ) {
    self.metric = metric
    self.quantity = quantity
    self.population = population
    self.perfect = perfect
    self.cells = cells
  }

  var models: [String] { cells.map(\.model).uniqued }
  var data: [String] { cells.map(\.data).uniqued }
}

/// A number of a probe that models are compared by.
struct ComparedQuantity: Hashable {
  let metric: Metric
  let tensor: String
  /// Whether it is E before its division by M.
  let isUnnormalized: Bool

  /// Returns the quantities of a result; latent deviations are also compared without M.
  static func all(of result: ProbeResult) -> [ComparedQuantity] {
    (result.metric.scaleMeasure == nil ? [false] : [false, true]).map {
      ComparedQuantity(metric: result.metric, tensor: result.tensor, isUnnormalized: $0)
    }
  }

  func value(of result: ProbeResult) -> Double? {
    isUnnormalized ? result.unnormalized : result.value
  }

  /// The quantity in words.
  var title: String {
    let unit = metric == .softmax ? ", nats" : isUnnormalized ? ", not divided by M" : ""
    return "\(metric.rawValue) deviation of \(tensor)\(unit)"
  }

  /// The value of a perfect model; `nil` if it depends on M.
  var perfect: Double? {
    switch metric {
    case .softmax, .latent: 0
    case .channelwise: -1
    case .latentCosine: isUnnormalized ? -1 : nil
    case .equivariance: nil
    }
  }

  var possibleValues: ClosedRange<Double> {
    switch metric {
    case .softmax, .latent: 0...(.infinity)
    case .channelwise: -1...1
    case .latentCosine: isUnnormalized ? -1...1 : -.infinity...(.infinity)
    case .equivariance: -.infinity...(.infinity)
    }
  }
}

// MARK: From results

extension ReportedComparison {
  /// A result of one network of a kind on a data set.
  struct NetworkResult {
    let model: String
    let data: String
    let seed: UInt64
    let result: ProbeResult
  }

  /// Returns a comparison for each quantity of networks of several kinds, or on several data sets.
  static func all(of results: [NetworkResult]) -> [ReportedComparison] {
    let quantities = results.flatMap { ComparedQuantity.all(of: $0.result) }.uniqued
    return quantities.sorted { $0.place < $1.place }.compactMap { quantity in
      let own = results.filter { ComparedQuantity.all(of: $0.result).contains(quantity) }
      let places = own.map { [$0.model, $0.data] }.uniqued
      let cells = places.map { place in
        Cell(
          model: place[0], data: place[1],
          networks: own.filter { [$0.model, $0.data] == place }
            .map { quantity.value(of: $0.result) },
          possible: quantity.possibleValues)
      }
      guard cells.count > 1, cells.contains(where: { $0.value != nil }) else { return nil }
      return ReportedComparison(
        quantity.metric, quantity: quantity.title, population: .networks,
        perfect: quantity.perfect, cells: cells)
    }
  }

  /// Returns a comparison for each quantity that all measurements of a group have: of the same
  /// tensor, or the only one of its metric in each of them.
  static func all(of measurements: [ReportedMeasurement]) -> [ReportedComparison] {
    let (models, data) = names(of: measurements)
    let groups = measurements.map(\.group).uniqued
    return groups.flatMap { group in
      let runs = measurements.indices.filter { measurements[$0].group == group }
      guard runs.count > 1 else { return [ReportedComparison]() }
      return Metric.shownOrder.flatMap { metric -> [ReportedComparison] in
        let results = runs.map { run in measurements[run].results.filter { $0.metric == metric } }
        let isOnlyOne = results.allSatisfy { $0.count == 1 }
        let tensors = (results.first ?? []).map(\.tensor).filter { tensor in
          results.allSatisfy { $0.contains { $0.tensor == tensor } }
        }
        return (isOnlyOne ? [nil] : tensors.map { Optional($0) }).map { tensor in
          let cells = zip(runs, results).compactMap { run, results in
            results.first { tensor == nil || $0.tensor == tensor }.map { result in
              Cell(
                model: models[run], data: data[run], value: result.value,
                interval: result.confidenceInterval)
            }
          }
          let place = tensor.map { " of \($0)" } ?? ""
          let unit = metric == .softmax ? ", nats" : ""
          let under = groups.count > 1 ? " under \(group)" : ""
          return ReportedComparison(
            metric, quantity: "\(metric.rawValue) deviation\(place)\(under)\(unit)",
            population: .examples,
            perfect: metric.perfect(scale: nil), cells: cells)
        }
      }
    }
  }
}

extension ReportedComparison {
  /// Returns the names of the models and of the data; measurements of one model on the same data
  /// have different names.
  private static func names(
    of measurements: [ReportedMeasurement]
  ) -> (models: [String], data: [String]) {
    let models = MeasurementRows.modelNames(of: measurements)
    let data = fileNames(measurements.map(\.data))
    let places = measurements.indices.map { run in
      [models[run], data[run], measurements[run].group].joined(separator: "\n")
    }
    let distinct = distinctNames(
      measurements.indices.map { [places[$0], "seed \(measurements[$0].seed)"] })
    let names = measurements.indices.map { run in
      models[run] + distinct[run].dropFirst(places[run].count)
    }
    return (names, data)
  }
}

extension ComparedQuantity {
  /// The place in the order of a page: the output first, then the features, then the blocks.
  fileprivate var place: Int {
    let order: [Metric] = [.softmax, .equivariance, .latent, .latentCosine, .channelwise]
    return 2 * (order.firstIndex(of: metric) ?? 0) + (isUnnormalized ? 1 : 0)
  }
}
