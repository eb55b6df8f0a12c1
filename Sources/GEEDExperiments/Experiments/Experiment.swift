// SPDX-License-Identifier: MIT

import GEED
import GEEDData
import GEEDModels

/// The networks of one or more figures: their training, and the measurements on them.
package protocol Experiment: Sendable {
  /// The kinds of networks that are trained, in the order of tables.
  var kinds: [NetworkKind] { get }
  /// The seeds of the networks of each kind.
  var seeds: [UInt64] { get }
  /// The number of steps of the optimizer.
  var iterations: Int { get }
  /// The number of iterations between two measurements.
  var measurementInterval: Int { get }
  /// The name of the test part of the training data.
  var dataName: String { get }
  /// The location of all data, as given by `--data`.
  var location: String { get }
  /// The files that the numbers depend on.
  var files: [String] { get }
  /// Returns the files of one of the data sets that ``measurements`` name, where they are not among
  /// ``files``; none by default.
  func files(of data: String) -> [String]
  /// The data sets and files that do not exist at the location.
  var missing: [String] { get }
  /// The tag of trainings in a store.
  var trainingTag: String { get }
  /// The tag of other measurements in a store; by default that of trainings.
  var measurementTag: String { get }
  /// The measurements apart from those during the training; none by default.
  var measurements: [NetworkMeasurement] { get }

  /// Returns the settings of one training. Networks of one seed see the same batches, and all
  /// networks are measured on the same examples.
  func configuration(_ kind: NetworkKind, seed: UInt64) -> TrainingConfiguration

  /// Returns the name by which figures know an output of a network; the same name by default.
  func name(of tensor: String, in kind: NetworkKind) -> String

  /// Opens one of the data sets that ``measurements`` name; by default there are none.
  func open(_ name: String) throws(DataError) -> any Dataset

  /// Opens the test part of the training data, by default as the training does.
  func openTestData(for kind: NetworkKind, seed: UInt64) throws -> any Dataset

  /// The networks that others have trained, with the paths of their files; none by default.
  var published: [NetworkKind: (network: PublishedNetwork, path: String)] { get }
}

extension Experiment {
  package var measurements: [NetworkMeasurement] { [] }

  package func name(of tensor: String, in kind: NetworkKind) -> String { tensor }

  package var published: [NetworkKind: (network: PublishedNetwork, path: String)] { [:] }

  package var measurementTag: String { trainingTag }

  package func files(of data: String) -> [String] { [] }

  package func open(_ name: String) throws(DataError) -> any Dataset {
    throw .invalid(
      path: name, expected: "the test part of the training data", found: "another name")
  }

  /// Whether there are networks to train.
  package var trainsNetworks: Bool { !kinds.isEmpty }

  package func openTestData(for kind: NetworkKind, seed: UInt64) throws -> any Dataset {
    try configuration(kind, seed: seed).data.open(.test, seed: seed)
  }

  /// The networks that are trained.
  var networks: [TrainedNetwork] {
    kinds.flatMap { kind in seeds.map { TrainedNetwork(kind: kind, seed: $0) } }
  }
}

/// A kind of network, together with the way in which it is trained, by its name in tables.
package struct NetworkKind: RawRepresentable, Sendable, Hashable, Codable, Comparable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package init(_ name: String) { rawValue = name }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// One of the networks of a kind.
struct TrainedNetwork: Sendable, Hashable {
  let kind: NetworkKind
  let seed: UInt64
}

/// A measurement of all networks of a kind, apart from those during their training.
package struct NetworkMeasurement: Sendable, Hashable, Encodable {
  /// The kind of the networks.
  let network: NetworkKind
  /// The kind to which the numbers belong: that of the networks unless these are changed.
  package let kind: NetworkKind
  /// The name of the data; `nil` for the test part of the training data.
  package let data: String?
  /// Whether the networks are measured after their training, and not before.
  let isTrained: Bool
  /// The change of the network's features, if any.
  let change: FeatureChange?
  /// Whether channelwise probes search for permutations of the channels.
  let searchesPermutations: Bool
  /// The group, the outputs and the numbers of examples.
  let settings: TrajectorySettings

  init(
    of network: NetworkKind, as kind: NetworkKind? = nil, on data: String? = nil,
    isTrained: Bool = true, change: FeatureChange? = nil, searchesPermutations: Bool = false,
    _ settings: TrajectorySettings
  ) {
    self.network = network
    self.kind = kind ?? network
    self.data = data
    self.isTrained = isTrained
    self.change = change
    self.searchesPermutations = searchesPermutations
    self.settings = settings
  }
}

extension TrajectorySettings {
  /// Creates the settings of an experiment, whose networks are all measured on the same examples.
  init(of group: GroupName, every: Int, samples: Int, scaleSamples: Int) {
    self.init(group: group)
    self.every = every
    self.samples = samples
    self.scaleSamples = scaleSamples
    seed = 0
  }
}

package enum ExperimentScale: String, Sendable, Hashable, Codable, CaseIterable {
  /// The numbers of the paper, for a GPU.
  case paper
  /// Greater widths than `small`, otherwise the same.
  case wide
  /// Smaller widths or images and fewer networks, for two CPU cores.
  case small
  /// A demonstration, which shows nothing about the paper; takes a minute per network.
  case demo
  /// A few iterations of the smallest networks, for tests.
  case tiny
}
