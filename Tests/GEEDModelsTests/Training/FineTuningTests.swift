// SPDX-License-Identifier: MIT

#if Torch
import Foundation
import GEEDData
import GEEDModels
import GEEDTorch
import Testing

/// Trainings of a small network that begin with the weights of a file.
@Suite final class FineTuningTests {
  private let folder: URL
  private var file: String { folder.appending(path: "weights.safetensors").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "geed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try writeWeights(classes: 4)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Writes weights that no seed gives.
  private func writeWeights(classes: Int, marked mark: Double = 0) throws {
    let store = try ParameterStore(seed: 0)
    _ = try NetworkSettings(name: "conventional-cnn", classes: classes, width: 0.05)
      .make(imageShape: [1, 29, 29], parameters: store.root)
    try FormulaWeights.fill(store)
    let first = try #require(store.all.first).tensor
    try first.assign(first.shifted(by: mark))
    try store.save(to: file)
  }

  private func configuration(
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> TrainingConfiguration {
    var network = NetworkSettings(name: "conventional-cnn", classes: 10, width: 0.05)
    network.pretrained = PretrainedWeights(path: file)
    network.pretrained?.head = .new
    var data = TrainingDataSettings(source: "glyphs")
    data.resize = 29
    data.count = 24
    var configuration = TrainingConfiguration(network: network, data: data, iterations: 4)
    configuration.batch = 8
    configuration.evaluation = EvaluationSettings(every: 4, count: 8)
    configuration.checkpointEvery = 2
    change(&configuration)
    return configuration
  }

  private func run(
    _ configuration: TrainingConfiguration, _ name: String = "run", resumes: Bool = false
  ) throws -> TrainingRun {
    try TrainingRun(configuration, folder: folder.appending(path: name).path, resumes: resumes)
  }

  /// Everything in the store of a run, by name.
  private func scalars(_ run: TrainingRun) throws -> [String: [Float]] {
    try Dictionary(
      uniqueKeysWithValues: run.weights.all.map { ($0.name, try $0.tensor.host().scalars) })
  }

  private func formula(_ run: TrainingRun) -> [String: [Float]] {
    Dictionary(
      uniqueKeysWithValues: run.weights.all.map {
        ($0.name, FormulaWeights.values(of: $0.name, shape: $0.tensor.shape))
      })
  }

  private func isHead(_ name: String) -> Bool { name.hasPrefix("fully_net.3.") }

  @Test("Training begins with exactly the weights of the file, and a new head is that of the seed")
  func initialWeights() throws {
    let run = try run(configuration { $0.seed = 3 })
    let (found, expected) = (try scalars(run), formula(run))
    let plain = try self.run(
      configuration {
        $0.seed = 3
        $0.network.pretrained = nil
      }, "plain")
    let seeded = try scalars(plain)
    #expect(found.count == seeded.count)
    for (name, scalars) in found {
      #expect(scalars == (isHead(name) ? seeded[name] : expected[name]), "\(name)")
    }
  }

  @Test func aKeptHeadIsThatOfTheFile() throws {
    let run = try run(
      configuration {
        $0.network.classes = 4
        $0.data.adaptation.classes = 4
        $0.network.pretrained?.head = .kept
      })
    #expect(try scalars(run) == formula(run))
  }

  @Test func aHeadForOtherClassesIsToldInOneSentence() {
    let error = #expect(throws: UnsuitableSettings.self) {
      _ = try run(configuration { $0.network.pretrained?.head = .kept })
    }
    #expect(
      error?.description.hasSuffix(
        "has a head for other classes (fully_net.3.weight is [4, 3], not [10, 3]); 'head: new' "
          + "begins with a new one.") == true, "\(error.debugDescription)")
  }

  @Test("Weights of another network are listed, whatever the head")
  func otherNetworks() {
    let error = #expect(throws: WeightsError.self) {
      _ = try run(configuration { $0.network.width = 0.1 })
    }
    #expect(error?.description.contains("of another shape") == true)
  }

  @Test(
    "Frozen features do not move, running statistics included, while the head does",
    arguments: PretrainedWeights.Freeze.allCases)
  func freezing(freeze: PretrainedWeights.Freeze) throws {
    var run = try run(configuration { $0.network.pretrained?.freeze = freeze })
    let before = try scalars(run)
    try run.start()
    while !run.isFinished { try run.advance() }
    for (name, after) in try scalars(run) {
      let moves = freeze == .none || isHead(name)
      #expect((after != before[name]) == moves, "\(name)")
    }
  }

  @Test(
    "A rate of 0.001 with a head-rate of 0.1 moves the head alone as 0.1 does, and the rest less")
  func rates() throws {
    func moves(rate: Double, headRate: Double?) throws -> [String: Float] {
      var run = try run(
        configuration {
          $0.optimizer.kind = .sgd
          $0.optimizer.momentum = 0
          $0.optimizer.weightDecay = 0
          $0.optimizer.decay = .constant
          $0.optimizer.rate = rate
          $0.optimizer.headRate = headRate
        }, "\(rate) \(headRate ?? 0)")
      let before = try scalars(run)
      try run.advance()
      return try scalars(run).reduce(into: [:]) { moves, entry in
        moves[entry.key] = zip(entry.value, before[entry.key] ?? []).map { ($0 - $1).magnitude }
          .max()
      }
    }
    let (one, two) = (
      try moves(rate: 0.1, headRate: nil), try moves(rate: 0.001, headRate: 0.1)
    )
    for (name, move) in one where !name.contains("running") {
      // Steps are differences of numbers around 1, in single precision.
      let expected = isHead(name) ? move : move / 100
      #expect(abs((two[name] ?? .nan) - expected) <= 0.01 * expected + 2e-7, "\(name)")
    }
  }

  /// A teacher that began as the network was before the file was read would be another one.
  @Test func theTeacherOfBYOLBeginsWithTheWeightsOfTheFileAsWell() throws {
    let run = try run(configuration(Self.withoutLabels))
    let (found, expected) = (try scalars(run), formula(run))
    let names = found.keys.filter { expected[$0] != nil && !$0.hasPrefix("objective.") }
    // Six blocks of 5 tensors, and 8 of the last layers.
    #expect(names.count == 38)
    for name in names where !isHead(name) {
      #expect(found[name] == expected[name], "\(name)")
      #expect(found["objective.teacher.network.\(name)"] == expected[name], "\(name)")
    }
  }

  @Test func featuresThatAreFrozenLearnNothingWithoutLabels() {
    let error = #expect(throws: UnsuitableSettings.self) {
      _ = try run(
        configuration {
          Self.withoutLabels(&$0)
          $0.network.pretrained?.freeze = .features
        })
    }
    #expect(
      error?.description
        == "'network.freeze': 'objective: byol' trains the features and not the head; leave it out."
    )
  }

  private static func withoutLabels(_ configuration: inout TrainingConfiguration) {
    var objective = ObjectiveSettings(.byol)
    (objective.hidden, objective.projection) = (12, 6)
    configuration.objective = objective
    var changes = ImageAugmentation()
    changes.flip = 0.5
    configuration.augmentation = .image(changes)
  }

  @Test("A run that continues needs no file, and has the numbers of one that never stopped")
  func resumed() throws {
    var whole = try run(configuration(), "whole")
    while !whole.isFinished { try whole.advance() }
    var first = try run(configuration(), "parts")
    for _ in 0..<2 { try first.advance() }
    try FileManager.default.removeItem(atPath: file)
    var second = try run(configuration(), "parts", resumes: true)
    #expect(second.iteration == 2)
    #expect(second.configuration == whole.configuration)
    while !second.isFinished { try second.advance() }
    let same = try scalars(second) == scalars(whole)
    #expect(same)
    #expect(throws: WeightsError.self) { _ = try run(configuration(), "new") }
  }

  @Test func aFileThatHasChangedIsNotContinuedWith() throws {
    var first = try run(configuration())
    for _ in 0..<2 { try first.advance() }
    try writeWeights(classes: 4, marked: 1)
    let error = #expect(throws: UnsuitableSettings.self) {
      _ = try run(configuration(), resumes: true)
    }
    #expect(error?.description.contains("has changed since the training began") == true)
  }

  @Test("The SHA-256 of the file is part of the settings, and can be demanded")
  func fingerprint() throws {
    let known = try Digest.hex(ofFile: file, by: .sha256)
    #expect(try run(configuration()).configuration.network.pretrained?.sha256 == known)
    let wrong = String(repeating: "0", count: 64)
    let error = #expect(throws: UnsuitableSettings.self) {
      _ = try run(configuration { $0.network.pretrained?.sha256 = wrong })
    }
    #expect(error?.description.contains("expected a file with the SHA-256 \(wrong)") == true)
  }

  @Test("Settings are written as they are read, and without weights as before there were any")
  func coding() throws {
    let network = configuration().network
    let data = try JSONEncoder().encode(network)
    #expect(try JSONDecoder().decode(NetworkSettings.self, from: data) == network)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let plain = try encoder.encode(NetworkSettings(name: "resnet18", classes: 3))
    #expect(
      String(decoding: plain, as: UTF8.self)
        == #"{"classes":3,"group":"C8","name":"resnet18","width":1}"#)
  }

  @Test(
    "Settings that need a file are refused without one, and wrong words as well",
    arguments: [
      (#""head":"new""#, "'weights' as well"), (#""freeze":"features""#, "'weights' as well"),
      (#""weights":"w","head":"old""#, "one of kept, new, but got 'old'"),
      (#""weights":"w","freeze":"all""#, "one of none, features, but got 'all'"),
      (#""weights":"w","weights-sha256":"12""#, "64 hexadecimal digits, but got '12'"),
      (#""width":0.5"#, "1, because alexnet has a published size, but got 0.5"),
    ])
  func wrongSettings(json: String, expected: String) throws {
    let data = Data(#"{"name":"alexnet",\#(json)}"#.utf8)
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(NetworkSettings.self, from: data)
    }
    #expect("\(error.debugDescription)".contains("expected \(expected)"))
  }
}
#endif
