// SPDX-License-Identifier: MIT

import GRDB

/// The tables of a store, which other programs may read.
enum StoreSchema {
  /// The application id of a store: "GEED" in ASCII.
  static let applicationID: Int32 = 0x4745_4544

  /// The format that this version writes; older ones are migrated when a store is opened for writing.
  static var version: Int { migrations.count }

  /// The migrations from each format to the next, starting from an empty database.
  static let migrations = [first, second, third]

  private static let first = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('measure', 'train', 'figure')),
      status TEXT NOT NULL CHECK (status IN ('running', 'finished')),
      created TEXT NOT NULL,
      tag TEXT,
      model TEXT NOT NULL,
      model_sha256 TEXT,
      data TEXT NOT NULL,
      group_name TEXT NOT NULL,
      seed INTEGER NOT NULL,
      shard_index INTEGER NOT NULL,
      shard_count INTEGER NOT NULL,
      settings TEXT NOT NULL,
      versions TEXT NOT NULL,
      command_line TEXT NOT NULL,
      document TEXT
    );
    CREATE TABLE probe (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      number INTEGER NOT NULL,
      metric TEXT NOT NULL,
      tensor TEXT NOT NULL,
      UNIQUE (run, number)
    );
    CREATE TABLE element (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      number INTEGER NOT NULL,
      name TEXT NOT NULL,
      weight REAL NOT NULL,
      PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
    CREATE TABLE example (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      number INTEGER NOT NULL,
      name TEXT,
      label INTEGER,
      PRIMARY KEY (run, number)
    ) WITHOUT ROWID;
    CREATE TABLE observation (
      probe INTEGER NOT NULL REFERENCES probe ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      example INTEGER NOT NULL,
      element INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (probe, iteration, example, element)
    ) WITHOUT ROWID;
    CREATE TABLE result (
      probe INTEGER NOT NULL REFERENCES probe ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      value REAL,
      low REAL,
      high REAL,
      unnormalized REAL,
      scale REAL,
      floor REAL,
      example_count INTEGER NOT NULL,
      details TEXT NOT NULL,
      PRIMARY KEY (probe, iteration)
    );
    CREATE TABLE step (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      iteration INTEGER NOT NULL,
      loss REAL,
      accuracy REAL,
      test_loss REAL,
      test_accuracy REAL,
      learning_rate REAL,
      PRIMARY KEY (run, iteration)
    ) WITHOUT ROWID;
    CREATE TABLE record (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      bytes BLOB NOT NULL,
      PRIMARY KEY (run, position)
    );
    CREATE VIEW observations AS
      SELECT probe.run, iteration, metric, tensor, observation.example, example.name AS example_name,
        example.label, element.name AS element, element.weight, observation.value
      FROM observation JOIN probe ON probe.id = observation.probe
        LEFT JOIN example ON example.run = probe.run AND example.number = observation.example
        LEFT JOIN element ON element.run = probe.run AND element.number = observation.element;
    CREATE VIEW results AS
      SELECT probe.run, iteration, metric, tensor, value, low, high, unnormalized, scale, floor,
        example_count, details
      FROM result JOIN probe ON probe.id = result.probe;
    """

  /// Adds checksums and the owners of unfinished runs. Existing rows have neither.
  private static let second = """
    ALTER TABLE run ADD COLUMN owner TEXT;
    ALTER TABLE run ADD COLUMN checksum BLOB;
    ALTER TABLE run ADD COLUMN document_checksum BLOB;
    ALTER TABLE record ADD COLUMN checksum BLOB;
    """

  /// Adds the predicted classes and the images of examples. Existing rows have neither.
  private static let third = """
    ALTER TABLE observation ADD COLUMN prediction INTEGER;
    CREATE TABLE thumbnail (
      run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      example INTEGER NOT NULL,
      elements TEXT NOT NULL,
      columns INTEGER NOT NULL,
      png BLOB NOT NULL,
      PRIMARY KEY (run, example)
    );
    DROP VIEW observations;
    CREATE VIEW observations AS
      SELECT probe.run, iteration, metric, tensor, observation.example, example.name AS example_name,
        example.label, element.name AS element, element.weight, observation.value,
        observation.prediction
      FROM observation JOIN probe ON probe.id = observation.probe
        LEFT JOIN example ON example.run = probe.run AND example.number = observation.example
        LEFT JOIN element ON element.run = probe.run AND element.number = observation.element;
    """

  /// Returns the format of a store, 0 for an empty database. Throws for another database, and for a
  /// store that is newer, has a trigger, or lacks a table or column of its format.
  static func requireOwn(_ database: Database, in path: String) throws -> Int {
    func foreign(_ found: String) -> StoreError { .foreign(path: path, found: found) }
    let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
    let isEmpty = try names("sqlite_master", database, path).isEmpty
    let tables = try names("sqlite_master WHERE type = 'table' ORDER BY name", database, path)
    guard mark == applicationID || isEmpty else {
      throw foreign("a database with the tables \(tables.prefix(5).joined(separator: ", "))")
    }
    let found = try version(of: database)
    guard found <= version else {
      throw StoreError.newer(path: path, found: found, supported: version)
    }
    guard found >= 0 else { throw foreign("a store of format \(found), which there is not") }
    guard found > 0 else {
      if isEmpty { return 0 }
      throw foreign("a store without a format")
    }
    if let trigger = try names("sqlite_master WHERE type = 'trigger'", database, path).first {
      throw foreign("a store with the trigger '\(trigger)', which would change it")
    }
    for (table, expected) in try columns(ofFormat: found) {
      guard tables.contains(table) else { throw foreign("a store without the table '\(table)'") }
      let own = try names("pragma_table_info(\(table))", database, path)
      if let missing = expected.first(where: { !own.contains($0) }) {
        throw foreign(
          "a store whose table '\(table)' has no column '\(missing)', so none of its runs can be "
            + "read")
      }
    }
    return found
  }

  /// Returns the format of the tables; 0 if there are none.
  static func version(of database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
  }

  /// Migrates the tables to this version's format, unless another process has already done so.
  static func migrate(_ database: Database, in path: String) throws {
    let found = try requireOwn(database, in: path)
    guard found < version else { return }
    for migration in migrations[found...] { try database.execute(sql: migration) }
    try database.execute(
      sql: """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """)
  }

  /// Returns the columns of each table of a format, read from an empty database of that format.
  private static func columns(ofFormat format: Int) throws -> [(table: String, columns: [String])] {
    try DatabaseQueue().write { database in
      for migration in migrations[..<format] { try database.execute(sql: migration) }
      return try names("sqlite_master WHERE type = 'table' ORDER BY name", database).map {
        ($0, try names("pragma_table_info(\($0))", database))
      }
    }
  }

  private static func names(
    _ source: SQL, _ database: Database, _ path: String = ""
  ) throws -> [String] {
    try SQLRequest<Row>(literal: "SELECT name FROM \(source)").fetchAll(database).map {
      try StoredRow(row: $0, table: "sqlite_master", path: path).value("name")
    }
  }
}
