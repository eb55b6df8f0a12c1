// SPDX-License-Identifier: MIT

import CGEEDTorch
import GEED
import Synchronization

/// A TorchScript model, as `torch.jit.save` writes it, that libtorch runs on the host.
///
///     let model = try ScriptedModel(contentsOf: "model.pt")
///     let outputs = try model.outputs(for: images)
///
/// The model is set to evaluation mode. It takes one tensor of `Float`, and returns one tensor, named
/// `output`, or tensors in tuples, lists and dictionaries, whose names are their positions or keys,
/// joined by dots: `0`, `features.1`. Values inside the model cannot be reached.
public final class ScriptedModel: MeasurableModel, @unchecked Sendable {
  /// The path of the file.
  public let path: String
  private let handle: gt_script
  /// The names of outputs with whole numbers; locked during a run, because modules change while they are
  /// optimized.
  private let wholeNumbers = Mutex<Set<String>>([])

  /// The names of the outputs of past runs that are integers or truth values.
  package var outputsOfWholeNumbers: Set<String> { wholeNumbers.withLock { $0 } }

  /// Reads a model.
  ///
  /// - Throws: ``TorchError`` for a file that is not a TorchScript model.
  public init(contentsOf path: String) throws(TorchError) {
    var handle = gt_script(impl: nil)
    try check("loading '\(path)'", gt_script_load(&handle, path))
    self.path = path
    self.handle = handle
  }

  deinit { gt_script_free(handle) }

  /// Runs the model on a batch.
  ///
  /// - Throws: ``TorchError`` if the model fails, or returns something else than tensors.
  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    let input = try TorchTensor(batch)
    return try wholeNumbers.withLock { names in
      var outputs = gt_script_outputs(impl: nil)
      try check("running '\(path)'", gt_script_run(&outputs, handle, input.handle))
      defer { gt_script_outputs_free(outputs) }
      return try (0..<gt_script_outputs_count(outputs)).reduce(into: [:]) { result, index in
        let name = String(cString: gt_script_outputs_name(outputs, index))
        if gt_script_outputs_is_whole(outputs, index) { names.insert(name) }
        let tensor = TorchTensor(owning: gt_script_outputs_tensor(outputs, index))
        result[name] = try tensor.host()
      }
    }
  }
}
