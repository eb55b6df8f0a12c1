// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

/// SHA-256 checksums of runs, documents and records, each over the content and its position in the
/// store.
///
/// They detect damage and edits, but not an edit that also recomputes the checksum.
enum Checksum {
  /// Returns the checksum of a run's row, without its document and owner.
  static func ofRun(_ row: StoredRow) throws(StoreError) -> Data {
    var hash = SHA256()
    hash.add("geed.run/2")
    for column in ["id", "seed", "shard_index", "shard_count"] {
      hash.add(try row.value(column, as: Int64.self))
    }
    for column in [
      "kind", "status", "created", "model", "data", "group_name", "settings", "versions",
      "command_line",
    ] {
      hash.add(try row.value(column, as: String.self))
    }
    hash.add(try row.valueIfPresent("tag", as: String.self))
    hash.add(try row.valueIfPresent("model_sha256", as: String.self))
    return Data(hash.finish())
  }

  /// Returns the checksum of a run's document.
  static func ofDocument(_ document: String?, run: Int64) -> Data {
    var hash = SHA256()
    hash.add("geed.document/2")
    hash.add(run)
    hash.add(document)
    return Data(hash.finish())
  }

  /// Returns the checksum of a record at its position.
  ///
  /// - Parameter settings: The settings of the run, because records of another run may have the
  ///   same numbers.
  static func ofRecord(
    _ bytes: [UInt8], at position: Int, run: Int64, settings: String
  ) -> Data {
    var hash = SHA256()
    hash.add("geed.record/2")
    hash.add(run)
    hash.add(settings)
    hash.add(Int64(position))
    hash.add(bytes)
    return Data(hash.finish())
  }
}

extension RunStore {
  /// The columns of a run's row, except its document, owner and checksums.
  static let runColumns = """
    id, kind, status, created, tag, model, model_sha256, data, group_name, seed, shard_index,
    shard_count, settings, versions, command_line
    """

  /// Writes the checksum of a run's row, after it has changed.
  func seal(_ id: Int64, in database: Database) throws {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT \(Self.runColumns) FROM run WHERE id = ?", arguments: [id])
    else { return }
    let checksum = try Checksum.ofRun(StoredRow(row, of: "run", in: path, run: id))
    try database.execute(
      sql: "UPDATE run SET checksum = ? WHERE id = ?", arguments: [checksum, id])
  }

  /// Writes the document of a run and marks the run as finished.
  func finish(_ id: Int64, document: String?, in database: Database) throws {
    try database.execute(
      sql: """
        UPDATE run SET status = 'finished', document = ?, document_checksum = ? WHERE id = ?
        """,
      arguments: [document, Checksum.ofDocument(document, run: id), id])
    try seal(id, in: database)
  }

  /// Makes `owner` the owner of a run.
  func take(_ id: Int64, by owner: RunOwner, in database: Database) throws {
    try database.execute(
      sql: "UPDATE run SET owner = ? WHERE id = ?", arguments: [owner.text, id])
  }

  /// Throws if another process has taken over a run or removed it.
  func requireOwner(_ owner: RunOwner, of id: Int64, in database: Database) throws {
    guard
      let row = try Row.fetchOne(
        database, sql: "SELECT owner FROM run WHERE id = ?", arguments: [id])
    else { throw StoreError.noRun(path: path, id: id, available: []) }
    let found = try StoredRow(row, of: "run", in: path, run: id).valueIfPresent(
      "owner", as: String.self)
    guard found != owner.text else { return }
    throw StoreError.takenOver(
      path: path, run: id, owner: found.flatMap(RunOwner.init)?.name ?? "another process")
  }
}
