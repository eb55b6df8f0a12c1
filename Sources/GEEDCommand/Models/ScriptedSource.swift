// SPDX-License-Identifier: MIT

import Foundation
import GEED
import GEEDData
import GEEDOnnx
import Synchronization

/// A TorchScript model, and the outputs that it gave for a few examples.
struct ScriptedSource: ModelSource {
  let graph: OnnxGraph
  private let engine: ScriptedEngine

  /// Opens the file and runs the model on a few examples.
  init(_ options: ModelOptions, dataset: any Dataset, seed: UInt64) throws {
    try self.init(options, trial: try dataset.trialBatch(seed: seed))
  }

  /// Opens the file and runs the model on `trial`.
  init(_ options: ModelOptions, trial: Tensor) throws {
    engine = try ScriptedEngine(path: options.model, threads: options.threads)
    let outputs = try engine.outputs(for: trial)
    graph = OnnxGraph(
      path: options.model, outputs: outputs, wholeNumbers: engine.outputsOfWholeNumbers)
  }

  func layouts(exampleShape: [Int]) throws -> OnnxLayouts { OnnxLayouts(ofOutputs: graph.tensors) }

  func engine(probing tensors: [String]) throws -> any SessionEngine { engine }
}

/// A TorchScript model as the model of a session.
private final class ScriptedEngine: SessionEngine {
  private let path: String
  private let model: any ScriptedModelRunner
  let fingerprint: ModelFingerprint
  private let duration = Mutex(Duration.zero)

  init(path: String, threads: Int?) throws {
    guard let part = TorchPart.installed else {
      preconditionFailure("Expected a process with libtorch.")
    }
    self.path = path
    // A file that cannot be read is an error of its own.
    fingerprint = ModelFingerprint(
      sha256: try Digest.hex(ofFile: path, by: .sha256), weights: nil)
    do {
      model = try part.load(path, threads)
    } catch let error as ScriptedModelError {
      throw DataError.invalid(
        path: path,
        expected:
          "a TorchScript model, as torch.jit.save writes it; other PyTorch files hold weights "
          + "without the model, which can be exported to ONNX or served from a program ('exec:')",
        found: "one that libtorch cannot load (\(error.message.firstLine.prefix(60))…)")
    }
  }

  var outputsOfWholeNumbers: Set<String> { model.outputsOfWholeNumbers }

  func outputs(for batch: Tensor) throws -> [String: Tensor] {
    let start = ContinuousClock.now
    defer { duration.withLock { $0 += ContinuousClock.now - start } }
    do {
      return try model.outputs(for: batch)
    } catch let error as ScriptedModelError {
      throw DataError.invalid(
        path: path,
        expected: "a model of tensors that takes one tensor, here examples of "
          + batch.rowShape.shapeText, found: error.message.lastLine)
    }
  }

  func settings(_ options: ModelOptions) throws -> RunSettings.Model {
    RunSettings.Model(
      files: fingerprint, layout: "torchscript", provider: providerName, threads: options.threads,
      constants: [:], copies: nil, runtime: model.version)
  }

  var versions: [String: String] { ["libtorch": model.version] }

  var providerName: String { "libtorch" }

  var producer: String { "TorchScript" }

  var notes: [String] {
    ["The TorchScript model was set to evaluation mode; only its outputs can be measured."]
  }

  var secondsOfComputing: Double { duration.withLock { $0 / .seconds(1) } }

  func requirePossible(_ control: ControlKind) throws {
    guard control == .untrained else { return }
    throw UsageError(
      "'--control untrained' shuffles the weights of an ONNX model; measure a TorchScript model with "
        + "other weights instead.")
  }

  /// A run of libtorch cannot be stopped; the second signal ends the tool.
  func stop() {}
}

extension String {
  fileprivate var firstLine: String { lines.first ?? "an error" }

  /// The last line, in which TorchScript states what failed.
  fileprivate var lastLine: String { lines.last ?? "an error" }

  private var lines: [String] {
    split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}
