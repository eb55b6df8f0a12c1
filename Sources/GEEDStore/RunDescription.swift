// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

/// The description of a run, known before anything is measured.
public struct RunDescription: Sendable, Hashable {
  /// Everything that determines the run's numbers, as JSON with sorted keys: hashes of model and
  /// data, seeds, sizes, and versions of the software. Runs with the same text have the same
  /// numbers.
  public let settings: String
  /// A word by which the run can be found, such as the name of a figure.
  public let tag: String?
  /// The file of the model, or the name of the network.
  public let model: String
  /// The SHA-256 of the model's file, in hexadecimal.
  public let modelSHA256: String?
  /// The source of the data.
  public let data: String
  /// The name of the group, or of other transformations.
  public let group: String
  /// The seed of the random choices.
  public let seed: UInt64
  /// The part of a measurement that the run covers.
  public let shard: Shard
  let versions: [String: String]
  let commandLine: [String]

  /// Describes a run.
  ///
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

extension RunDescription {
  /// Whether the test accuracies of a training are those of linear classifiers that were fitted to the
  /// network's features, by its settings.
  package var hasLinearProbe: Bool {
    struct Settings: Decodable {
      struct Configuration: Decodable {
        struct Objective: Decodable {}

        struct Evaluation: Decodable {
          let probeCount: Int?

          private enum CodingKeys: String, CodingKey {
            case probeCount = "probe-count"
          }
        }

        let objective: Objective?
        let evaluation: Evaluation
      }

      let configuration: Configuration
    }
    let decoded = try? JSONDecoder().decode(Settings.self, from: Data(settings.utf8))
    guard let configuration = decoded?.configuration else { return false }
    return configuration.objective != nil || configuration.evaluation.probeCount != nil
  }
}

/// A run of a store, with the properties of its ``description``.
@dynamicMemberLookup
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
  /// What was known of the run before anything was measured.
  public let description: RunDescription
  /// The number of examples measured, or of training iterations done.
  public let count: Int
  /// Whether the run was stored with checksums, which stores of format 1 do not have.
  package let hasChecksums: Bool

  /// A property of the description, such as `run.model`.
  public subscript<Value>(dynamicMember property: KeyPath<RunDescription, Value>) -> Value {
    description[keyPath: property]
  }
}

extension RunSummary {
  /// The columns of a run's row that its checksum covers.
  static let columns: SQL = """
    id, kind, status, created, tag, model, model_sha256, data, group_name, seed, shard_index,
    shard_count, settings, versions, command_line
    """

  init(_ row: StoredRow) throws(StoreError) {
    id = try row.value("id")
    var row = row
    row.run = id
    kind = try row.word("kind")
    let written: Status = try row.word("status")
    let owner = try row.valueIfPresent("owner").flatMap(RunOwner.init)
    status = written == .running && owner?.isAlive != true ? .incomplete : written
    created = try row.value("created")
    description = try RunDescription(row)
    count = try row.valueIfPresent("size") ?? 0
    let checksum: Data? = try row.valueIfPresent("checksum")
    hasChecksums = checksum != nil
    if let checksum, checksum != (try Checksum.ofRun(row)) {
      throw .checksum(path: row.path, run: id, part: "its row in table 'run'")
    }
  }
}

extension RunDescription {
  fileprivate init(_ row: StoredRow) throws(StoreError) {
    settings = try row.value("settings")
    tag = try row.valueIfPresent("tag")
    model = try row.value("model")
    modelSHA256 = try row.valueIfPresent("model_sha256")
    data = try row.value("data")
    group = try row.value("group_name")
    seed = UInt64(bitPattern: try row.value("seed"))
    let (part, parts) = (try row.count("shard_index"), try row.count("shard_count"))
    guard part < parts else {
      throw row.wrong("shard_index", found: "\(part)", expected: "a number below \(parts)")
    }
    shard = Shard(index: part, of: parts)
    versions = try row.json("versions")
    commandLine = try row.json("command_line")
  }
}
