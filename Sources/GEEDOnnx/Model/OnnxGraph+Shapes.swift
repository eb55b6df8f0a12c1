// SPDX-License-Identifier: MIT

import GEED

extension OnnxGraph {
  /// Lists the tensors with the shapes and types that they have when the model runs.
  ///
  /// The model is run once on zeros. Where that is not possible, the list is what the file
  /// declares, and the note says why.
  ///
  /// - Parameters:
  ///   - exampleShape: The shape of one example, channels first. Needed where the model does not
  ///     fix it.
  ///   - options: How to run the model.
  /// - Returns: ``tensors``, completed. An axis that counts the examples is the symbol `N` where
  ///   the model takes any number of them.
  public func tensorsWithShapes(
    exampleShape: [Int]? = nil, options: OnnxOptions = OnnxOptions()
  ) -> (tensors: [OnnxTensor], note: String?) {
    guard !tensors.isEmpty else { return ([], nil) }
    do {
      return (try runTensors(exampleShape: exampleShape, options: options), nil)
    } catch {
      return (tensors, "The shapes are those that the file declares: \(error)")
    }
  }

  private func runTensors(exampleShape: [Int]?, options: OnnxOptions) throws -> [OnnxTensor] {
    let model = try OnnxModel(graph: self, probing: tensors.map(\.name), options: options)
    let declared = model.inputShape.map { $0.compactMap(\.self) } ?? []
    guard let example = exampleShape ?? (declared.count == model.inputShape?.count ? declared : nil)
    else {
      throw OnnxModelError.shapeMismatch(
        path: path, input: model.plan.input.name,
        expected: "\(describe(model.plan.input.shape ?? []))", found: "of no given size")
    }
    // Seven is a batch size that hardly any other axis of a network has.
    let batchSize = model.fixedBatchSize ?? 7
    let zeros = Tensor(repeating: 0, shape: [batchSize] + example)
    let found = try model.describeOutputs(for: zeros)
    return tensors.compactMap { tensor in
      guard let (elementType, shape) = found[tensor.name] else { return nil }
      var tensor = tensor
      tensor.elementType = elementType
      tensor.shape = shape.map { .fixed($0) }
      if shape.first == batchSize, model.fixedBatchSize == nil {
        tensor.shape?[0] = .symbol("N")
      }
      return tensor
    }
  }
}
