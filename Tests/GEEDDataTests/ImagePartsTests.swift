// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct ImagePartsTests {
  private func png(_ value: UInt8) throws -> [UInt8] {
    try Image(width: 2, height: 1, channels: 1, pixels: [value, value]).encodedPNG(name: "test")
  }

  /// `train` with the classes a, b and c, `val` with b alone, and `test` with c.
  private let paths = [
    "train/a/1.png", "train/b/2.png", "train/c/3.png", "val/b/4.png", "test/c/5.png",
    "test/c/6.png",
  ]

  /// Opens these files as a folder or an archive.
  private func open(
    _ paths: [String], isArchive: Bool, split: DataSplit?, _ body: (any Dataset) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      let place = isArchive ? "\(folder)/set.zip" : "\(folder)/set"
      if isArchive {
        try write(
          zip(paths.enumerated().map { ZipEntry("set/\($1)", try png(UInt8($0))) }), to: place)
      } else {
        for (index, path) in paths.enumerated() {
          try write(png(UInt8(index)), to: "\(place)/\(path)")
        }
      }
      try body(try DatasetLocation.open(place, split: split))
    }
  }

  @Test("A label means the same class in every part", arguments: [true, false])
  func labels(isArchive: Bool) throws {
    let expected: [(DataSplit?, String, [String], [Int])] = [
      (nil, "test", ["c/5.png", "c/6.png"], [2, 2]),
      (.test, "test", ["c/5.png", "c/6.png"], [2, 2]),
      (.validation, "validation", ["b/4.png"], [1]),
      (.train, "train", ["a/1.png", "b/2.png", "c/3.png"], [0, 1, 2]),
    ]
    for (split, name, names, labels) in expected {
      try open(paths, isArchive: isArchive, split: split) { dataset in
        #expect(dataset.name == "\(isArchive ? "set.zip" : "set") (\(name))")
        #expect((0..<dataset.count).map { dataset.exampleName(at: $0) } == names)
        #expect((0..<dataset.count).map { dataset.label(at: $0) } == labels)
      }
    }
  }

  @Test("What is chosen without being asked for is said; a part that is not there is an error")
  func absent() throws {
    let some = paths.filter { !$0.hasPrefix("test") }
    try open(some, isArchive: false, split: nil) { dataset in
      #expect(dataset.name == "set (validation)")
      #expect(
        dataset.notes(on: []) == ["The part 'val' is taken; 'set' also has train (--split)."])
    }
    let error = try dataError { try open(some, isArchive: false, split: .test) { _ in } }
    #expect(
      error.description.contains("expected the part 'test', but found only train and validation"))
    let flat = try dataError { try open(["1.png"], isArchive: false, split: .test) { _ in } }
    #expect(flat.description.contains("found data that do not come in parts; leave --split out"))
  }

  @Test("One part alone is a part, also without classes")
  func single() throws {
    try open(["Train/1.png"], isArchive: false, split: .train) { dataset in
      #expect(dataset.name == "set (train)" && dataset.classes == nil)
      #expect(dataset.exampleName(at: 0) == "1.png")
    }
  }

  @Test(
    "Other folders beside train and test are left out, and said; beside train alone all are classes"
  )
  func others() throws {
    try open(paths + ["extra/x/9.png"], isArchive: false, split: .train) { dataset in
      #expect(dataset.classes == ClassCounts(count: 3, largest: 2))
      #expect(dataset.notes(on: []) == ["1 image beside the parts is left out: extra/x/9.png."])
    }
    try open(["train/1.png", "bus/2.png"], isArchive: false, split: nil) { dataset in
      #expect(dataset.classes == ClassCounts(count: 2, largest: 1))
      #expect((dataset as? ImageFolder)?.classNames == ["bus", "train"])
    }
  }

  @Test("Two folders for one part are refused")
  func ambiguous() throws {
    let error = try dataError {
      try open(["val/a/1.png", "validation/a/1.png"], isArchive: false, split: nil) { _ in }
    }
    #expect(error.description.contains("'val' and 'validation'"))
  }

  @Test("Alphabets in parts are trees in parts")
  func deep() throws {
    let paths = [
      "train/Greek/alpha/1.png", "train/Greek/beta/1.png", "test/Greek/beta/2.png",
      "test/Latin/a/1.png",
    ]
    try open(paths, isArchive: false, split: .test) { dataset in
      #expect((dataset as? ImageFolder)?.classNames == ["Greek/alpha", "Greek/beta", "Latin/a"])
      #expect((0..<dataset.count).map { dataset.label(at: $0) } == [1, 2])
    }
  }

  @Test("The parts of all kinds of data can be asked for")
  func splits() throws {
    #expect(try DatasetLocation.splits(of: "glyphs") == [.train, .test])
    #expect(try DatasetLocation.splits(of: Fixture.path("arrays/float32.npy")) == [])
    let error = try dataError {
      _ = try DatasetLocation.open(Fixture.path("arrays/float32.npy"), split: .train)
    }
    #expect(error.description.contains("do not come in parts"))
    let glyphs = try dataError { _ = try DatasetLocation.open("glyphs", split: .validation) }
    #expect(glyphs.description.contains("found only train and test"))
  }
}
