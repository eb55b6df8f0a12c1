// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDTorch

extension TrainingRun {
  static func checkpoint(in folder: String) -> String { "\(folder)/checkpoint.safetensors" }

  /// The files of a finished training run and of one that can be resumed.
  private static let resultNames = [
    "checkpoint.safetensors", "best.safetensors", "model.safetensors", "best.onnx", "model.onnx",
  ]

  /// Returns whether a folder holds a training run that can be resumed, or its networks.
  package static func isHeld(in folder: String) -> Bool {
    resultNames.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }

  /// Whether a folder holds the networks of a finished training. Without them, and without a
  /// checkpoint, a training was stopped early enough to begin again.
  static func isFinished(in folder: String) -> Bool {
    ["model.safetensors", "model.onnx"].contains {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
  }

  /// Creates the folder and opens its record. Removes partly written files of a killed process, and
  /// all results of an earlier training run unless this run resumes it.
  static func trajectory(
    in folder: String, keepingUntil iteration: Int
  ) throws(DataError) -> Trajectory {
    try makeFolder(folder)
    let own = resultNames + ["trajectory.jsonl"]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let isPart = name.hasSuffix(partSuffix) && own.contains { name.hasPrefix("\($0).") }
      if isPart || (iteration == 0 && resultNames.contains(name)) { unlink("\(folder)/\(name)") }
    }
    return try Trajectory(path: "\(folder)/trajectory.jsonl", keepingUntil: iteration)
  }

  /// Averages the running statistics and writes a checkpoint, whether or not one is due.
  package func save() throws {
    try trainer.averageStatistics()
    try writeCheckpoint()
  }

  /// Writes the checkpoint from which the run can be resumed, after an iteration for which one is
  /// due; only the first process writes it.
  package func writeCheckpoint() throws {
    guard trainer.parallel.isFirst else { return }
    try TrainingCheckpoint.save(
      weights: weights, optimizer: trainer.optimizer, iteration: iteration, run: run,
      configuration: configuration, to: Self.checkpoint(in: folder))
  }

  func saveBest(_ entry: Entry) throws {
    var facts = facts
    facts["testAccuracy"] = entry.testAccuracy.map { "\($0)" }
    facts["testClassifier"] = entry.testClassifier?.rawValue
    try saveNetwork(to: "best.safetensors", facts)
  }

  /// Writes the weights of the network, without those of the objective.
  private func saveNetwork(to name: String, _ facts: [String: String]) throws {
    try weights.save(to: "\(folder)/\(name)", metadata: facts, where: networkNames.contains)
  }

  private var facts: [String: String] {
    var facts = [
      "seed": String(configuration.seed), "iterations": String(iteration),
      Self.runKey: Self.sha256(ofRun: run),
    ]
    if let objective = configuration.objective, !objective.trainsLogits {
      facts["objective"] = objective.kind.rawValue
      facts["untrained"] = "logits"
    }
    return facts
  }

  /// The name of the SHA-256 of a run's description in the metadata of its networks.
  private static let runKey = "run-sha256"

  private static func sha256(ofRun description: String) -> String {
    var hash = SHA256()
    hash.add(Array(description.utf8))
    return hash.finish().hexadecimal
  }

  /// Loads the weights that the run of a description has written to a folder at its end.
  ///
  /// - Throws: ``TrainingError/networkOfOtherRun(path:)`` if another run has written them, and
  ///   `WeightsError` for a file that cannot be read.
  package static func loadNetwork(
    into weights: ParameterStore, ofRun run: String, in folder: String
  ) throws {
    let path = "\(folder)/model.safetensors"
    guard try SafetensorsFile(opening: path).metadata[runKey] == sha256(ofRun: run) else {
      throw TrainingError.networkOfOtherRun(path: path)
    }
    try weights.load(path)
  }

  /// Writes the current weights and network, and the best ones, for use elsewhere.
  ///
  /// - Throws: `WeightsError` or `OnnxWriteError` if a file cannot be written.
  public func export() throws {
    guard trainer.parallel.isFirst else { return }
    try saveNetwork(to: "model.safetensors", facts)
    try network.exportOnnx(
      to: "\(folder)/model.onnx", inputShape: imageShape, parameters: weights, metadata: facts)
    let best = try ParameterStore(seed: configuration.seed, device: weights.device)
    let network = try configuration.network.make(imageShape: imageShape, parameters: best.root)
    let file = try SafetensorsFile(opening: "\(folder)/best.safetensors")
    try best.load(file.path)
    try network.exportOnnx(
      to: "\(folder)/best.onnx", inputShape: imageShape, parameters: best,
      metadata: file.metadata.filter { $0.key != "format" })
  }
}
