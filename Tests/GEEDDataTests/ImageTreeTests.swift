// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDData

@Suite struct ImageTreeTests {
  private func image(_ value: UInt8) throws -> [UInt8] {
    try Image(width: 2, height: 1, channels: 1, pixels: [value, value]).encodedPNG(name: "test")
  }

  private let paths = [
    "set/Greek/character02/1.png", "set/Greek/character01/2.png", "set/Greek/character01/1.png",
    "set/Arabic/character01/9.PNG",
  ]

  @Test(
    "An archive and the folder that it holds are the same data set",
    arguments: ["", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst"])
  func classes(ending: String) throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/set\(ending)"
      let files =
        try [("set/notes.txt", [1])] + paths.enumerated().map { ($1, try image(UInt8($0))) }
      switch ending {
      case "": for (name, bytes) in files { try write(bytes, to: "\(path)/\(name)") }
      case ".zip": try write(zip(files.map { ZipEntry($0.0, $0.1) }), to: path)
      default:
        let filter = ending == ".tgz" ? "gz" : ending.split(separator: ".").last.map(String.init)
        try writeArchive(files, format: "pax", filter: filter ?? "", to: path)
      }
      let dataset = try DatasetLocation.open(path)
      let tree = try #require(dataset as? ImageFolder)
      #expect(
        tree.classNames == ["Arabic/character01", "Greek/character01", "Greek/character02"])
      #expect((0..<4).map { tree.label(at: $0) } == [0, 1, 1, 2])
      #expect(tree.exampleName(at: 1) == "Greek/character01/1.png")
      #expect(tree.exampleShape == [1, 1, 2])
      #expect(
        try (0..<4).map { try tree.example(at: $0).scalars[0] * 255 } == [3, 2, 1, 0])
    }
  }

  @Test func noImages() throws {
    try withTemporaryFolder { folder in
      try write(zip([ZipEntry("a.txt", [1])]), to: "\(folder)/a.zip")
      let error = try dataError { _ = try ImageFolder(path: "\(folder)/a.zip") }
      #expect(error.description.contains("found none"))
    }
  }

  @Test("What is left out of an archive is counted by kind")
  func leftOut() throws {
    try withTemporaryFolder { folder in
      var link = ZipEntry("a/link.png", Array("1.png".utf8))
      link.mode = 0o120777
      try write(
        zip([
          ZipEntry("a/1.png", try image(0)), link, ZipEntry("a/1.png", try image(1)),
          ZipEntry("../../evil.png", try image(1)), ZipEntry("/etc/evil.png", try image(1)),
          ZipEntry("__MACOSX/a/._1.png", [1]), ZipEntry("a/empty.png", []),
          ZipEntry("a/x", Array("8BPS".utf8) + [1, 2]), ZipEntry("b/no-ending", try image(2)),
        ]), to: "\(folder)/a.zip")
      let tree = try ImageFolder(path: "\(folder)/a.zip")
      #expect((0..<tree.count).map { tree.exampleName(at: $0) } == ["a/1.png", "b/no-ending"])
      #expect(
        tree.notes(on: []) == [
          "1 Photoshop file is left out: a/x.",
          "1 empty file is left out: a/empty.png.",
          "1 file of a name that came before is left out: a/1.png.",
          "1 link in the archive is left out: a/link.png.",
          "2 files whose names lead out of the archive are left out: ../../evil.png, /etc/evil.png.",
          "1 hidden file is left out: __MACOSX/a/._1.png.",
        ])
    }
  }

  @Test("Links of a tar file, and names that lead out of it, are left out")
  func leftOutOfTar() throws {
    try withTemporaryFolder { folder in
      try writeArchive(
        [
          ("a/ü.png", try image(0)), ("a/2.png", Array("-> ü.png".utf8)),
          ("../evil.png", try image(1)), ("/etc/evil.png", try image(1)),
          ("a/ü.png", try image(1)),
          (String(repeating: "b", count: 300) + "/3.png", try image(2)),
        ], format: "pax", filter: "tar", to: "\(folder)/a.tar")
      let tree = try ImageFolder(path: "\(folder)/a.tar")
      #expect(
        (0..<tree.count).map { tree.exampleName(at: $0) } == [
          "a/ü.png", String(repeating: "b", count: 300) + "/3.png",
        ])
      #expect(try (0..<2).map { try tree.example(at: $0).scalars[0] * 255 } == [0, 2])
      #expect(
        tree.notes(on: []) == [
          "1 file of a name that came before is left out: a/ü.png.",
          "1 link in the archive is left out: a/2.png.",
          "2 files whose names lead out of the archive are left out: ../evil.png, /etc/evil.png.",
        ])
    }
  }

  @Test("A member that contradicts the directory is left out with the unreadable ones")
  func contradiction() throws {
    try withTemporaryFolder { folder in
      var bytes = try zip([ZipEntry("1.png", image(0)), ZipEntry("2.png", image(1))])
      // The first byte of the checksum in the first header.
      bytes[14] ^= 1
      try write(bytes, to: "\(folder)/a.zip")
      let error = try dataError { _ = try DatasetLocation.open("\(folder)/a.zip") }
      #expect(error.description.contains("a.zip/1.png': expected a header that agrees"))
      let rest = try DatasetLocation.open("\(folder)/a.zip", skipsUnreadable: true)
      #expect((0..<rest.count).map { rest.exampleName(at: $0) } == ["2.png"])
      #expect(rest.notes(on: []) == ["1 unreadable image is left out: 1.png."])
    }
  }

  @Test("A damaged image is named together with its archive")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let entries = [ZipEntry("a/1.png", try image(0)), ZipEntry("a/2.png", [1, 2])]
      try write(zip(entries), to: "\(folder)/a.zip")
      let tree = try ImageFolder(path: "\(folder)/a.zip")
      let error = try dataError { _ = try tree.example(at: 1) }
      #expect(error.description.contains("a.zip/a/2.png"))
    }
  }
}

@Suite("Omniglot (needs GEED_DATA)", .enabled(if: realData != nil))
struct OmniglotTests {
  private let path = "\(realData ?? "")/omniglot/images_background_small1.zip"

  /// Five alphabets of 136 characters together, each drawn by twenty people.
  @Test func counts() throws {
    let tree = try ImageFolder(path: path)
    #expect(tree.count == 2_720)
    #expect(tree.classNames.count == 136)
    #expect(Set(tree.classNames.map { $0.split(separator: "/")[0] }).count == 5)
    #expect(tree.exampleName(at: 0) == "Balinese/character01/0108_01.png")
    #expect((0..<tree.count).map { tree.label(at: $0) } == (0..<2_720).map { $0 / 20 })
  }

  /// How many pixels are black, by Scripts/fixtures/omniglot_sums.py (Python 3 with Pillow 12).
  @Test("Pixels are those that Python reads", arguments: [(0, 881), (1_000, 767), (2_719, 810)])
  func pixels(index: Int, blackCount: Int) throws {
    let drawing = try ImageFolder(path: path)
    let bright = drawing.inverted()
    #expect(drawing.exampleShape == [1, 105, 105])
    let values = try drawing.example(at: index).scalars
    #expect(values.filter { $0 == 0 }.count == blackCount)
    #expect(values.filter { $0 == 1 }.count == 105 * 105 - blackCount)
    #expect(try bright.example(at: index).scalars == values.map { 1 - $0 })
  }
}
