// SPDX-License-Identifier: MIT

import Foundation
import GEED

/// What a run is, before it has measured anything.
public struct RunDescription: Sendable, Hashable {
  /// Everything that decides the run's numbers, as JSON with sorted keys: hashes of model and data,
  /// seeds, sizes, versions of what computes. Runs with the same text have the same numbers.
  public let settings: String

  /// A word to find the run by, such as the name of a figure.
  public var tag: String?

  /// The file of the model, or the name of the network.
  public var model: String

  /// The SHA-256 of the model's file, in hexadecimal.
  public var modelSHA256: String?

  /// Where the data come from.
  public var data: String

  /// The name of the group, or of other transformations.
  public var group: String

  /// Where random choices start.
  public var seed: UInt64

  /// The versions of what computes, by name.
  public var versions: [String: String]

  /// The command that started the run, word by word.
  public var commandLine: [String]

  /// Which part of a measurement it is.
  public var shard: Shard

  /// Describes a run.
  ///
  /// - Parameters:
  ///   - settings: Everything that decides the run's numbers.
  ///   - model: The file of the model, or the name of the network.
  ///   - modelSHA256: The SHA-256 of the model's file.
  ///   - data: Where the data come from.
  ///   - group: The name of the group.
  ///   - seed: Where random choices start.
  ///   - versions: The versions of what computes, by name.
  ///   - commandLine: The command that started the run, word by word.
  ///   - shard: Which part of a measurement it is.
  ///   - tag: A word to find the run by.
  /// - Throws: What keeps `settings` from being encoded as JSON.
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
  /// What kind of run it is.
  public enum Kind: String, Sendable, Hashable {
    /// A measurement of one model.
    case measure
    /// A training, with measurements along the way.
    case train
    /// A figure that was made of other runs: its settings, and as its document what was concluded.
    case figure
  }

  /// How far the run is.
  public enum Status: String, Sendable, Hashable {
    /// It is not finished, and a process of this machine is at it.
    case running
    /// It is not finished, and no process of this machine is at it: it was stopped or killed, or is
    /// another machine's.
    case incomplete
    /// It has everything.
    case finished
  }

  /// The number of the run in its store.
  public let id: Int64
  /// What kind of run it is.
  public let kind: Kind
  /// How far it is.
  public let status: Status
  /// When it began: UTC in the form 2026-01-31T23:59:59Z.
  public let created: String
  /// A word to find it by.
  public let tag: String?
  /// The file of the model, or the name of the network.
  public let model: String
  /// The SHA-256 of the model's file.
  public let modelSHA256: String?
  /// Where the data come from.
  public let data: String
  /// The name of the group.
  public let group: String
  /// Where random choices start.
  public let seed: UInt64
  /// Which part of a measurement it is.
  public let shard: Shard
  /// Everything that decides its numbers, as JSON with sorted keys.
  public let settings: String
  /// How many examples were measured, or how many iterations of training were done.
  public let count: Int
  /// Whether the run was kept with checksums, which stores of format 1 do not have.
  public let hasChecksums: Bool
}

extension Encodable {
  /// JSON that is the same for equal values.
  package var canonicalJSON: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
