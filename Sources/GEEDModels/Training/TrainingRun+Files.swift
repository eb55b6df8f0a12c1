// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDTorch

extension TrainingRun {
  static func checkpoint(in folder: String) -> String { "\(folder)/checkpoint.safetensors" }

  /// Reads the checkpoint, if there is one.
  ///
  /// - Returns: How many iterations were done.
  static func restored(
    _ weights: ParameterStore, _ optimizer: any Optimizer, from path: String, of run: String
  ) throws -> Int {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let saved = try TrainingCheckpoint(opening: path)
    guard saved.run == run else { throw TrainingError.otherSettings(path: path) }
    try saved.restore(weights, optimizer)
    return saved.iteration
  }

  static func trajectory(
    in folder: String, keepingUntil iteration: Int
  ) throws -> Trajectory {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try Trajectory(path: "\(folder)/trajectory.jsonl", keepingUntil: iteration)
  }

  /// Writes what the run can go on from, in the middle of whatever it is at.
  ///
  /// - Throws: `WeightsError` if the file cannot be written.
  public func save() throws {
    try trainer.averageStatistics()
    try writeCheckpoint()
  }

  /// Writes what the run can go on from, after an iteration that a checkpoint is due after; the first
  /// process does.
  ///
  /// - Throws: `WeightsError` if the file cannot be written.
  public func writeCheckpoint() throws {
    guard trainer.parallel.isFirst else { return }
    try TrainingCheckpoint.save(
      weights: weights, optimizer: trainer.optimizer, iteration: iteration, run: run,
      to: Self.checkpoint(in: folder))
  }

  func saveBest(_ entry: Trajectory.Entry) throws {
    var facts = facts
    facts["testAccuracy"] = entry.testAccuracy.map { "\($0)" }
    try weights.save(to: "\(folder)/best.safetensors", metadata: facts)
  }

  private var facts: [String: String] {
    ["seed": String(configuration.seed), "iterations": String(iteration)]
  }

  /// Writes the weights and the network as they are, and as they did best, for use elsewhere.
  ///
  /// - Throws: `WeightsError` or `OnnxWriteError` if a file cannot be written.
  public func export() throws {
    guard trainer.parallel.isFirst else { return }
    try weights.save(to: "\(folder)/model.safetensors", metadata: facts)
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
