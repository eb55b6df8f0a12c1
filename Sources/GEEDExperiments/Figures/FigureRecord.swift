// SPDX-License-Identifier: MIT

import GEED
import GEEDReport

/// All numbers of an experiment, by network, iteration and data, from which figures are drawn.
package struct FigureRecord: Sendable {
  /// The kind of network, number of iterations (0 if untrained) and data that a number belongs to.
  package struct Place: Hashable, Sendable {
    let kind: NetworkKind
    let iteration: Int
    /// The name of the data; `nil` for the test part of the training data.
    let data: String?

    package init(_ kind: NetworkKind, at iteration: Int, on data: String? = nil) {
      self.kind = kind
      self.iteration = iteration
      self.data = data
    }
  }

  /// A number of one network.
  private struct Entry {
    let value: Double
    /// The interval over examples, if there is one.
    let interval: ClosedRange<Double>?
  }

  package let seeds: [UInt64]
  /// The numbers by place, quantity and seed.
  private var entries: [Place: [Quantity: [UInt64: Entry]]] = [:]

  package init(seeds: [UInt64]) {
    self.seeds = seeds
  }

  /// Adds the number of the network with the given seed, and its interval over examples.
  package mutating func add(
    _ value: Double, of quantity: Quantity, at place: Place, seed: UInt64,
    interval: ClosedRange<Double>? = nil
  ) {
    entries[place, default: [:]][quantity, default: [:]][seed] =
      Entry(value: value, interval: interval)
  }

  /// Returns the number of each network, in the order of the seeds; `nil` for a missing one.
  package func values(_ quantity: Quantity, _ place: Place) -> [Double?] {
    seeds.map { entries[place]?[quantity]?[$0]?.value }
  }

  /// Returns the interval over examples of each network, in the order of the seeds.
  package func intervals(_ quantity: Quantity, _ place: Place) -> [ClosedRange<Double>?] {
    seeds.map { entries[place]?[quantity]?[$0]?.interval }
  }

  /// Returns the iterations after which there are numbers on the given data, in order.
  package func iterations(on data: String? = nil) -> [Int] {
    Set(entries.keys.filter { $0.data == data }.map(\.iteration)).sorted()
  }

  /// Returns the difference between two numbers of each network; those of one seed see equal batches.
  func differences(
    _ first: (Quantity, Place), minus second: (Quantity, Place)
  ) -> [Double?] {
    combined(first, second, -)
  }

  /// Returns the quotient of two numbers of each network.
  func ratios(_ first: (Quantity, Place), over second: (Quantity, Place)) -> [Double?] {
    combined(first, second, /)
  }

  private func combined(
    _ first: (Quantity, Place), _ second: (Quantity, Place), _ operation: (Double, Double) -> Double
  ) -> [Double?] {
    zip(values(first.0, first.1), values(second.0, second.1)).map { a, b in
      a.flatMap { a in b.map { operation(a, $0) } }
    }
  }

  /// Returns the comparison of two kinds of networks: the number of the first minus that of the
  /// second.
  func contrast(
    _ quantity: Quantity, between first: NetworkKind = .conventional,
    and second: NetworkKind = .steerable, at iteration: Int, on data: String? = nil,
    named name: String? = nil,
    _ direction: ClaimPart.Direction, _ bound: Double = 0
  ) -> ClaimPart {
    ClaimPart(
      "\(name.map { "\($0), " } ?? "")\(quantity.title): \(first.rawValue) − \(second.rawValue)",
      differences(
        (quantity, Place(first, at: iteration, on: data)),
        minus: (quantity, Place(second, at: iteration, on: data))),
      direction, bound)
  }

  /// Returns the comparison of a number of one kind between two iterations: the last minus the
  /// first.
  func change(
    of quantity: Quantity, _ kind: NetworkKind, from first: Int, to last: Int,
    _ direction: ClaimPart.Direction, _ bound: Double = 0
  ) -> ClaimPart {
    ClaimPart(
      "\(kind.rawValue), \(quantity.title): iteration \(last) − \(first)",
      differences(
        (quantity, Place(kind, at: last)), minus: (quantity, Place(kind, at: first))),
      direction, bound)
  }
}

extension FigureRecord {
  /// Adds a result of the network with the given seed, under the whole group and under subgroups;
  /// `tensor` is the name by which figures know the output.
  mutating func add(_ result: ProbeResult, of tensor: String, at place: Place, seed: UInt64) {
    let hasScale = result.metric.scaleMeasure != nil
    if let value = result.value {
      add(
        value, of: .deviation(result.metric, tensor), at: place, seed: seed,
        interval: result.confidenceInterval)
    }
    if hasScale, let value = result.unnormalized {
      add(value, of: .unnormalized(result.metric, tensor), at: place, seed: seed)
    }
    if let permutations = result.permutations {
      for quantity in PermutedQuantity.allCases {
        guard let value = quantity.value(of: permutations) else { continue }
        add(value, of: .permuted(quantity, tensor), at: place, seed: seed)
      }
    }
    for (name, subgroup) in result.subgroupsByKind {
      add(
        subgroup.value, of: .deviation(result.metric, tensor, under: name), at: place,
        seed: seed, interval: subgroup.confidenceInterval.flatMap(ClosedRange.init(ends:)))
      guard hasScale else { continue }
      add(
        subgroup.unnormalized, of: .unnormalized(result.metric, tensor, under: name),
        at: place, seed: seed)
    }
  }
}
