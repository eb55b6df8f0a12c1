// SPDX-License-Identifier: MIT

import GRDB

extension RunStore {
  /// Writes the conclusions from other runs as a separate finished run, which replaces an earlier
  /// one with the same settings.
  ///
  /// - Parameters:
  ///   - description: The description of the figure.
  ///   - document: The conclusions as JSON.
  /// - Returns: The number of the run.
  /// - Throws: ``StoreError`` if the store cannot be written; nothing is written in that case.
  @discardableResult
  public func saveFigure(
    _ description: RunDescription, document: String
  ) throws(StoreError) -> Int64 {
    try write("write to") { database in
      try database.execute(
        sql: "DELETE FROM run WHERE kind = 'figure' AND settings = ?",
        arguments: [description.settings])
      let id = try insert(description, kind: .figure, into: database)
      try finish(id, document: document, in: database)
      return id
    }
  }
}
