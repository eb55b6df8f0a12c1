// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct ImageListingTests {
  private func png(_ value: UInt8) throws -> [UInt8] {
    try Image(width: 2, height: 1, channels: 1, pixels: [value, value]).encodedPNG(name: "test")
  }

  @Test("Images are told by their content where their names do not tell")
  func content() throws {
    try withTemporaryFolder { folder in
      let jpeg = try Fixture.bytes("oriented/scene.jpg")
      for name in ["a", "b.jfif", "c.JPE", "d.txt"] { try write(jpeg, to: "\(folder)/\(name)") }
      let dataset = try ImageFolder(path: folder)
      #expect(
        (0..<dataset.count).map { dataset.exampleName(at: $0) } == [
          "a", "b.jfif", "c.JPE", "d.txt",
        ])
      #expect(dataset.notes(on: [0, 1]).isEmpty)
    }
  }

  @Test("What is left out is counted by kind, with the first names")
  func leftOut() throws {
    try withTemporaryFolder { folder in
      try write(png(1), to: "\(folder)/a.png")
      let qoi = Array("qoif\0\0\0\u{8}\0\0\0\u{8}".utf8)
      for index in 1...5 { try write(qoi, to: "\(folder)/\(index).qoi") }
      try write(qoi, to: "\(folder)/without-ending")
      try write(Array("8BPS".utf8) + [0, 0], to: "\(folder)/x.psd")
      try write(Array("II*\0".utf8) + Array(repeating: 0, count: 60), to: "\(folder)/raw.DNG")
      try write(Array("text".utf8), to: "\(folder)/notes.txt")
      try write([], to: "\(folder)/empty.jpg")
      try write([1], to: "\(folder)/.DS_Store")
      try write(png(2), to: "\(folder)/.thumbnails/a.png")
      let notes = try ImageFolder(path: folder).notes(on: [])
      #expect(
        notes == [
          "1 Photoshop file is left out: x.psd.",
          "6 QOI files are left out: 1.qoi, 2.qoi, 3.qoi, ….",
          "1 camera raw file is left out: raw.DNG.",
          "1 .txt file is left out: notes.txt.",
          "1 empty file is left out: empty.jpg.",
          "1 hidden file is left out: .DS_Store.",
          "1 hidden folder is left out: .thumbnails.",
        ])
    }
  }

  @Test("A folder without images says what is there instead")
  func nothing() throws {
    try withTemporaryFolder { folder in
      try write(Array("8BPS".utf8) + [0, 0], to: "\(folder)/x.psd")
      let error = try dataError { _ = try ImageFolder(path: folder) }
      #expect(error.description.hasSuffix("but found none; 1 Photoshop file is left out: x.psd."))
    }
  }

  @Test("A file that is reached in several ways counts once, by its own name")
  func links() throws {
    try withTemporaryFolder { folder in
      try write(png(1), to: "\(folder)/b/1.png")
      try write(png(2), to: "\(folder)/c/2.png")
      let files = FileManager.default
      // A link that comes first in order, a hard link, a folder twice, a circle, and nowhere.
      try files.createDirectory(atPath: "\(folder)/a", withIntermediateDirectories: false)
      try files.createSymbolicLink(atPath: "\(folder)/a/0.png", withDestinationPath: "../b/1.png")
      try files.linkItem(atPath: "\(folder)/c/2.png", toPath: "\(folder)/c/3.png")
      try files.createSymbolicLink(atPath: "\(folder)/b/again", withDestinationPath: "..")
      try files.createSymbolicLink(atPath: "\(folder)/b/self.png", withDestinationPath: "self.png")
      try files.createSymbolicLink(atPath: "\(folder)/b/gone.png", withDestinationPath: "nowhere")
      let dataset = try ImageFolder(path: folder)
      #expect((0..<dataset.count).map { dataset.exampleName(at: $0) } == ["b/1.png", "c/2.png"])
      #expect(
        dataset.notes(on: []) == [
          "2 further links to images that count once are left out: c/3.png, a/0.png.",
          "1 link that leads nowhere is left out: b/gone.png.",
          "1 link that leads in a circle is left out: b/self.png.",
          "1 link to a folder that counts once is left out: b/again.",
          "1 class folder without images keeps its number: a.",
        ])
    }
  }

  @Test("Links to what lies elsewhere are followed")
  func farm() throws {
    try withTemporaryFolder { folder in
      try write(png(1), to: "\(folder)/store/1.png")
      try write(png(2), to: "\(folder)/store/more/2.png")
      let files = FileManager.default
      try files.createDirectory(atPath: "\(folder)/set", withIntermediateDirectories: false)
      try files.createSymbolicLink(atPath: "\(folder)/set/x", withDestinationPath: "../store/more")
      try files.createDirectory(atPath: "\(folder)/set/y", withIntermediateDirectories: false)
      try files.createSymbolicLink(
        atPath: "\(folder)/set/y/1.png", withDestinationPath: "../../store/1.png")
      let dataset = try ImageFolder(path: "\(folder)/set")
      #expect((0..<dataset.count).map { dataset.exampleName(at: $0) } == ["x/2.png", "y/1.png"])
      #expect(dataset.notes(on: []).isEmpty)
    }
  }

  @Test("Names that are no UTF-8 are read, and shown escaped")
  func otherBytes() throws {
    try withTemporaryFolder { folder in
      let name: [UInt8] = [0x63, 0xE9, 0x2E, 0x70, 0x6E, 0x67]  // cé.png in Latin-1
      let path = Array("\(folder)/".utf8) + name
      let bytes = try png(7)
      let descriptor = path.withPath { open($0, O_WRONLY | O_CREAT, 0o600) }
      try #require(descriptor >= 0)
      #expect(
        bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
          == bytes.count)
      close(descriptor)
      let dataset = try ImageFolder(path: folder)
      #expect(dataset.count == 1)
      #expect(dataset.exampleName(at: 0) == "c\\xE9.png")
      #expect(try dataset.example(at: 0).scalars[0] == 7 / 255)
    }
  }

  @Test("Pipes are not opened: the listing ends at once")
  func pipes() throws {
    try withTemporaryFolder { folder in
      try write(png(1), to: "\(folder)/a.png")
      #expect(mkfifo("\(folder)/b.png", 0o600) == 0)
      let dataset = try ImageFolder(path: folder)
      #expect(dataset.count == 1)
      #expect(dataset.notes(on: []) == ["1 pipe, socket or device is left out: b.png."])
    }
  }

  @Test("Images below the classes are counted")
  func deeper() throws {
    try withTemporaryFolder { folder in
      for name in ["a/1.png", "a/x/2.png", "b/1.png", "b/y/z/3.png"] {
        try write(png(1), to: "\(folder)/\(name)")
      }
      let dataset = try #require(DatasetLocation.open(folder) as? ImageFolder)
      #expect(dataset.count == 2)
      #expect(
        dataset.notes(on: []) == [
          "2 images in folders below the class folders are left out: a/x/2.png, b/y/z/3.png."
        ])
    }
  }

  @Test("Transparency and further pages are said of the examples that have them")
  func unread() throws {
    try withTemporaryFolder { folder in
      for name in ["rgba.png", "greyalpha.png", "palettealpha.png", "rgba.tif", "rgb.png"] {
        try write(Fixture.bytes("pictures/\(name)"), to: "\(folder)/\(name)")
      }
      let dataset = try ImageFolder(path: folder)
      let dropped = "Transparency is dropped, as Pillow's convert(\"RGB\") does: "
      #expect(dataset.notes(on: [0, 1, 2, 3, 4]) == [dropped + "greyalpha.png and 3 more."])
      #expect(dataset.notes(on: [2]).isEmpty)
      #expect(dataset.notes(on: [3]) == [dropped + "rgba.png."])
    }
  }

  @Test("Floating-point images among others are named, since they are not scaled")
  func floatingPoint() throws {
    try withTemporaryFolder { folder in
      for name in ["float.tif", "rgb16.tif"] {
        try write(Fixture.bytes("deep/\(name)"), to: "\(folder)/\(name)")
      }
      let dataset = try ImageFolder(path: folder)
      let note =
        "Floating-point images keep their values, while others in the same data are scaled"
      #expect(dataset.notes(on: [0, 1]) == [note + " to white: float.tif."])
      #expect(dataset.notes(on: [0]).isEmpty && dataset.notes(on: [1]).isEmpty)
    }
  }

  @Test("Unreadable images are left out where that is asked for, and named")
  func unreadable() throws {
    try withTemporaryFolder { folder in
      try write(png(1).dropLast(20), to: "\(folder)/a.png")
      try write(png(2), to: "\(folder)/b.png")
      try write(Array("<html>".utf8), to: "\(folder)/c.jpg")
      let error = try dataError { _ = try ImageFolder(path: folder) }
      #expect(error.description.contains("a.png"))
      let dataset = try ImageFolder(path: folder, skipsUnreadable: true)
      #expect((0..<dataset.count).map { dataset.exampleName(at: $0) } == ["b.png"])
      #expect(dataset.notes(on: []) == ["2 unreadable images are left out: a.png, c.jpg."])
    }
  }
}
