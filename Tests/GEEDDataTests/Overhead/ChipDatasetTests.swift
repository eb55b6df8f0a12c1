// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Testing

@testable import GEEDData

@Suite struct ChipSettingsTests {
  /// A grey scene of 6 x 4 pixels that counts from 1.
  private let scene = Image(width: 6, height: 4, channels: 1, pixels: Array(1...24))

  private func chip(_ box: [Int], size: Int, context: Double = 1) throws -> [UInt8]? {
    try ChipSettings(size: size, context: context).chip(of: box, in: scene, path: "scene")
      .map { $0.converted(toChannels: 1).pixels }
  }

  @Test("A square box is cut out as it is, an oblong one with what is beside it")
  func inside() throws {
    #expect(try chip([1, 1, 3, 3], size: 2) == [8, 9, 14, 15])
    // 4 x 2 pixels around (3, 2): rows 0 to 3, columns 1 to 4.
    #expect(
      try chip([1, 1, 5, 3], size: 4)
        == [2, 3, 4, 5, 8, 9, 10, 11, 14, 15, 16, 17, 20, 21, 22, 23])
  }

  @Test("Outside the scene it is black, and the object stays in the middle")
  func border() throws {
    #expect(
      try chip([0, 0, 2, 2], size: 4, context: 2)
        == [0, 0, 0, 0, 0, 1, 2, 3, 0, 7, 8, 9, 0, 13, 14, 15])
    #expect(try chip([4, 2, 6, 4], size: 4, context: 2)?.suffix(4) == [0, 0, 0, 0])
  }

  @Test(
    "An object whose middle is outside has no chip",
    arguments: [
      [6, 0, 8, 2], [-4, 0, 2, 2], [0, 4, 2, 6], [1_000_000, 0, 1_000_001, 1],
    ])
  func outside(box: [Int]) throws {
    #expect(try chip(box, size: 2) == nil)
  }

  @Test("A box of absurd size is refused before there is memory for it")
  func huge() throws {
    let error = try dataError { _ = try chip([-999_999, 0, 1_000_000, 2], size: 2) }
    #expect(error.description.contains("at most 11000 pixels"))
  }
}

@Suite struct ChipDatasetTests {
  /// A folder with labels and the scenes a.png and b.png of one grey level each.
  private func withScenes<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryFolder { folder in
      for (name, value) in [("a", 100), ("b", 200)] as [(String, UInt8)] {
        try Image(
          width: 8, height: 8, channels: 1, pixels: Array(repeating: value, count: 64)
        ).writePNG(to: "\(folder)/\(name).png")
      }
      let text = geoJSON(
        feature(50, scene: "b.png", bounds: "2,3,6,7"), feature(41, bounds: "2,2,4,6"),
        feature(41, bounds: "90,90,94,96"), feature(52, scene: "c.png", bounds: "1,1,2,2"))
      try write(Array(text.utf8), to: "\(folder)/labels.geojson")
      return try body(folder)
    }
  }

  private func open(
    _ folder: String, size: Int = 4, split: DataSplit? = nil
  ) throws -> ChipDataset {
    try ChipDataset(
      labels: SceneLabels(xView: "\(folder)/labels.geojson", types: XViewMaritime.types),
      scenes: folder, settings: ChipSettings(size: size), split: split,
      cache: "\(folder)/cache", named: "ships")
  }

  private func cacheFiles(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder)/cache").sorted()
  }

  @Test("Scenes in order, colour, labels, and what is missing is told")
  func chips() throws {
    try withScenes { folder in
      let ships = try open(folder)
      #expect(ships.count == 2)
      #expect(ships.exampleShape == [3, 4, 4])
      #expect((0..<2).map { ships.label(at: $0) } == [0, 6])
      #expect(ships.exampleName(at: 1) == "b.png 2,3")
      #expect(try ships.example(at: 0).scalars == Array(repeating: 100 / 255, count: 48))
      #expect(try ships.example(at: 1).scalars.max() == 200 / 255)
      #expect(ships.missingScenes == ["c.png"])
      #expect(ships.strayCount == 1)
      #expect(ships.name == "ships, 1 scenes missing")
    }
  }

  @Test("A second time nothing is decoded")
  func cached() throws {
    try withScenes { folder in
      _ = try open(folder)
      let files = try cacheFiles(folder)
      #expect(files.count == 2)
      // The length, the time and both ends stay, so the key does; a decoder would now fail.
      let list = try #require(files.first { $0.hasSuffix(".json") })
      let before = try FileManager.default.attributesOfItem(atPath: "\(folder)/cache/\(list)")
      let again = try open(folder)
      let after = try FileManager.default.attributesOfItem(atPath: "\(folder)/cache/\(list)")
      #expect(again.strayCount == 1)
      #expect(
        before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
      #expect(try cacheFiles(folder) == files)
    }
  }

  @Test("Another scene, other labels and other settings make another entry")
  func stale() throws {
    try withScenes { folder in
      _ = try open(folder)
      try Image(width: 8, height: 8, channels: 1, pixels: Array(repeating: 50, count: 64))
        .writePNG(to: "\(folder)/a.png")
      #expect(try open(folder).example(at: 0).scalars[0] == 50 / 255)
      #expect(try open(folder, size: 2).exampleShape == [3, 2, 2])
      #expect(try cacheFiles(folder).count == 6)
      // The same bytes, written later: what lies between both ends might have changed.
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a.png"))
      try write(Array(bytes), to: "\(folder)/a.png")
      _ = try open(folder)
      #expect(try cacheFiles(folder).count == 8)
      let moved = geoJSON(feature(41, bounds: "3,2,5,6"))
      try write(Array(moved.utf8), to: "\(folder)/labels.geojson")
      #expect(try open(folder).exampleName(at: 0) == "a.png 3,2")
    }
  }

  @Test("A damaged entry is made again", arguments: [".npy", ".json"])
  func damagedEntry(ending: String) throws {
    try withScenes { folder in
      _ = try open(folder)
      let name = try #require(try cacheFiles(folder).first { $0.hasSuffix(ending) })
      try write([1, 2, 3], to: "\(folder)/cache/\(name)")
      #expect(try open(folder).example(at: 1).scalars[0] == 200 / 255)
    }
  }

  @Test("About a fifth of the scenes are for testing, always the same ones")
  func splits() {
    let names = (0..<1_000).map { "\($0).tif" }
    let test = names.filter { ChipDataset.split(of: $0) == .test }
    // A fifth of 1,000 with a standard deviation of 13.
    #expect(abs(test.count - 200) < 60)
    // FNV-1a of the names leaves 0, 1 and 4 after division by 5; worked out in Python.
    #expect(ChipDataset.split(of: "6.tif") == .test)
    #expect(ChipDataset.split(of: "100.tif") == .train && ChipDataset.split(of: "b.png") == .train)
  }

  @Test("No scene at all is an error that names the first")
  func nothing() throws {
    try withScenes { folder in
      let error = try dataError {
        _ = try ChipDataset(
          labels: SceneLabels(xView: "\(folder)/labels.geojson", types: XViewMaritime.types),
          scenes: "\(folder)/nowhere", cache: "\(folder)/cache", named: "ships")
      }
      #expect(error.isMissing)
      #expect(error.description.contains("nowhere/a.png"))
    }
  }

  @Test("xView's own layout: labels beside a folder of TIFF files")
  func xView() throws {
    try withTemporaryFolder { folder in
      try write(
        Fixture.bytes("pictures/rgb.tif"), to: "\(folder)/train_images/7.tif")
      try write(
        Array(geoJSON(feature(44, scene: "7.tif", bounds: "1,1,5,5")).utf8),
        to: "\(folder)/xView_train.geojson")
      let split = ChipDataset.split(of: "7.tif")
      let ships = try XViewMaritime.open(
        labels: "\(folder)/xView_train.geojson", split: split, cache: "\(folder)/cache")
      #expect(ships.count == 1)
      #expect(ships.label(at: 0) == 2)
      #expect(ships.exampleShape == [3, 128, 128])
    }
  }

  @Test("Harbours seen by Sentinel-2 (needs GEED_DATA)", .enabled(if: realData != nil))
  func harbours() throws {
    let folder = "\(realData ?? "")/overhead/sen2ships/casablanca"
    try withTemporaryFolder { cache in
      let labels = try SceneLabels(coco: "\(folder)/casablanca_coco.json")
      let ships = try ChipDataset(
        labels: labels, scenes: folder, settings: ChipSettings(size: 32), cache: cache,
        named: "casablanca")
      #expect(ships.count == 15 && ships.count == labels.annotations.count)
      #expect(labels.annotations[0].box == [182, 281, 196, 286])
      #expect(ships.missingScenes.isEmpty && ships.strayCount == 0)
    }
  }
}
