// SPDX-License-Identifier: MIT

import COnnxRuntime
import Foundation

/// The types and shapes that ONNX Runtime infers for the tensors of a model without running it.
struct OnnxInferredShapes {
  /// The element types of the values that are tensors, of numbers or text that can be read.
  private(set) var types: [String: OnnxElementType] = [:]

  /// The shapes that are known in all axes.
  private(set) var shapes: [String: [Int]] = [:]

  /// Infers the shapes of the tensors with these names.
  ///
  /// - Throws: ``OnnxError`` if the runtime rejects the model or finds that shapes do not fit.
  init(
    of names: [String], in outline: OnnxOutline, inputs: [OnnxSession.Input], path: String,
    library: OnnxRuntimeLibrary
  ) throws {
    let model = try outline.bytes(
      inputs: inputs.map { ProtoValueInfo(name: $0.name, type: $0.elementType, shape: $0.shape) },
      adding: Self.outputs(names))
    let api = library.api
    var settings = geed_ort_options()
    try api.check("make options") { geed_ort_options_create($0, &settings) }
    defer { geed_ort_options_release(api, settings) }
    try api.check("set options") { geed_ort_options_disable_optimization($0, settings) }
    try api.check("set options") {
      geed_ort_options_set_severity($0, settings, OnnxRuntimeLibrary.severity)
    }
    try api.check("set options") { geed_ort_options_set_intra_op_threads($0, settings, 1) }
    let entries = [
      "session.model_external_initializers_file_folder_path": OnnxSession.folder(of: path),
      "session.strict_shape_type_inference": "1",
    ]
    for (key, value) in entries {
      try api.check("set \(key)") { geed_ort_options_set_entry($0, settings, key, value) }
    }
    var session = geed_ort_session()
    try model.withUnsafeBytes { buffer in
      try api.check("infer the shapes of \(path)") {
        geed_ort_session_create(
          $0, library.env, buffer.baseAddress, buffer.count, settings, &session)
      }
    }
    defer { geed_ort_session_release(api, session) }
    // The number of axes is the length of the tensor's shape: a tensor of unknown rank is reported as
    // one without axes.
    for (index, name) in names.enumerated() {
      let (element, shape) = try Self.output(index, of: session, api: api)
      guard element != 0 else { continue }
      types[name] = OnnxElementType(rawValue: element)
      let rank = try Self.output(names.count + index, of: session, api: api).shape.first
      if rank == shape.count, !shape.contains(where: { $0 < 0 }) { shapes[name] = shape }
    }
  }

  /// Returns the graph whose outputs are the tensors with these names, and then their shapes.
  private static func outputs(_ names: [String]) -> ProtoGraph {
    .with { graph in
      graph.node = names.map { name in
        .with {
          ($0.opType, $0.input, $0.output) = ("Shape", [name], [OnnxSession.shapeName(name)])
        }
      }
      graph.output = (names + names.map(OnnxSession.shapeName)).map { name in
        .with { $0.name = name }
      }
    }
  }

  /// The code of the element type of an output, 0 if it is not a tensor, and the lengths of its axes.
  private static func output(
    _ index: Int, of session: geed_ort_session, api: geed_ort_api
  ) throws -> (element: Int32, shape: [Int]) {
    var element: Int32 = 0
    var rank = 0
    var shape = [Int64](repeating: 0, count: 64)
    try api.check("inspect output \(index)") {
      geed_ort_session_output($0, session, index, &element, &shape, shape.count, &rank)
    }
    guard rank <= shape.count else { return (0, []) }
    return (element, shape.prefix(rank).map(Int.init))
  }
}
