// SPDX-License-Identifier: MIT

import GRDB

extension RunStore {
  /// Writes what was concluded from other runs, as a finished run of its own; an earlier one with the
  /// same settings is replaced.
  ///
  /// - Parameters:
  ///   - description: What the figure is.
  ///   - document: The conclusions as JSON.
  /// - Returns: The number of the run.
  /// - Throws: ``StoreError`` if the store cannot be written; nothing was then.
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
