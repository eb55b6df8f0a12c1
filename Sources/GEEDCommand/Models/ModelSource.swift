// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

/// A model that was opened far enough to choose probes of it.
protocol ModelSource {
  /// The tensors that can be probed.
  var graph: OnnxGraph { get }

  /// Returns the order of the tensors' axes.
  func layouts(exampleShape: [Int]) throws -> OnnxLayouts

  /// Returns the model that computes these tensors.
  func engine(probing tensors: [String]) throws -> any SessionEngine
}

/// The model of a session: what is measured, and what the result states of it.
protocol SessionEngine: MeasurableModel {
  /// The hashes by which the model is known again.
  var fingerprint: ModelFingerprint { get throws }

  /// The settings that determine the model's numbers.
  func settings(_ options: ModelOptions) throws -> RunSettings.Model

  /// The names and versions of what computes the model, except GEED.
  var versions: [String: String] { get }

  /// The engine, such as `cpu`.
  var providerName: String { get }

  /// The numbers with which the engine computes, such as `float32`; `nil` if they are not known.
  var arithmeticName: String? { get }

  /// Whether the model is computed in float32 on the CPU, or not by ONNX Runtime.
  var isInFloat32: Bool { get }

  /// Returns the same model, computed in float32 on the CPU; `nil` if it is, or if that is not known.
  func inFloat32() throws -> (any MeasurableModel)?

  /// How the order of the input's axes was found, if there was a choice.
  var inputNote: String? { get }

  /// What made the model, as far as it is known.
  var producer: String { get }

  /// Sentences on the model for the result.
  var notes: [String] { get }

  /// A sentence on how batches were divided, known after the measurement.
  var batchNote: String? { get }

  /// The number of bytes of the weights, as far as it is known.
  var weightByteCount: Int { get }

  /// The time spent computing, or waiting for what computes.
  var secondsOfComputing: Double { get }

  /// Whether the model can be run on other inputs, as the test of its independence does.
  var canBeTested: Bool { get }

  /// Throws if the model cannot be controlled in this way.
  func requirePossible(_ control: ControlKind) throws

  /// Throws if the examples are unsuitable.
  func requireSuitable(_ measurement: DeviationMeasurement) throws

  /// Returns the same model with shuffled weights.
  func untrainedTwin(seed: UInt64) throws -> any MeasurableModel

  /// Stops the computation at once, on any thread.
  func stop()

  /// Ends the model; it computes nothing afterwards.
  func finish()
}

extension ModelOptions {
  /// Reads the graph of an ONNX file; `nil` for a program, and for outputs that were computed.
  func onnxGraph(besides computed: ComputedOptions) throws -> OnnxGraph? {
    guard command == nil, !isScripted, computed.manifest == nil else { return nil }
    try requireONNX()
    return try OnnxGraph(contentsOf: model)
  }

  /// Opens the model, whose graph was read if it has one, or outputs that were computed, for examples
  /// of a data set.
  func open(
    _ graph: OnnxGraph?, _ computed: ComputedOptions, for dataset: any Dataset,
    inputs: [ModelInput]?, seed: UInt64
  ) throws -> any ModelSource {
    if let manifest = computed.manifest {
      return try ComputedSource(computed.outputs, manifestPath: manifest, options: self)
    }
    if let command { return try ProgramSource(command, self, dataset: dataset, seed: seed) }
    if isScripted { return try ScriptedSource(self, dataset: dataset, seed: seed) }
    var options = onnxOptions
    options.parts = inputs ?? []
    return OnnxSource(graph: try graph ?? OnnxGraph(contentsOf: model), options: options)
  }

  /// Throws if the name of the file is that of a model in another format.
  func requireONNX() throws {
    let formats = [
      "pt": "PyTorch", "pth": "PyTorch", "ckpt": "PyTorch",
      "pt2": "torch.export",
      "safetensors": "safetensors", "h5": "Keras", "keras": "Keras", "pb": "TensorFlow",
      "tflite": "TensorFlow Lite", "mlpackage": "Core ML", "engine": "TensorRT",
    ]
    let ending = model.split(separator: ".").last.map { $0.lowercased() } ?? ""
    guard !TorchPart.isModel(model) else {
      throw UsageError(
        "'\(model)' is a PyTorch file by its name. TorchScript models are run by "
          + "\(TorchPart.executableName), built with libtorch, at '\(TorchPart.executablePath)', which does "
          + "not run here; export the model to ONNX, or serve it from a program that loads it: "
          + "'exec:python serve.py \(model)' (article \"A model in any language\").")
    }
    guard let format = formats[ending] else { return }
    throw UsageError(
      "'\(model)' is a file of \(format) by its name, and ONNX files are read; export it to ONNX, or "
        + "serve it from a program that loads it: 'exec:python serve.py \(model)' (article \"A model in "
        + "any language\").")
  }
}

// MARK: - ONNX

/// The number of batches that run at a time. It is fixed, so that the digits of a result do not depend on
/// timing; two fill the gaps between the operators of a network, and need twice the memory of one.
private let concurrentRuns = 2

private struct OnnxSource: ModelSource {
  let graph: OnnxGraph
  let options: OnnxOptions

  func layouts(exampleShape: [Int]) throws -> OnnxLayouts {
    try graph.layouts(exampleShape: exampleShape, options: options)
  }

  func engine(probing tensors: [String]) throws -> any SessionEngine {
    var options = options
    options.concurrentRuns = concurrentRuns
    return try OnnxModel(graph: graph, probing: tensors, options: options)
  }
}

extension SessionEngine {
  var arithmeticName: String? { nil }

  var isInFloat32: Bool { true }
  func inFloat32() throws -> (any MeasurableModel)? { nil }

  var inputNote: String? { nil }

  var notes: [String] { [] }

  var weightByteCount: Int { 0 }

  var batchNote: String? { nil }

  var canBeTested: Bool { true }

  func requirePossible(_ control: ControlKind) {}

  func requireSuitable(_ measurement: DeviationMeasurement) {}

  func untrainedTwin(seed: UInt64) throws -> any MeasurableModel {
    preconditionFailure("Expected a control that is possible.")
  }

  func finish() {}
}

extension OnnxModel: SessionEngine {
  var fingerprint: ModelFingerprint { get throws { try ModelFingerprint(graph) } }

  func settings(_ options: ModelOptions) throws -> RunSettings.Model {
    let onnx = options.onnxOptions
    return RunSettings.Model(
      files: try fingerprint, layout: options.layout.rawValue, provider: provider.rawValue,
      arithmetic: arithmeticName, threads: options.threads, constants: onnx.constants,
      copies: onnx.copies.isEmpty ? nil : onnx.copies.sorted(), runtime: libraryVersion)
  }

  var versions: [String: String] { ["onnxruntime": libraryVersion] }

  var providerName: String { provider.rawValue }

  var arithmeticName: String? { arithmetic?.rawValue }

  var isInFloat32: Bool { provider == .cpu }

  func inFloat32() throws -> (any MeasurableModel)? {
    isInFloat32 ? nil : try inFloat32OnCPU()
  }

  var notes: [String] { [providerNote].compactMap(\.self) }

  var inputNote: String? { layoutNote }

  var producer: String { graph.producer }

  var secondsOfComputing: Double { secondsInRuntime }

  func requireSuitable(_ measurement: DeviationMeasurement) throws {
    try requireWholeNumbers(in: measurement)
  }

  func untrainedTwin(seed: UInt64) throws -> any MeasurableModel {
    try OnnxModel(untrainedTwinOf: graph, probing: tensors, options: options, seed: seed)
  }
}
