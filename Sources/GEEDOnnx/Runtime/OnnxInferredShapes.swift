// SPDX-License-Identifier: MIT

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
    var options = OnnxOptions()
    options.threadCount = 1
    let session = try OnnxSession(
      model: outline.bytes(
        inputs: inputs.map {
          ProtoValueInfo(name: $0.name, type: $0.elementType, shape: $0.shape)
        }),
      path: path, exposing: names, shapesOf: names, isForInference: true, options: options,
      library: library)
    for (index, name) in names.enumerated() {
      let (element, shape) = try session.inferredOutput(at: index)
      guard element != 0 else { continue }
      types[name] = OnnxElementType(rawValue: element)
      // The number of axes is the length of the tensor's shape.
      let rank = try session.inferredOutput(at: names.count + index).shape.first
      if rank == shape.count, !shape.contains(where: { $0 < 0 }) { shapes[name] = shape }
    }
  }
}
