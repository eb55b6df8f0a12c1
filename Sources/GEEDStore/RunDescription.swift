// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// The description of a run, known before anything is measured.
public struct RunDescription: Sendable, Hashable {
  /// Everything that determines the run's numbers, as JSON with sorted keys: hashes of model and
  /// data, seeds, sizes, and versions of the software. Runs with the same text have the same
  /// numbers.
  public let settings: String

  /// A word by which the run can be found, such as the name of a figure.
  public var tag: String?

  /// The file of the model, or the name of the network.
  public var model: String

  /// The SHA-256 of the model's file, in hexadecimal.
  public var modelSHA256: String?

  /// The source of the data.
  public var data: String

  /// The name of the group, or of other transformations.
  public var group: String

  /// The seed of the random choices.
  public var seed: UInt64

  /// The versions of the software that computes, by name.
  public var versions: [String: String]

  /// The command that started the run, word by word.
  public var commandLine: [String]

  /// The part of a measurement that the run covers.
  public var shard: Shard

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - settings: Everything that determines the run's numbers.
  ///   - model: The file of the model, or the name of the network.
  ///   - modelSHA256: The SHA-256 of the model's file.
  ///   - data: The source of the data.
  ///   - group: The name of the group.
  ///   - seed: The seed of the random choices.
  ///   - versions: The versions of the software that computes, by name.
  ///   - commandLine: The command that started the run, word by word.
  ///   - shard: The part of a measurement that the run covers.
  ///   - tag: A word by which the run can be found.
  /// - Throws: Any error from encoding `settings` as JSON.
  public init(
    settings: some Encodable, model: String, modelSHA256: String? = nil, data: String,
    group: String, seed: UInt64, versions: [String: String] = ["geed": GEEDVersion.current],
    commandLine: [String] = CommandLine.arguments, shard: Shard = .whole, tag: String? = nil
  ) throws {
    self.settings = try settings.canonicalJSON
    self.model = model
    self.modelSHA256 = modelSHA256
    self.data = data
    self.group = group
    self.seed = seed
    self.versions = versions
    self.commandLine = commandLine
    self.shard = shard
    self.tag = tag
  }
}

/// A run of a store.
public struct RunSummary: Sendable, Hashable, Identifiable {
  /// The kind of a run.
  public enum Kind: String, Sendable, Hashable {
    /// A measurement of one model.
    case measure
    /// A training, with measurements during it.
    case train
    /// A figure made from other runs: its settings and, as its document, the conclusions.
    case figure
  }

  /// The progress of a run.
  public enum Status: String, Sendable, Hashable {
    /// The run is not finished, and a process of this machine is working on it.
    case running
    /// The run is not finished, and no process of this machine is working on it: it was stopped or
    /// killed, or belongs to another machine.
    case incomplete
    /// The run is complete.
    case finished
  }

  /// The number of the run in its store.
  public let id: Int64
  /// The kind of a run.
  public let kind: Kind
  /// The progress of the run.
  public let status: Status
  /// The time when the run began, in UTC in the form 2026-01-31T23:59:59Z.
  public let created: String
  /// A word by which the run can be found.
  public let tag: String?
  /// The file of the model, or the name of the network.
  public let model: String
  /// The SHA-256 of the model's file.
  public let modelSHA256: String?
  /// The source of the data.
  public let data: String
  /// The name of the group.
  public let group: String
  /// The seed of the random choices.
  public let seed: UInt64
  /// The part of a measurement that the run covers.
  public let shard: Shard
  /// Everything that determines the run's numbers, as JSON with sorted keys.
  public let settings: String
  /// The number of examples measured, or of training iterations done.
  public let count: Int
  /// Whether the run was stored with checksums, which stores of format 1 do not have.
  public let hasChecksums: Bool
}

extension Encodable {
  /// The value as JSON, which is the same for equal values.
  package var canonicalJSON: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
