// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct ImageFolderTests {
  /// A grey image of one value.
  private func image(_ value: UInt8, width: Int = 4, height: Int = 3, channels: Int = 1) throws
    -> [UInt8]
  {
    try Image(
      width: width, height: height, channels: channels,
      pixels: Array(repeating: value, count: width * height * channels)
    ).encodedPNG(name: "test")
  }

  @Test("Class folders in byte order, also those without images")
  func classes() throws {
    try withTemporaryFolder { folder in
      for (index, path) in [
        "b/2.PNG", "b/10.png", "B/x.Jpeg", "c/note.txt", "d/y.tIf", ".hidden/z.png", "b/.z.png",
      ].enumerated() {
        try write(
          path.hasSuffix(".txt") ? Array("A note.".utf8) : image(UInt8(index)),
          to: "\(folder)/\(path)")
      }
      let dataset = try ImageFolder(path: folder)
      #expect(dataset.classNames == ["B", "b", "c", "d"])
      #expect(
        (0..<dataset.count).map { dataset.exampleName(at: $0) } == [
          "B/x.Jpeg", "b/10.png", "b/2.PNG", "d/y.tIf",
        ])
      #expect((0..<dataset.count).map { dataset.label(at: $0) } == [0, 1, 1, 3])
      #expect(dataset.exampleShape == [1, 3, 4])
      #expect(try dataset.example(at: 1).scalars[0] == 1 / 255)
    }
  }

  @Test("A flat folder has no labels")
  func flat() throws {
    try withTemporaryFolder { folder in
      try write(image(3), to: "\(folder)/b.png")
      try write(image(2), to: "\(folder)/a.png")
      try write([1], to: "\(folder)/labels/notes.json")
      let dataset = try ImageFolder(path: folder)
      #expect(dataset.count == 2)
      #expect(dataset.label(at: 0) == nil)
      #expect(dataset.exampleName(at: 0) == "a.png")
      #expect(dataset.classNames.isEmpty)
    }
  }

  @Test("The first image decides about colour")
  func mixedChannels() throws {
    try withTemporaryFolder { folder in
      try write(image(10), to: "\(folder)/a.png")
      try write(image(20, channels: 3), to: "\(folder)/b.png")
      #expect(try ImageFolder(path: folder).example(at: 1).shape == [1, 3, 4])
      let colored = try ImageFolder(path: folder, preprocessing: Preprocessing(channels: 3))
      #expect(try colored.example(at: 0).shape == [3, 3, 4])
    }
  }

  @Test("Two sizes: both shapes and the way out are named")
  func mixedSizes() throws {
    try withTemporaryFolder { folder in
      try write(image(10), to: "\(folder)/a.png")
      try write(image(20, width: 5, height: 5), to: "\(folder)/b.png")
      let dataset = try ImageFolder(path: folder)
      let error = try dataError { _ = try dataset.example(at: 1) }
      #expect(
        error.description
          == "'\(folder)/b.png': expected the shape [1, 3, 4] of the first image, but found "
          + "[1, 5, 5]; bring all to one size with --resize and --crop.")
      let resized = try ImageFolder(
        path: folder, preprocessing: Preprocessing(resize: .shortestSide(3), crop: 3))
      #expect(try resized.example(at: 1).shape == resized.exampleShape)
    }
  }

  @Test("No images, images on two levels, no folder")
  func errors() throws {
    try withTemporaryFolder { folder in
      let empty = try dataError { _ = try ImageFolder(path: folder) }
      #expect(empty.description.contains("but found none"))
      #expect(!empty.isMissing)
      try write(image(1), to: "\(folder)/a.png")
      try write(image(1), to: "\(folder)/b/b.png")
      let mixed = try dataError { _ = try ImageFolder(path: folder) }
      #expect(mixed.description.contains("found 1 here and 1 in folders"))
      let file = try dataError { _ = try ImageFolder(path: "\(folder)/a.png") }
      #expect(file.description.contains("expected a folder of images, but found a file"))
    }
    #expect(try dataError { _ = try ImageFolder(path: "/nowhere") }.isMissing)
  }

  @Test("A damaged image is named with its path")
  func damaged() throws {
    try withTemporaryFolder { folder in
      try write(image(10), to: "\(folder)/a.png")
      try write(image(10).dropLast(20), to: "\(folder)/b.png")
      let dataset = try ImageFolder(path: folder)
      let error = try dataError { _ = try dataset.example(at: 1) }
      #expect(error.description.hasPrefix("Could not decode '\(folder)/b.png' as PNG: "))
    }
  }
}

@Suite("Folders of real images (needs GEED_DATA)", .enabled(if: realData != nil))
struct RealImageFolderTests {
  @Test func cifar10() throws {
    let dataset = try ImageFolder(path: "\(realData ?? "")/cifar10-test")
    #expect(dataset.count == 600)
    #expect(dataset.exampleShape == [3, 32, 32])
    #expect(dataset.classNames.first == "airplane")
    for index in 0..<dataset.count {
      #expect(dataset.label(at: index) == index / 60)
      _ = try dataset.example(at: index)
    }
  }

  @Test func imagenet() throws {
    let dataset = try ImageFolder(
      path: "\(realData ?? "")/imagenet-sample", preprocessing: .imagenet)
    #expect(dataset.count == 100)
    #expect(dataset.exampleShape == [3, 224, 224])
    for index in stride(from: 0, to: 100, by: 12) { _ = try dataset.example(at: index) }
  }
}
