// SPDX-License-Identifier: MIT

import COnnxRuntime
import Foundation
import Synchronization

/// A model loaded by ONNX Runtime. Owns the runtime's session; may run on several threads at once.
final class OnnxSession: Sendable {
  let library: OnnxRuntimeLibrary
  private let path: String
  private let provider: OnnxProvider
  private let handle: Handle
  private let clock = Mutex(RunClock())

  /// Sendable because the runtime allows concurrent runs of one session.
  private struct Handle: @unchecked Sendable {
    let session: geed_ort_session
    let runOptions: geed_ort_run_options
  }

  /// One input of a run.
  struct Input {
    let name: String
    let scalars: OnnxScalars
    let shape: [Int]
    let elementType: OnnxElementType
  }

  /// Loads a model from the bytes of the file at `path`, with further outputs.
  ///
  /// - Parameters:
  ///   - exposing: Tensors that are returned besides the outputs that the model declares.
  ///   - shapesOf: Tensors whose shapes are returned, under ``shapeName(_:)``. The tensors
  ///     themselves are released as soon as the model no longer needs them.
  ///   - valuesOf: Tensors, including constants, whose values are returned, under
  ///     ``valueName(_:)``.
  ///   - isForInference: Whether the model is only loaded for ``inferredOutput(at:)``: as it is, and not
  ///     if shapes contradict each other.
  init(
    model: Data, path: String, exposing names: [String], shapesOf measured: [String] = [],
    valuesOf copied: [String] = [], isForInference: Bool = false, options: OnnxOptions,
    library: OnnxRuntimeLibrary
  ) throws {
    self.library = library
    self.path = path
    provider = options.provider
    let api = library.api
    var settings = geed_ort_options()
    try api.check("make options") { geed_ort_options_create($0, &settings) }
    defer { geed_ort_options_release(api, settings) }
    try Self.apply(options, path: path, to: settings, of: library)
    if isForInference {
      try api.check("set options") { geed_ort_options_disable_optimization($0, settings) }
      try api.check("set options") {
        geed_ort_options_set_entry($0, settings, "session.strict_shape_type_inference", "1")
      }
    }
    let bytes = try model + Self.extraOutputs(names, shapesOf: measured, valuesOf: copied)
    var session = geed_ort_session()
    try bytes.withUnsafeBytes { buffer in
      try api.check("load \(path)") {
        geed_ort_session_create(
          $0, library.env, buffer.baseAddress, buffer.count, settings, &session)
      }
    }
    var runOptions = geed_ort_run_options()
    do {
      try api.check("make options") { geed_ort_run_options_create($0, &runOptions) }
    } catch {
      geed_ort_session_release(api, session)
      throw error
    }
    handle = Handle(session: session, runOptions: runOptions)
  }

  /// The operators by the runtime's name of the provider that computes them; `nil` for the CPU alone,
  /// and for a runtime that does not tell.
  func assignments() throws -> OnnxAssignments? {
    guard provider != .cpu, let api = library.assignmentAPI else { return nil }
    var assignments = OnnxAssignments()
    try withUnsafeMutablePointer(to: &assignments) { assignments in
      try api.check("list the operators of each provider") {
        geed_ort_session_assignments(
          $0, handle.session,
          { assignments, provider, operation in
            guard let provider, let operation else { return }
            assignments?.assumingMemoryBound(to: OnnxAssignments.self).pointee.add(
              String(cString: operation), to: String(cString: provider))
          }, assignments)
      }
    }
    return assignments
  }

  deinit {
    geed_ort_session_release(library.api, handle.session)
    geed_ort_run_options_release(library.api, handle.runOptions)
  }

  /// Returns what the runtime infers of an output, those of the model first: the code of the element
  /// type, 0 if it is not a tensor, and the lengths of the axes, below 0 where they are unknown. A
  /// tensor with an unknown number of axes has none.
  func inferredOutput(at index: Int) throws -> (element: Int32, shape: [Int]) {
    var element: Int32 = 0
    var rank = 0
    var shape = [Int64](repeating: 0, count: 64)
    try library.api.check("inspect output \(index)") {
      geed_ort_session_output(
        $0, handle.session, index, &element, &shape, shape.count, &rank)
    }
    guard rank <= shape.count else { return (0, []) }
    return (element, shape.prefix(rank).map(Int.init))
  }

  /// Stops all current and later runs with an error. May be called on any thread.
  func stop() {
    try? library.api.check("stop") { geed_ort_run_options_terminate($0, handle.runOptions) }
  }

  /// The time in which at least one run was in progress.
  var duration: Duration { clock.withLock { $0.total } }

  /// Runs the model once, and passes each output, with its index in `outputs`, to `body`.
  ///
  /// An output that is not a tensor of numbers is passed as `nil`.
  func run(
    _ inputs: [Input], outputs: [String], _ body: (Int, OnnxOutput?) throws -> Void
  ) throws {
    var results = [geed_ort_value](repeating: geed_ort_value(), count: outputs.count)
    defer { for value in results { geed_ort_value_release(library.api, value) } }
    try run(inputs, outputs: outputs, into: &results)
    for (index, name) in outputs.enumerated() {
      try body(index, OnnxOutput(results[index], name: name, api: library.api))
    }
  }

  /// Runs the model once. The runtime writes the outputs, which are `float32`, into the arrays that
  /// are returned.
  ///
  /// - Parameter shapes: The shapes of the outputs, of at least one scalar each.
  /// - Throws: ``OnnxError`` if the run fails, or if an output has another shape.
  func run(_ inputs: [Input], outputs: [String], ofShapes shapes: [[Int]]) throws -> [[Float]] {
    try withNewArrays(of: shapes[...]) { values in
      // Values that are given are only filled, and stay those of the caller.
      var values = values
      try run(inputs, outputs: outputs, into: &values)
    }
  }

  private func run(
    _ inputs: [Input], outputs: [String], into results: inout [geed_ort_value]
  ) throws {
    try withValues(of: inputs[...]) { values in
      clock.withLock { $0.begin() }
      defer { clock.withLock { $0.end() } }
      try withCStrings(inputs.map(\.name)) { inputNames in
        try withCStrings(outputs) { outputNames in
          try library.api.check("run \(path)") {
            geed_ort_session_run(
              $0, handle.session, handle.runOptions, inputNames, values, values.count, outputNames,
              outputs.count, &results)
          }
        }
      }
    }
  }

  /// Calls `body` with tensors over new arrays, and returns the arrays, which it has to fill.
  private func withNewArrays(
    of shapes: ArraySlice<[Int]>, _ made: [geed_ort_value] = [],
    _ body: ([geed_ort_value]) throws -> Void
  ) throws -> [[Float]] {
    guard let shape = shapes.first else {
      try body(made)
      return []
    }
    var others: [[Float]] = []
    let count = shape.reduce(1, *)
    let array = try [Float](unsafeUninitializedCapacity: count) { scalars, initializedCount in
      let value = try tensor(
        over: UnsafeRawBufferPointer(scalars), shape: shape, elementType: .float32,
        for: "provide an output")
      defer { geed_ort_value_release(library.api, value) }
      others = try withNewArrays(of: shapes.dropFirst(), made + [value], body)
      initializedCount = count
    }
    return [array] + others
  }

  /// Wraps the inputs' memory without copying and calls `body` while it is pinned.
  private func withValues(
    of inputs: ArraySlice<Input>, _ made: [geed_ort_value] = [],
    _ body: ([geed_ort_value]) throws -> Void
  ) throws {
    guard let input = inputs.first else { return try body(made) }
    try input.scalars.withUnsafeBytes { bytes in
      let value = try tensor(
        over: bytes, shape: input.shape, elementType: input.elementType,
        for: "pass the input '\(input.name)' on")
      defer { geed_ort_value_release(library.api, value) }
      try withValues(of: inputs.dropFirst(), made + [value], body)
    }
  }

  /// Creates a tensor over memory that has to outlive it.
  private func tensor(
    over bytes: UnsafeRawBufferPointer, shape: [Int], elementType: OnnxElementType,
    for operation: String
  ) throws -> geed_ort_value {
    var value = geed_ort_value()
    try library.api.check(operation) {
      geed_ort_value_create(
        $0, library.memory, bytes.baseAddress, bytes.count, shape.map(Int64.init), shape.count,
        elementType.rawValue, &value)
    }
    return value
  }
}

extension OnnxSession {
  /// Returns the bytes to append to a model's bytes so that further tensors become outputs.
  ///
  /// Concatenated protocol buffers are merged when they are read: lists are appended, so the bytes
  /// of a model need not be rewritten.
  private static func extraOutputs(
    _ names: [String], shapesOf measured: [String], valuesOf copied: [String]
  ) throws -> Data {
    guard !(names + measured + copied).isEmpty else { return Data() }
    var model = ProtoModel()
    let readings =
      measured.map { ("Shape", $0, shapeName($0)) } + copied.map { ("Identity", $0, valueName($0)) }
    model.graph.node = readings.map { operation, source, target in
      .with { ($0.opType, $0.input, $0.output) = (operation, [source], [target]) }
    }
    model.graph.output = (names + readings.map(\.2)).map { name in .with { $0.name = name } }
    return try model.serializedData()
  }

  /// Returns the name of the output that is the shape of a tensor.
  static func shapeName(_ tensor: String) -> String { "geed/shape of \(tensor)" }

  /// Returns the name of the output that is the value of a tensor.
  static func valueName(_ tensor: String) -> String { "geed/value of \(tensor)" }

  private static func apply(
    _ options: OnnxOptions, path: String, to settings: geed_ort_options,
    of library: OnnxRuntimeLibrary
  ) throws {
    let api = library.api
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().standardizedFileURL.path
    try api.check("set options") { geed_ort_options_set_sequential($0, settings) }
    try api.check("set options") {
      geed_ort_options_set_severity($0, settings, OnnxRuntimeLibrary.severity)
    }
    try api.check("set options") { geed_ort_options_set_inter_op_threads($0, settings, 1) }
    try api.check("set the number of threads") {
      geed_ort_options_set_intra_op_threads($0, settings, Int32(options.poolThreadCount))
    }
    let entries = [
      "session.model_external_initializers_file_folder_path": folder,
      // Spinning is faster only for threads that have the cores to themselves; a measurement uses
      // the cores for other work between runs.
      "session.intra_op.allow_spinning": "0",
    ]
    for (key, value) in entries {
      try api.check("set \(key)") { geed_ort_options_set_entry($0, settings, key, value) }
    }
    if options.provider != .cpu, library.assignmentAPI != nil {
      try api.check("set options") {
        geed_ort_options_set_entry($0, settings, "session.record_ep_graph_assignment_info", "1")
      }
    }
    try options.provider.append(options, to: settings, of: library)
  }
}

/// The time in which at least one of several runs is in progress.
private struct RunClock {
  private(set) var total = Duration.zero
  private var runCount = 0
  private var start = ContinuousClock.now

  mutating func begin() {
    if runCount == 0 { start = .now }
    runCount += 1
  }

  mutating func end() {
    runCount -= 1
    if runCount == 0 { total += .now - start }
  }
}

/// Calls `body` with the strings as C strings.
func withCStrings(
  _ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> Void
) rethrows {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  try body(copies.map { UnsafePointer($0) })
}
