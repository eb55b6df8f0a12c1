// SPDX-License-Identifier: MIT

/// The tables of a store, which other programs may read.
enum StoreSchema {
  /// What marks a file as a store: "GEED" in ASCII.
  static let applicationID: Int32 = 0x4745_4544

  /// The format that this version writes; older ones are brought up to it when they are opened.
  static var version: Int { migrations.count }

  /// What leads from each format to the next, from no tables on.
  static let migrations = [first]

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
}
