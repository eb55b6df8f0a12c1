// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct WebDatasetTests {
  private typealias Files = [(name: String, bytes: [UInt8])]

  private func image(_ value: UInt8) throws -> [UInt8] {
    try Image(width: 2, height: 1, channels: 1, pixels: [value, value]).encodedPNG(name: "test")
  }

  private func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func labels(of dataset: any Dataset) -> [Int?] {
    (0..<dataset.count).map { dataset.label(at: $0) }
  }

  private func values(of dataset: any Dataset) throws -> [Float] {
    try (0..<dataset.count).map { try dataset.example(at: $0).scalars[0] * 255 }
  }

  private func write(_ files: Files, to path: String) throws {
    let filter = path.split(separator: ".").last.map(String.init) ?? ""
    try writeArchive(files, format: "pax", filter: filter, to: path)
  }

  /// The files of two examples, with classes as `cls` or as JSON.
  private func files(_ kind: String, first: UInt8 = 1) throws -> Files {
    let labels =
      switch kind {
      case "cls": ("cls", "7", "3\n")
      case "numbers": ("json", #"{"label": 7, "caption": "a"}"#, #"{"label": 3}"#)
      default: ("json", #"{"label": "dog"}"#, #"{"label": "cat"}"#)
      }
    return [
      ("0\(first).\(labels.0)", text(labels.1)), ("0\(first).png", try image(first)),
      ("0\(first + 1).png", try image(first + 1)), ("0\(first + 1).\(labels.0)", text(labels.2)),
      ("0\(first + 1).txt", text("a caption")),
    ]
  }

  @Test("Classes are those of the files beside the images", arguments: ["cls", "numbers", "names"])
  func classes(kind: String) throws {
    try withTemporaryFolder { folder in
      for ending in ["tar", "tar.gz"] {
        let path = "\(folder)/a.\(ending)"
        try write(files(kind), to: path)
        let dataset = try DatasetLocation.open(path)
        #expect(dataset.name == "a.\(ending)")
        #expect(dataset.exampleShape == [1, 1, 2])
        #expect(labels(of: dataset) == (kind == "names" ? [1, 0] : [7, 3]))
        #expect(
          (dataset as? EmbeddedImages)?.classNames == (kind == "names" ? ["cat", "dog"] : []))
        #expect(try values(of: dataset) == [1, 2])
        #expect(dataset.exampleName(at: 0) == "01.png")
        #expect(dataset.notes(on: [0, 1]) == ["1 .txt file is left out: 02.txt."])
        #expect(try DatasetLocation.splits(of: path) == [])
        #expect(DatasetLocation.isOfImages(path))
      }
    }
  }

  @Test("Several shards are one data set, by a folder or a pattern")
  func shards() throws {
    try withTemporaryFolder { folder in
      try write(files("cls", first: 3), to: "\(folder)/train-01.tar")
      try write(files("cls", first: 1), to: "\(folder)/train-00.tar")
      for location in [folder, "\(folder)/train-{00..01}.tar"] {
        let dataset = try DatasetLocation.open(location)
        #expect(try values(of: dataset) == [1, 2, 3, 4])
        #expect(labels(of: dataset) == [7, 3, 7, 3])
        #expect(dataset.exampleName(at: 2) == "train-01.tar/03.png")
        #expect(DatasetLocation.isOfImages(location))
      }
      let one = try DatasetLocation.open("\(folder)/train-{01..01}.tar")
      #expect(try values(of: one) == [3, 4])
      let missing = try dataError {
        _ = try DatasetLocation.open("\(folder)/train-{00..02}.tar")
      }
      #expect(missing.description.contains("at '\(folder)/train-02.tar', but there is nothing"))
      for braces in ["{01..00}", "{0..x}", "{-1..1}", "{0..9999999}", "{000..1}"] {
        let error = try dataError { _ = try DatasetLocation.open("\(folder)/train-\(braces).tar") }
        #expect(error.description.contains("expected two numbers in order"), "\(error)")
      }
      try write(files("cls"), to: "\(folder)/val-00.tar")
      let mixed = try dataError { _ = try DatasetLocation.open(folder) }
      #expect(mixed.description.contains("differ only in their numbers, but found 'train-.tar', "))
    }
  }

  @Test("Shards without classes are images, and a note says so")
  func withoutClasses() throws {
    try withTemporaryFolder { folder in
      try write(
        [("a.1.png", try image(1)), ("a.2.png", try image(2)), ("a.json", text("[1]"))],
        to: "\(folder)/0.tar")
      let dataset = try DatasetLocation.open(folder)
      #expect(labels(of: dataset) == [nil, nil])
      #expect(
        dataset.notes(on: []) == [
          "No image has a class: none has a file '.cls', or '.json' with a 'label'.",
          "1 .json file is left out: a.json.",
        ])
      // A single tar file is an archive of images, as ever.
      #expect(try DatasetLocation.open("\(folder)/0.tar") is ImageFolder)
    }
  }

  @Test("What is ambiguous is refused")
  func ambiguous() throws {
    let one = try image(1)
    let cases: [(Files, String)] = [
      (
        [("a.png", one), ("a.seg.png", one), ("a.cls", text("1"))],
        "expected one image for each key, but found 'a.png' and 'a.seg.png'"
      ),
      (
        [("a.png", one), ("a.cls", text("1")), ("b.png", one)],
        "b.png': expected a class of each image, but found none for 1 of 2"
      ),
      (
        [
          ("a.png", one), ("a.json", text(#"{"label":"x"}"#)), ("b.png", one), ("b.cls", text("1")),
        ],
        "expected classes that are all numbers, or all names, but found both"
      ),
      ([("a.png", one), ("a.cls", text("dog"))], "expected the number of a class, from 0 to"),
      ([("a.png", one), ("a.cls", text("-1"))], "but found '-1'"),
      ([("a.png", one), ("a.cls", text("99999999999999999999"))], "the number of a class"),
      (
        [
          ("train/a.png", one), ("train/a.cls", text("1")), ("val/b.png", one),
          ("val/b.cls", text("1")),
        ], "expected images of one part, but found train and validation"
      ),
    ]
    try withTemporaryFolder { folder in
      for (index, (files, message)) in cases.enumerated() {
        try write(files, to: "\(folder)/\(index).tar")
        let error = try dataError { _ = try DatasetLocation.open("\(folder)/\(index).tar") }
        #expect(error.description.contains(message), "\(error)")
      }
    }
  }

  @Test("Keys are of one folder; folders are no classes then")
  func folders() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.tar"
      try write(
        [
          ("x/1.png", try image(1)), ("x/1.cls", text("5")), ("y/1.png", try image(2)),
          ("y/1.cls", text("6")),
        ], to: path)
      let dataset = try DatasetLocation.open(path)
      #expect(labels(of: dataset) == [5, 6])
      #expect(
        dataset.notes(on: []) == [
          "The classes are those of files '.cls' or '.json'; the folders of images are not used."
        ])
    }
  }

  @Test("Images that cannot be decoded are errors, or left out")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.tar"
      var files = try files("cls")
      files[2].bytes = Array(files[2].bytes.prefix(40))
      try write(files, to: path)
      let dataset = try DatasetLocation.open(path)
      let error = try dataError { _ = try dataset.example(at: 1) }
      #expect(error.description.contains("--skip-unreadable leaves such images out"))
      let rest = try DatasetLocation.open(path, skipsUnreadable: true)
      #expect(labels(of: rest) == [7])
      #expect(rest.notes(on: []).last == "1 unreadable image is left out: 02.png.")
    }
  }

  @Test("Files that are cut anywhere are refused, or lack the examples after the cut")
  func truncated() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/a.tar"
      try write(files("cls"), to: path)
      let bytes = try Fixture.contents(of: path)
      for count in stride(from: 0, to: bytes.count, by: 97) {
        try GEEDDataTests.write(Array(bytes.prefix(count)), to: path)
        do {
          let dataset = try DatasetLocation.open(path)
          for index in 0..<dataset.count { _ = try dataset.example(at: index) }
        } catch is DataError {}
      }
    }
  }
}
