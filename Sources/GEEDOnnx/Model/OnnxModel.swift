// SPDX-License-Identifier: MIT

import Foundation
import GEED
import Synchronization

/// A model in an ONNX file, run by ONNX Runtime, that returns any of its tensors.
///
///     let model = try OnnxModel(contentsOf: "resnet50.onnx", probing: ["logits", "/layer3/Relu_2"])
///     let outputs = try model.outputs(for: images)
///
/// Examples are given channels first. Feature maps that the graph keeps channels last are returned
/// channels first as well; token sequences keep their axes. Other element types are converted to
/// and from `Float`; a model with integer inputs receives rounded values, so its examples must have
/// the range that it expects. A model with a fixed batch size is run as often as necessary, with the
/// last example repeated to fill the last batch.
public final class OnnxModel: MeasurableModel {
  /// The graph of the model.
  public let graph: OnnxGraph

  /// The names of the tensors that ``outputs(for:)`` returns, each once.
  public let tensors: [String]

  /// The execution provider that computes the model.
  public let provider: OnnxProvider

  /// The options with which the model is run.
  package let options: OnnxOptions

  let plan: OnnxInputPlan
  private let session: OnnxSession
  private let batchLimit: Int?
  private let channelsLastTensors: Set<String>
  private let tensorsOfBoxes: Set<String>

  private let knownShapes = Mutex(KnownShapes())

  /// A sentence on why the model is given fewer examples at a time than it could take, or `nil`.
  package let batchNote: String?

  /// A sentence on the operators that another provider computes than the chosen one, or `nil`.
  package let providerNote: String?

  /// Loads a model.
  ///
  /// - Parameters:
  ///   - path: The path of an ONNX file. Weights that it stores in other files are read as well.
  ///   - tensors: The names of the tensors to return; those that the model declares as outputs
  ///     when `nil`.
  ///   - options: The options with which the model is run.
  /// - Throws: ``OnnxGraphError`` for a file that is not a model, ``OnnxLoadError`` if ONNX Runtime
  ///   cannot be loaded, ``OnnxModelError`` if the model cannot be run as requested, ``OnnxError``
  ///   if the runtime rejects it.
  /// - Precondition: `tensors` is not empty; the thread count is positive.
  public convenience init(
    contentsOf path: String, probing tensors: [String]? = nil, options: OnnxOptions = OnnxOptions()
  ) throws {
    let bytes = try OnnxGraph.bytes(ofFile: path)
    let graph = try OnnxGraph(path: path, bytes: bytes)
    let outputs = graph.tensors.filter(\.isOutput).map(\.name)
    guard tensors != nil || !outputs.isEmpty else { throw OnnxModelError.noTensors(path: path) }
    try self.init(graph: graph, probing: tensors ?? outputs, options: options)
  }

  /// Loads the model of a graph that was already read.
  ///
  /// The errors and preconditions are those of ``init(contentsOf:probing:options:)``.
  public convenience init(
    graph: OnnxGraph, probing tensors: [String], options: OnnxOptions = OnnxOptions()
  ) throws {
    try self.init(
      graph: graph, probing: tensors, options: options,
      bytes: OnnxGraph.bytes(ofFile: graph.path))
  }

  /// Loads a model from bytes that replace those of the graph's file.
  init(
    graph: OnnxGraph, probing tensors: [String], options: OnnxOptions, bytes: Data
  ) throws {
    precondition(!tensors.isEmpty, "Expected at least one tensor to probe.")
    precondition(
      options.threadCount ?? 1 > 0 && options.batchLimit ?? 1 > 0 && options.concurrentRuns > 0,
      "Expected a positive thread count, batch limit and number of runs.")
    let arithmetics = options.provider.arithmetics
    guard
      arithmetics.isEmpty
        ? options.arithmetic == .float32 : arithmetics.contains(options.arithmetic)
    else {
      throw OnnxModelError.arithmeticMissing(
        provider: options.provider.rawValue, arithmetic: options.arithmetic.rawValue,
        available: arithmetics.map(\.rawValue))
    }
    let known = Set(graph.tensors.map(\.name))
    for name in tensors where !known.contains(name) {
      throw graph.errorWithoutTensor(name)
    }
    try graph.requireWeightFiles()
    try graph.requireMemory(options.memoryLimit)
    self.graph = graph
    self.options = options
    var seen: Set<String> = []
    self.tensors = tensors.filter { seen.insert($0).inserted }
    provider = options.provider
    let quantizesByBatch = graph.quantizesByBatch
    batchLimit = quantizesByBatch ? 1 : options.batchLimit
    batchNote =
      quantizesByBatch
      ? "The model rounds to 8 bits by the range of the whole batch (DynamicQuantizeLinear), so it "
        + "was given one input at a time." : nil
    tensorsOfBoxes = graph.tensorsOfBoxes
    plan = try OnnxInputPlan(graph: graph, options: options)
    // Models with channels-last inputs rarely declare the shapes of their tensors, so the layouts
    // need a run on zeros.
    let layouts =
      options.keepsAxisOrder
      ? [:]
      : plan.examples.contains { $0.layout == .nhwc }
        ? try graph.layouts(options: options).layouts
        : graph.declaredLayouts(plan: plan).layouts
    channelsLastTensors = Set(self.tensors.filter { layouts[$0]?.featureMap == .nhwc })
    let declared = Set(graph.outputs.map(\.name))
    session = try OnnxSession(
      model: bytes, path: graph.path,
      exposing: self.tensors.filter { !declared.contains($0) }, options: options,
      library: .shared())
    let assignments = try session.assignments()
    guard assignments?.count(of: provider) != 0 else {
      throw OnnxModelError.providerUnused(path: graph.path, provider: provider.rawValue)
    }
    providerNote = assignments?.note(on: provider)
  }

  /// Runs the model on a batch of any size.
  ///
  /// - Parameter batch: The examples, `[N, C, H, W]` for images.
  /// - Returns: Each of ``tensors``, with N rows.
  /// - Throws: ``OnnxModelError`` if the examples do not fit the model or an output does not have a
  ///   row for each of them, ``OnnxError`` if the runtime fails.
  /// - Precondition: There is at least one example.
  public func outputs(for batch: Tensor) throws -> [String: Tensor] {
    let count = batch.rowCount
    precondition(count > 0, "Expected at least one example.")
    if let tensor = tensors.first(where: tensorsOfBoxes.contains) {
      throw OnnxModelError.rowsAreBoxes(path: graph.path, tensor: tensor)
    }
    let step = plan.fixedBatchSize ?? min(count, batchLimit ?? count)
    if step == count, let outputs = wholeBatch(batch) { return outputs }
    var collected = tensors.map { OnnxRows(name: $0, path: graph.path) }
    for start in stride(from: 0, to: count, by: step) {
      let rows = start..<min(start + step, count)
      let size = plan.fixedBatchSize ?? rows.count
      let inputs = try plan.inputs(from: batch, rows: rows, paddedTo: size)
      try session.run(inputs, outputs: tensors) { index, output in
        try collected[index].add(output, rows: rows.count, of: size, total: count)
      }
    }
    if step == count { knownShapes.withLock { $0.add(collected, forBatch: batch.shape) } }
    return tensors(of: collected)
  }

  /// Runs the model on a batch whose outputs have known shapes, so that the runtime writes them where
  /// they are needed; `nil` if the shapes are not known, or if that fails.
  private func wholeBatch(_ batch: Tensor) -> [String: Tensor]? {
    let count = batch.rowCount
    guard let shapes = knownShapes.withLock({ $0.shapes(forBatch: batch.shape) }),
      let inputs = try? plan.inputs(from: batch, rows: 0..<count, paddedTo: count)
    else { return nil }
    guard let scalars = try? session.run(inputs, outputs: tensors, ofShapes: shapes) else {
      knownShapes.withLock { $0.giveUp() }
      return nil
    }
    return tensors(
      of: tensors.indices.map { index in
        OnnxRows(
          name: tensors[index], path: graph.path, shape: shapes[index], scalars: scalars[index])
      })
  }

  private func tensors(of outputs: [OnnxRows]) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: outputs.map { rows in
        (rows.name, rows.tensor(channelsAreLast: channelsLastTensors.contains(rows.name)))
      })
  }

  /// Begins to run the model, on another thread if the options allow several runs at a time.
  public func pendingOutputs(for batch: Tensor) throws -> PendingOutputs {
    guard options.runCount > 1 else { return { try self.outputs(for: batch) } }
    let result = BackgroundResult { try self.outputs(for: batch) }
    return { try result.get() }
  }
}

extension OnnxModel {
  /// The shape of one example, channels first, with `nil` for an axis that may have any length;
  /// `nil` as a whole if the file declares no shape.
  public var inputShape: [Int?]? { plan.exampleShape }

  /// The element type of the model's input. If it is `uint8`, pixels range over 0...255.
  public var inputElementType: OnnxElementType { plan.input.elementType }

  /// The fixed batch size of the model, or `nil` if it takes any.
  package var fixedBatchSize: Int? { plan.fixedBatchSize }

  /// The order of the axes of the model's input: ``OnnxLayout/nchw`` or ``OnnxLayout/nhwc``.
  public var layout: OnnxLayout { plan.input.layout }

  /// A sentence on which layout was chosen, and why.
  package var layoutNote: String { plan.examples.map(\.layoutNote).joined(separator: " ") }

  /// The version of ONNX Runtime.
  public var libraryVersion: String { session.library.version }

  /// The number of bytes of the model's weights.
  package var weightByteCount: Int { graph.constantByteCount }

  /// The numbers with which the model is computed; `nil` if the provider chooses them by itself.
  package var arithmetic: OnnxArithmetic? {
    provider.arithmetics.isEmpty ? nil : options.arithmetic
  }

  /// Returns the same model, computed in float32 by the runtime's own provider for the CPU.
  package func inFloat32OnCPU() throws -> OnnxModel {
    var options = options
    (options.provider, options.arithmetic) = (.cpu, .float32)
    return try OnnxModel(graph: graph, probing: tensors, options: options)
  }

  /// Stops all current and later runs with an ``OnnxError``. May be called on any thread.
  package func stop() { session.stop() }

  /// The time in which at least one run of the runtime was in progress.
  package var secondsInRuntime: Double { session.duration / .seconds(1) }
}

/// The shapes of a model's outputs in earlier runs, by the shape of the batch.
private struct KnownShapes {
  private var shapes: [[Int]: [[Int]]] = [:]
  private var areConstant = true

  func shapes(forBatch batch: [Int]) -> [[Int]]? { shapes[batch] }

  /// Adds the shapes of the outputs, if all of them are `float32` and not empty.
  mutating func add(_ outputs: [OnnxRows], forBatch batch: [Int]) {
    guard areConstant, outputs.allSatisfy({ $0.elementType == .float32 && !$0.shape.contains(0) })
    else { return }
    shapes[batch] = outputs.map(\.shape)
  }

  /// Forgets the shapes of a model whose outputs have other shapes in the next run.
  mutating func giveUp() {
    areConstant = false
    shapes = [:]
  }
}
