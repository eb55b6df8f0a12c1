// SPDX-License-Identifier: MIT

import Foundation
import GEED

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

  static func ofDocument(_ document: String?, run: Int64) -> Data {
    var hash = SHA256()
    hash.add("geed.document/2")
    hash.add(run)
    hash.add(document)
    return Data(hash.finish())
  }

  /// Returns the checksum of a record. Records of runs with other settings may have equal numbers.
  static func ofRecord(_ bytes: [UInt8], at position: Int, run: Int64, settings: String) -> Data {
    var hash = SHA256()
    hash.add("geed.record/2")
    hash.add(run)
    hash.add(settings)
    hash.add(Int64(position))
    hash.add(bytes)
    return Data(hash.finish())
  }
}
