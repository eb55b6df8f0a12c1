// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GRDB

/// The images of one example under elements of the group, as one PNG file.
///
/// The images are of equal size, in rows of ``columns``.
package struct StoredThumbnail: Sendable, Hashable {
  /// The number of the example in its data set.
  package let example: Int
  /// The numbers of the elements, ascending from 0, the unchanged example.
  package let elements: [Int]
  package let columns: Int
  package let png: [UInt8]

  package init(example: Int, elements: [Int], columns: Int, png: [UInt8]) {
    self.example = example
    self.elements = elements
    self.columns = columns
    self.png = png
  }

  fileprivate init(_ row: StoredRow) throws {
    example = try row.count("example")
    elements = try row.json("elements")
    columns = try row.count("columns")
    png = Array(try row.value("png", as: Data.self))
    guard elements.first == 0, zip(elements, elements.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw row.wrong(
        "elements", found: "\(elements)", expected: "numbers of elements, ascending from 0")
    }
    guard columns > 0, elements.count.isMultiple(of: columns) else {
      throw row.wrong(
        "columns", found: "the number \(columns)", expected: "a divisor of \(elements.count)")
    }
  }
}

extension RunStore {
  /// Returns the names of the elements of a run's group, in order.
  package func elementNames(ofRun id: Int64) throws(StoreError) -> [String] {
    try read(run: id) { _, database in
      try Array(
        rows(
          of: "element", run: id, "SELECT name FROM element WHERE run = \(id) ORDER BY number",
          in: database
        ) { try $0.value("name") })
    }
  }

  /// Returns the thumbnails of a run; none for a store that was made before there were any.
  package func thumbnails(ofRun id: Int64) throws(StoreError) -> [StoredThumbnail] {
    guard format >= 3 else { return [] }
    return try read(run: id) { _, database in
      try Array(
        rows(
          of: "thumbnail", run: id,
          """
          SELECT example, elements, columns, png FROM thumbnail WHERE run = \(id) ORDER BY example
          """, in: database, StoredThumbnail.init))
    }
  }
}

extension MeasurementRecording {
  /// Replaces the thumbnails of the run.
  package func replace(thumbnails: [StoredThumbnail]) throws(StoreError) {
    try store.write(run: id, of: owner) { database in
      try database.execute(literal: "DELETE FROM thumbnail WHERE run = \(id)")
      for thumbnail in thumbnails {
        let elements = String(decoding: try JSONEncoder().encode(thumbnail.elements), as: UTF8.self)
        try database.execute(
          literal: """
            INSERT INTO thumbnail (run, example, elements, columns, png)
            VALUES (\(id), \(thumbnail.example), \(elements), \(thumbnail.columns),
              \(Data(thumbnail.png)))
            """)
      }
    }
  }
}
