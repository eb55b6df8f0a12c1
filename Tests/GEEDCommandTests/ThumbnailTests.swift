// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDStore
import Testing

/// The images and predictions of examples that a stored run keeps for reports.
@Suite(.enabled(if: Available.runtime, Available.noRuntime)) struct ThumbnailTests {
  private static let arguments = StoredRuns.measure.map { $0 == "C4" ? "D4" : $0 }

  @Test("The examples with the extreme deviations have images: rotations, then reflections")
  func images() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let json = try StoredRuns.output(of: Self.arguments + ["--store", store])
    let thumbnails = try RunStore(opening: store).thumbnails(ofRun: 1)
    for result in try Measured(json: json).results {
      let examples = try #require(result.perExample).sorted { $0.value < $1.value }.map(\.index)
      let shown = Set(thumbnails.map(\.example))
      #expect(shown.isSuperset(of: examples.prefix(3)) && shown.isSuperset(of: examples.suffix(3)))
    }
    let thumbnail = try #require(thumbnails.first)
    #expect(thumbnail.elements == Array(0..<8))
    #expect(thumbnail.columns == 4)
    let strip = try Image(decoding: thumbnail.png, name: "strip")
    #expect((strip.width, strip.height, strip.channels) == (4 * 28, 2 * 28, 1))
    // The first image is the example; the second is turned by a quarter counter-clockwise.
    let example = try Glyphs().example(at: thumbnail.example)
    for y in 0..<28 {
      for x in 0..<28 {
        let level = UInt8((255 * example.scalars[28 * y + x]).rounded())
        #expect(strip.pixels[4 * 28 * y + x] == level)
        #expect(strip.pixels[4 * 28 * (27 - x) + 28 + y] == level)
      }
    }
  }

  @Test("The shares of correct predictions are those of the stored observations")
  func predictions() throws {
    let scratch = try Scratch()
    let store = scratch.path("a.sqlite")
    let json = try StoredRuns.output(of: Self.arguments + ["--store", store])
    let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
    let accuracy = try #require(document.results.compactMap(\.predictions).first?.accuracy)
    #expect(accuracy.count == 8)
    var correct: [String: Int] = [:]
    var others = 0
    try RunStore(opening: store).forEachObservation(ofRun: 1) { observation in
      if observation.metric == .softmax {
        let isCorrect = observation.prediction == observation.label
        correct[observation.element, default: 0] += isCorrect ? 1 : 0
      } else if observation.prediction != nil {
        others += 1
      }
    }
    #expect(others == 0)
    for share in accuracy { #expect(Double(correct[share.element] ?? 0) / 30 == share.value) }
  }

  @Test("Merged shards keep the images of the examples with the extreme deviations of all")
  func merged() throws {
    let scratch = try Scratch()
    let (store, merged) = (scratch.path("a.sqlite"), scratch.path("b.sqlite"))
    for shard in ["1/2", "2/2"] {
      _ = try StoredRuns.output(of: Self.arguments + ["--store", store, "--shard", shard])
    }
    _ = try StoredRuns.output(of: ["merge", store, "-o", merged])
    _ = try StoredRuns.output(of: Self.arguments + ["--store", merged])
    let both = try RunStore(opening: merged)
    let (ofShards, ofWhole) = (try both.thumbnails(ofRun: 1), try both.thumbnails(ofRun: 2))
    // An extreme example of all is one of its shard, unless that shard has enough others.
    #expect(!ofShards.isEmpty && Set(ofShards).isSubset(of: ofWhole))
    #expect(Set(ofShards.map(\.example)).count == ofShards.count)
  }

  @Test("A report of a store has no shards, unless one is named, which says so")
  func shards() throws {
    let scratch = try Scratch()
    let (store, page) = (scratch.path("a.sqlite"), scratch.path("page.html"))
    _ = try StoredRuns.output(of: StoredRuns.small + ["--store", store, "--shard", "2/2"])
    let whole = try Tool.run(["report", "--store", store, "-o", page])
    #expect(whole.status == 65 && whole.error.contains("shards alone, which 'geed merge' combines"))
    #expect(!FileManager.default.fileExists(atPath: page))
    _ = try Tool.output(of: ["report", "1", "--store", store, "-o", page])
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("glyphs, shard 2 of 2"))
  }

  private struct Document: Decodable {
    struct Result: Decodable { let predictions: PredictionSummary? }
    let results: [Result]
  }
}
