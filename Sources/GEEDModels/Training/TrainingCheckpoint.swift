// SPDX-License-Identifier: MIT

import Foundation
import GEEDData
import GEEDTorch

/// The state that later iterations depend on, as one safetensors file.
///
/// The names of weights begin with `weights.`, those of the optimizer's state with `optimizer.`.
/// The number of completed iterations, a description of the run and a checksum of everything are in
/// the file's metadata.
package struct TrainingCheckpoint: Sendable {
  /// The number of completed iterations.
  package let iteration: Int
  /// The description of the run, as given when it was saved.
  package let run: String

  /// The run's configuration; `nil` if none was saved.
  package let configuration: TrainingConfiguration?

  private let file: SafetensorsFile

  /// The version of the order in which examples are drawn; a run can be resumed only with the same
  /// version.
  private static let draws = "2"

  /// Opens a checkpoint and verifies its checksum; its tensors are read by ``restore(_:_:)``.
  package init(opening path: String) throws {
    let file = try SafetensorsFile(opening: path)
    self.file = file
    guard let text = file.metadata["iteration"] else {
      throw TrainingError.noCheckpoint(path: path, reason: "it does not state its iteration")
    }
    guard let iteration = Int(text), iteration >= 0 else {
      throw TrainingError.noCheckpoint(
        path: path, reason: "it states the iteration '\(text.prefix(40))', which is not possible")
    }
    guard let checksum = file.metadata[Self.checksumKey] else {
      throw TrainingError.noCheckpoint(
        path: path, reason: "it has no checksum, so an older version wrote it")
    }
    let entries = file.entries.map { ($0.name, $0) }
    guard
      try checksum == Self.checksum(of: file.metadata, entries, bytes: { try file.bytes(of: $0) })
    else {
      throw TrainingError.noCheckpoint(
        path: path, reason: "it is damaged: its checksum is not that of its content")
    }
    self.iteration = iteration
    run = file.metadata["run"] ?? ""
    configuration = file.metadata["configuration"].flatMap {
      try? JSONDecoder().decode(TrainingConfiguration.self, from: Data($0.utf8))
    }
  }

  /// Throws an error unless the remaining iterations are those of the saved run.
  ///
  /// - Parameter extends: Whether another description is accepted as well if nothing but the number
  ///   of iterations differs from the saved configuration, and no iteration depends on that number.
  package func requireContinuation(
    as other: TrainingConfiguration, run: String, extends: Bool = false
  ) throws(TrainingError) {
    let path = file.path
    guard file.metadata["draws"] == Self.draws else {
      throw .noCheckpoint(
        path: path, reason: "an older version wrote it, which drew other examples to learn from")
    }
    if run != self.run {
      guard extends, let configuration else { throw .otherSettings(path: path) }
      var extended = configuration
      extended.iterations = other.iterations
      guard extended == other else { throw .otherSettings(path: path) }
      guard configuration.iterations == other.iterations || other.optimizer.decay == .constant
      else {
        throw .otherLength(
          path: path, iterations: configuration.iterations, decay: other.optimizer.decay.rawValue)
      }
      // BYOL's teacher moves less and less towards the last iteration.
      guard configuration.iterations == other.iterations || other.objective?.kind != .byol else {
        throw .otherObjectiveLength(
          path: path, iterations: configuration.iterations, objective: "byol")
      }
    }
    guard iteration <= other.iterations else {
      throw .noCheckpoint(
        path: path,
        reason: "it is of iteration \(iteration), but the run has \(other.iterations) iterations")
    }
  }

  /// Writes a checkpoint, all of it or nothing; an earlier file at `path` stays until the new one
  /// is complete.
  package static func save(
    weights: ParameterStore, optimizer: any Optimizer, iteration: Int, run: String,
    configuration: TrainingConfiguration? = nil, to path: String
  ) throws(WeightsError) {
    var tensors: [String: TorchTensor] = [:]
    for parameter in weights.all { tensors["weights.\(parameter.name)"] = parameter.tensor }
    for (name, tensor) in optimizer.state { tensors["optimizer.\(name)"] = tensor }
    var metadata = ["iteration": String(iteration), "run": run, "draws": draws]
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if let configuration, let text = try? encoder.encode(configuration) {
      metadata["configuration"] = String(decoding: text, as: UTF8.self)
    }
    do {
      metadata[checksumKey] = try checksum(of: metadata, tensors.map { ($0, $1) }) {
        try $0.bytes()
      }
    } catch let error as TorchError {
      throw .engine(path: path, tensor: "", error)
    } catch {
      throw .system(path: path, operation: "make the checksum of", reason: "\(error)")
    }
    try SafetensorsFile.write(tensors, metadata: metadata, to: path)
  }

  private static let checksumKey = "sha256"

  /// The SHA-256 of metadata and tensors, in the order of their names.
  private static func checksum<Content>(
    of metadata: [String: String], _ tensors: [(name: String, content: Content)],
    bytes: (Content) throws -> [UInt8]
  ) throws -> String {
    let digest = try Digest(.sha256)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where key != checksumKey {
      digest.add("\(key.utf8.count) \(key) \(value.utf8.count) \(value)")
    }
    for (name, content) in tensors.sorted(by: { $0.name < $1.name }) {
      let bytes = try bytes(content)
      digest.add("\(name.utf8.count) \(name) \(bytes.count) ")
      digest.add(bytes)
    }
    return try digest.finish()
  }

  /// Overwrites weights and optimizer with the state of the checkpoint.
  package func restore(_ weights: ParameterStore, _ optimizer: any Optimizer) throws {
    let prefix = "weights."
    try weights.load(file.path) {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil
    }
    var state: [String: TorchTensor] = [:]
    // Tensors that are not part of the optimizer's state are not read, however large they are.
    let shapes = optimizer.state.mapValues(\.shape)
    for entry in file.entries where entry.name.hasPrefix("optimizer.") {
      let name = String(entry.name.dropFirst("optimizer.".count))
      guard shapes[name] == entry.shape else {
        throw TrainingError.noCheckpoint(
          path: file.path, reason: "the optimizer has no '\(name)' of shape \(entry.shape)")
      }
      state[name] = try file.tensor(entry)
    }
    try optimizer.restore(state)
  }
}
