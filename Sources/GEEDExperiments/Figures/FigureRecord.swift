// SPDX-License-Identifier: MIT

import GEED

/// A quantity that figures show.
package enum Quantity: Hashable, Sendable {
  /// A deviation as it is defined, for latent metrics divided by M.
  case deviation(Metric, String)
  /// A latent deviation before it is divided by M.
  case unnormalized(Metric, String)
  /// The share of test data that is classified correctly.
  case accuracy

  /// The name in tables.
  package var title: String {
    switch self {
    case .deviation(.channelwise, let tensor): tensor
    case .deviation(.latent, _): "latent ℓ2"
    case .deviation(.latentCosine, _): "latent cosine"
    case .deviation(.softmax, _): "softmax"
    case .unnormalized(.latent, _): "latent ℓ2 without M"
    case .unnormalized(.latentCosine, _): "latent cosine without M"
    case .unnormalized(let metric, _): "\(metric.rawValue) without M"
    case .accuracy: "test accuracy"
    }
  }

  /// The channelwise deviation of block `number`, from 1 to 6.
  static func block(_ number: Int) -> Quantity { .deviation(.channelwise, "block\(number)") }
  /// The latent deviation with the ℓ₂ distance.
  static let latent = Quantity.deviation(.latent, "features")
  /// The same without M.
  static let latentWithoutScale = Quantity.unnormalized(.latent, "features")
  /// The latent deviation with the cosine.
  static let latentCosine = Quantity.deviation(.latentCosine, "features")
  /// The same without M.
  static let latentCosineWithoutScale = Quantity.unnormalized(.latentCosine, "features")
  /// The softmax deviation.
  static let softmax = Quantity.deviation(.softmax, "logits")
}

/// All numbers of an experiment, by network, iteration and data, from which figures are drawn.
package struct FigureRecord: Sendable {
  /// The kind of network, iteration and data that a number belongs to.
  package struct Place: Hashable, Sendable {
    /// The kind of the network.
    package let kind: NetworkKind
    /// The number of iterations of training; 0 for the untrained network.
    package let iteration: Int
    /// The name of the data.
    package let data: String

    /// - Parameters:
    ///   - kind: The kind of the network.
    ///   - iteration: The number of iterations of training.
    ///   - data: The name of the data.
    package init(
      _ kind: NetworkKind, at iteration: Int, on data: String = MeasuredData.rotatedMNIST
    ) {
      self.kind = kind
      self.iteration = iteration
      self.data = data
    }
  }

  private struct Key: Hashable, Sendable {
    let place: Place
    let quantity: Quantity
  }

  /// The seeds of the networks, in order.
  package let seeds: [UInt64]
  private var values: [Key: [UInt64: Double]] = [:]

  /// Creates a record without numbers.
  ///
  /// - Parameter seeds: The seeds of the networks.
  package init(seeds: [UInt64]) {
    self.seeds = seeds
  }

  /// Adds a number.
  ///
  /// - Parameters:
  ///   - value: The number.
  ///   - quantity: The quantity.
  ///   - place: The place that it belongs to.
  ///   - seed: The seed of the network.
  package mutating func add(
    _ value: Double, of quantity: Quantity, at place: Place, seed: UInt64
  ) {
    values[Key(place: place, quantity: quantity), default: [:]][seed] = value
  }

  /// Returns the number of each network, in the order of the seeds; `nil` for a missing one.
  ///
  /// - Parameters:
  ///   - quantity: The quantity.
  ///   - place: The place.
  package func values(_ quantity: Quantity, _ place: Place) -> [Double?] {
    let found = values[Key(place: place, quantity: quantity)] ?? [:]
    return seeds.map { found[$0] }
  }

  /// Returns the difference between two numbers of each network.
  ///
  /// Networks of one seed see the same batches, so the differences have less noise than the two means.
  func differences(
    _ quantity: Quantity, _ first: Place, minus second: Place
  ) -> [Double?] {
    differences((quantity, first), minus: (quantity, second))
  }

  /// Returns the difference between two numbers of each network.
  func differences(
    _ first: (Quantity, Place), minus second: (Quantity, Place)
  ) -> [Double?] {
    zip(values(first.0, first.1), values(second.0, second.1)).map { a, b in
      a.flatMap { a in b.map { a - $0 } }
    }
  }

  /// Returns the iterations after which there are numbers on the given data, in order.
  ///
  /// - Parameter data: The name of the data.
  package func iterations(on data: String = MeasuredData.rotatedMNIST) -> [Int] {
    Set(values.keys.filter { $0.place.data == data }.map(\.place.iteration)).sorted()
  }
}
