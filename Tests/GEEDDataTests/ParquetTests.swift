// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

/// Files made by PyArrow (`Scripts/fixtures/array_fixtures.py`). Without DuckDB, the sentence about that is
/// tested instead.
@Suite struct ParquetTests {
  private static let isInstalled: Bool = {
    do {
      _ = try ParquetFile(opening: [Fixture.path("containers/images.parquet")], path: "a")
      return true
    } catch {
      return !"\(error)".contains("this needs the library libduckdb")
    }
  }()

  private func open(_ name: String) throws -> any Dataset {
    try DatasetLocation.open(Fixture.path("containers/\(name)"))
  }

  private func labels(of dataset: any Dataset) -> [Int?] {
    (0..<dataset.count).map { dataset.label(at: $0) }
  }

  private func values(of dataset: any Dataset) throws -> [Float] {
    try (0..<dataset.count).map { try dataset.example(at: $0).scalars[0] * 255 }
  }

  @Test("Without the library, an error says what to do", .disabled(if: isInstalled))
  func notInstalled() throws {
    let error = try dataError { _ = try open("images.parquet") }
    #expect(error.description.contains("this needs the library libduckdb, which is not installed"))
    #expect(error.description.hasSuffix("write(x['bytes']))."))
  }

  @Test("Images with their labels and names, in the order of the rows", .enabled(if: isInstalled))
  func images() throws {
    for location in ["images.parquet", "images.parquet:/image", "images.parquet:image"] {
      let dataset = try open(location)
      #expect(dataset.exampleShape == [1, 1, 2])
      #expect(try values(of: dataset) == [0, 1, 2, 3, 4])
      #expect(labels(of: dataset) == [3, 0, 1, 1, 2])
      #expect(dataset.exampleName(at: 4) == "4.png")
      #expect(dataset.notes(on: [0]) == ["The labels are those of 'label'."])
      #expect(DatasetLocation.isOfImages(Fixture.path("containers/\(location)")))
    }
  }

  @Test("Several files are one data set", .enabled(if: isInstalled))
  func severalFiles() throws {
    let pattern = try open("train-{00000..00001}-of-00002.parquet")
    #expect(try values(of: pattern) == [0, 1, 2])
    #expect(labels(of: pattern) == [7, 8, 9])
    #expect((0..<3).map { pattern.exampleName(at: $0) } == ["0.png", "1.png", "row 2"])
    try withTemporaryFolder { folder in
      for number in 0..<2 {
        let name = "train-0000\(number)-of-00002.parquet"
        try write(Fixture.bytes("containers/\(name)"), to: "\(folder)/it's/\(name)")
      }
      #expect(labels(of: try DatasetLocation.open("\(folder)/it's")) == [7, 8, 9])
    }
  }

  @Test("Names of classes are classes in byte order", .enabled(if: isInstalled))
  func names() throws {
    let dataset = try open("names.parquet")
    #expect(try values(of: dataset) == [5, 6])
    #expect(labels(of: dataset) == [1, 0])
    #expect((dataset as? EmbeddedImages)?.classNames == ["cat", "dog"])
  }

  @Test(
    "What is not read says why", .enabled(if: isInstalled),
    arguments: [
      ("two.parquet", "expected one column of images, but found 'left', 'right'; name one, as in"),
      ("none.parquet", "expected the bytes of an image in each row, but found none in row 0"),
      ("null-label.parquet", "expected a class in each row, but found none in row 1"),
      ("negative.parquet", "expected the numbers of classes, from 0 to 1048576, but found -1"),
      (
        "numbers.parquet",
        "expected a column of images, with the type STRUCT(bytes BLOB, …) or BLOB"
      ),
      ("images.parquet:/x", "expected a column 'x', but found 'image' (STRUCT("),
    ])
  func refused(location: String, message: String) throws {
    let error = try dataError { _ = try open(location) }
    #expect(error.description.contains(message), "\(error)")
  }

  @Test("Several columns that could be classes are none", .enabled(if: isInstalled))
  func ambiguousLabels() throws {
    let dataset = try open("two.parquet:/right")
    #expect(try values(of: dataset) == [2])
    #expect(labels(of: dataset) == [nil])
    #expect(
      dataset.notes(on: []) == [
        "No image has a class: found 'y' (BIGINT), 'target' (BIGINT)."
      ])
  }

  @Test("Other files, and paths that would be patterns, are refused without the library")
  func otherFiles() throws {
    try withTemporaryFolder { folder in
      try write(Array("PAR2".utf8), to: "\(folder)/a.parquet")
      let other = try dataError { _ = try DatasetLocation.open("\(folder)/a.parquet") }
      #expect(other.description.contains("but found other bytes at its beginning"))
      try write(Array("PAR1".utf8), to: "\(folder)/a[1].parquet")
      let pattern = try dataError { _ = try DatasetLocation.open("\(folder)/a[1].parquet") }
      #expect(pattern.description.contains("but found '['; rename it"))
    }
  }

  @Test("Files that are cut anywhere are refused", .enabled(if: isInstalled))
  func truncated() throws {
    let bytes = try Fixture.bytes("containers/images.parquet")
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.parquet"
      for count in stride(from: 0, to: bytes.count, by: 300) {
        try write(Array(bytes.prefix(count)), to: path)
        #expect(throws: DataError.self) { try DatasetLocation.open(path) }
      }
    }
  }
}
