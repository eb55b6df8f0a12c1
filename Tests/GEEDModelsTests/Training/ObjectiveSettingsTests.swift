// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEED
import GEEDData
import Testing

@testable import GEEDModels

@Suite struct ObjectiveSettingsTests {
  private func read<Value: Decodable>(_ text: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  private func configuration(_ more: String = "") throws -> TrainingConfiguration {
    try read(
      """
      {"network": {"name": "cifar-resnet8"}, "data": {"source": "glyphs"}, "iterations": 4\(more)}
      """, as: TrainingConfiguration.self)
  }

  private func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test("Settings without the new ones are written as before, so stored runs are recognized")
  func unchanged() throws {
    let plain = try text(configuration())
    #expect(plain.contains(#""augmentation":"none""#))
    #expect(!plain.contains("objective") && !plain.contains("probe"))
    #expect(try plain == text(configuration(#", "objective": {"kind": "labels"}"#)))
    let turned = try configuration(#", "augmentation": "rotation""#)
    #expect(turned.augmentation == .rotation)
    #expect(try text(turned).contains(#""augmentation":"rotation""#))
  }

  @Test(arguments: [
    #"{"crop": {"scale": [0.2, 1]}, "flip": 0.5, "blur": {"size": 5}}"#, #"{"grey": 0.2}"#,
    #"{"jitter": {"brightness": 0.4, "hue": 0.1, "probability": 0.8}}"#, "{}",
  ])
  func augmentationsAreReadAsWritten(json: String) throws {
    let settings = try configuration(#", "augmentation": "# + json)
    guard case .image(let changes) = settings.augmentation else {
      Issue.record("Expected changes of images, but got \(settings.augmentation).")
      return
    }
    #expect((changes.crop == nil) == !json.contains("crop"))
    #expect(try read(text(settings), as: TrainingConfiguration.self) == settings)
  }

  @Test("Batches have to fit into memory, in SimCLR with the similarities of all pairs of views")
  func room() throws {
    let images = [3, 32, 32]
    func most(_ objective: String, _ processCount: Int = 1) throws -> Int? {
      var settings = try configuration(objective)
      settings.batch = 1 << 30
      do {
        try settings.requireRoom(forBatchesOf: images, processCount: processCount)
      } catch {
        let number = try #require(error.description.firstMatch(of: /at most ([0-9]+) images/)?.1)
        settings.batch = try #require(Int(number))
        try settings.requireRoom(forBatchesOf: images, processCount: processCount)
        return settings.batch
      }
      return nil
    }
    // 4 GiB of one and of two views of 3 x 32 x 32 numbers of 4 bytes.
    #expect(try most("") == 349_525)
    #expect(try most("", 2) == 2 * 349_525)
    #expect(try most(#", "objective": "byol""#) == 174_762)
    // The largest n with 24,576 n + 4 matrices of (2 n)² numbers of 4 bytes within 4 GiB.
    let simclr = 8_002
    #expect(24_576 * simclr + 64 * simclr * simclr <= 4 << 30)
    #expect(24_576 * (simclr + 1) + 64 * (simclr + 1) * (simclr + 1) > 4 << 30)
    #expect(try most(#", "objective": "simclr""#) == simclr)
  }

  @Test func objectivesHaveTheSettingsOfThePapers() throws {
    let simclr = try #require(try configuration(#", "objective": "simclr""#).objective)
    #expect((simclr.temperature, simclr.projection) == (0.5, 128))
    #expect(simclr.hidden == nil && simclr.momentum == nil)
    let byol = try #require(
      try configuration(#", "objective": {"kind": "byol", "hidden": 512}"#).objective)
    #expect((byol.projection, byol.hidden, byol.momentum) == (256, 512, 0.996))
    #expect(try read(text(byol), as: ObjectiveSettings.self) == byol)
  }

  @Test(arguments: [
    (#", "augmentation": "flips""#, "flips"), (#", "augmentation": {"flip": 2}"#, "0.0 to 1.0"),
    (#", "augmentation": {"crop": {"scale": [1, 0.2]}}"#, "smaller one first"),
    (#", "augmentation": {"blur": {"size": 4}}"#, "odd"),
    (#", "augmentation": {"flop": 1}"#, "'flip'"), (#", "objective": "dino""#, "simclr"),
    (#", "objective": {"temperature": 1}"#, "kind"),
    (#", "objective": {"kind": "byol", "temperature": 1}"#, "byol"),
    (#", "objective": {"kind": "simclr", "temperature": 0}"#, "0.001"),
  ])
  func wrongSettingsAreTold(json: String, named: String) throws {
    let error = #expect(throws: DecodingError.self) { try configuration(json) }
    #expect(error.map { "\($0)".contains(named) } == true)
  }

  @Test(arguments: [
    (#", "objective": "simclr""#, 1, "two views"),
    (#", "objective": "simclr", "augmentation": {}"#, 1, "two views"),
    (#", "objective": "byol", "augmentation": {"flip": 0.5}"#, 2, "one process"),
    (#", "objective": "simclr", "augmentation": {"flip": 0.5}, "batch": 1"#, 1, "'batch'"),
    (#", "objective": "rotations", "augmentation": "rotation""#, 1, "'augmentation'"),
    (#", "objective": "rotations", "label-smoothing": 0.1"#, 1, "'label-smoothing'"),
    (#", "augmentation": {"blur": {"size": 99}}"#, 1, "99 x 99"),
  ])
  func unsuitableSettingsAreTold(json: String, processes: Int, named: String) throws {
    let settings = try configuration(json)
    let error = #expect(throws: UnsuitableSettings.self) {
      try settings.requireSuitableObjective(images: [3, 32, 32], processCount: processes)
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test func suitableSettings() throws {
    for json in [
      #", "evaluation": {"probe-count": 9}"#, #", "objective": "rotations""#,
      #", "augmentation": {"flip": 0.5}"#,
      #", "objective": "byol", "augmentation": {"flip": 0.5}"#,
    ] {
      try configuration(json).requireSuitableObjective(images: [3, 32, 32], processCount: 1)
    }
    try configuration(#", "objective": "rotations""#)
      .requireSuitableObjective(images: [3, 32, 32], processCount: 2)
  }
}
#endif
