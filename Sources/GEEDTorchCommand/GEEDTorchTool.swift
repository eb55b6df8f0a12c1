// SPDX-License-Identifier: MIT

import GEEDCommand

#if Torch
import GEED
import GEEDModels
import GEEDOnnx
import GEEDTorch
#endif

/// The executable `geed-torch`: the tool with the commands that need libtorch.
@main
enum GEEDTorchTool {
  static func main() {
    #if Torch
    TorchPart(
      commands: { [Train.self, Reproduce.self] },
      load: { try LibtorchRunner(contentsOf: $0, threads: $1) },
      status: { ExitStatus(ofTraining: $0) }
    ).install()
    #endif
    Geed.main()
  }
}

#if Torch
/// A TorchScript model that this process runs.
private struct LibtorchRunner: ScriptedModelRunner {
  private let model: ScriptedModel

  init(contentsOf path: String, threads: Int?) throws {
    if let threads { TorchEngine.setThreadCount(threads) }
    do {
      model = try ScriptedModel(contentsOf: path)
    } catch {
      throw ScriptedModelError(message: error.message)
    }
  }

  var version: String { TorchEngine.version }

  var outputsOfWholeNumbers: Set<String> { model.outputsOfWholeNumbers }

  func outputs(for batch: Tensor) throws -> [String: Tensor] {
    do {
      return try model.outputs(for: batch)
    } catch let error as TorchError {
      throw ScriptedModelError(message: error.message)
    }
  }
}

extension ExitStatus {
  /// The status of an error that occurs only in training.
  fileprivate init?(ofTraining error: any Error) {
    switch error {
    case is UnsuitableSettings, TrainingError.otherSettings, TrainingError.otherLength,
      TrainingError.diverged, DistributedError.missingVariable, DistributedError.invalidVariable:
      self = .usage
    case WeightsError.system(_, "open", _): self = .missingInput
    case WeightsError.system(_, "write", _), OnnxWriteError.unwritable: self = .notWritten
    case is WeightsError, is TrainingError, is OptimizerStateMismatch: self = .badData
    case is DistributedError, is OnnxWriteError, is TorchError: self = .internalError
    default: return nil
    }
  }
}
#endif
