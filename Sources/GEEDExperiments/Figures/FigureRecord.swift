// SPDX-License-Identifier: MIT

import GEED
import GEEDReport

package enum Quantity: Hashable, Sendable {
  /// A deviation as it is defined, for latent metrics divided by M.
  case deviation(Metric, String)
  /// A latent deviation before it is divided by M.
  case unnormalized(Metric, String)
  /// The share of test data that is classified correctly.
  case accuracy

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
  static let latent = Quantity.deviation(.latent, "features")
  static let latentWithoutScale = Quantity.unnormalized(.latent, "features")
  static let latentCosine = Quantity.deviation(.latentCosine, "features")
  static let latentCosineWithoutScale = Quantity.unnormalized(.latentCosine, "features")
  static let softmax = Quantity.deviation(.softmax, "logits")
}

/// All numbers of an experiment, by network, iteration and data, from which figures are drawn.
package struct FigureRecord: Sendable {
  /// The kind of network, number of iterations (0 if untrained) and data that a number belongs to.
  package struct Place: Hashable, Sendable {
    let kind: NetworkKind
    let iteration: Int
    let data: String

    package init(
      _ kind: NetworkKind, at iteration: Int, on data: String = MeasuredData.rotatedMNIST
    ) {
      self.kind = kind
      self.iteration = iteration
      self.data = data
    }
  }

  package let seeds: [UInt64]
  /// The numbers by place, quantity and seed.
  private var values: [Place: [Quantity: [UInt64: Double]]] = [:]

  package init(seeds: [UInt64]) {
    self.seeds = seeds
  }

  /// Adds the number of the network with the given seed.
  package mutating func add(
    _ value: Double, of quantity: Quantity, at place: Place, seed: UInt64
  ) {
    values[place, default: [:]][quantity, default: [:]][seed] = value
  }

  /// Returns the number of each network, in the order of the seeds; `nil` for a missing one.
  package func values(_ quantity: Quantity, _ place: Place) -> [Double?] {
    seeds.map { values[place]?[quantity]?[$0] }
  }

  /// Returns the iterations after which there are numbers on the given data, in order.
  package func iterations(on data: String = MeasuredData.rotatedMNIST) -> [Int] {
    Set(values.keys.filter { $0.data == data }.map(\.iteration)).sorted()
  }

  /// Returns the difference between two numbers of each network; those of one seed see equal batches.
  func differences(
    _ first: (Quantity, Place), minus second: (Quantity, Place)
  ) -> [Double?] {
    zip(values(first.0, first.1), values(second.0, second.1)).map { a, b in
      a.flatMap { a in b.map { a - $0 } }
    }
  }

  /// Returns the comparison of the CNN with the C8-CNN; `data` is `nil` for rotated MNIST.
  func contrast(
    _ quantity: Quantity, at iteration: Int, on data: String? = nil,
    _ direction: ClaimPart.Direction
  ) -> ClaimPart {
    func place(_ kind: NetworkKind) -> Place {
      Place(kind, at: iteration, on: data ?? MeasuredData.rotatedMNIST)
    }
    return ClaimPart(
      "\(data.map { "\($0), " } ?? "")\(quantity.title): CNN − C8-CNN",
      differences((quantity, place(.conventional)), minus: (quantity, place(.steerable))),
      direction)
  }
}
