// SPDX-License-Identifier: MIT

import GEEDTorch

/// Everything that the iterations to come depend on, as one safetensors file.
///
/// Weights stand under `weights.`, what the optimizer remembers under `optimizer.`; the number of
/// iterations done and a description of the run are in the file's metadata.
public struct TrainingCheckpoint: Sendable {
  /// How many iterations were done.
  public let iteration: Int
  /// What the run was, in the words of whoever saved it.
  public let run: String

  private let file: SafetensorsFile

  /// Opens a checkpoint; its tensors are read by ``restore(_:_:)``.
  ///
  /// - Throws: `WeightsError` if the file cannot be read;
  ///   ``TrainingError/noCheckpoint(path:reason:)`` if it is none.
  public init(opening path: String) throws {
    file = try SafetensorsFile(opening: path)
    guard let iteration = file.metadata["iteration"].flatMap({ Int($0) }), iteration >= 0 else {
      throw TrainingError.noCheckpoint(path: path, reason: "it does not say which iteration it is")
    }
    self.iteration = iteration
    run = file.metadata["run"] ?? ""
  }

  /// Writes a checkpoint, all of it or nothing; what was at `path` before stays until then.
  public static func save(
    weights: ParameterStore, optimizer: any Optimizer, iteration: Int, run: String, to path: String
  ) throws(WeightsError) {
    var tensors: [String: TorchTensor] = [:]
    for parameter in weights.all { tensors["weights.\(parameter.name)"] = parameter.tensor }
    for (name, tensor) in optimizer.state { tensors["optimizer.\(name)"] = tensor }
    try SafetensorsFile.write(
      tensors, metadata: ["iteration": String(iteration), "run": run], to: path)
  }

  /// Overwrites weights and optimizer with those of the checkpoint.
  ///
  /// - Throws: `WeightsError` or `OptimizerStateMismatch` if they are of another network or another
  ///   optimizer.
  public func restore(_ weights: ParameterStore, _ optimizer: any Optimizer) throws {
    let prefix = "weights."
    try weights.load(file.path) {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : nil
    }
    var state: [String: TorchTensor] = [:]
    for entry in file.entries where entry.name.hasPrefix("optimizer.") {
      state[String(entry.name.dropFirst("optimizer.".count))] = try file.tensor(entry)
    }
    try optimizer.restore(state)
  }
}
