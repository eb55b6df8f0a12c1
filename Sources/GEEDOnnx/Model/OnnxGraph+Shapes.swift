// SPDX-License-Identifier: MIT

import GEED

extension OnnxGraph {
  /// Returns the tensors with the shapes and types that they have when the model runs, and with the
  /// order of their axes.
  ///
  /// The model is run once on zeros. If that is not possible, the list is what the file declares,
  /// and the note gives the reason.
  ///
  /// - Parameters:
  ///   - exampleShape: The shape of one example, channels first. Required if the model does not fix
  ///     it.
  ///   - options: The options with which the model is run.
  /// - Throws: ``OnnxModelError/tooLarge(path:what:bytes:limit:)`` for an input that is too large.
  /// - Returns: ``tensors``, completed. An axis that counts the examples is the symbol `N`, and
  ///   `N*k` if it counts *k* parts of each.
  public func tensorsWithShapes(
    exampleShape: [Int]? = nil, options: OnnxOptions = OnnxOptions()
  ) throws -> (tensors: [OnnxTensor], note: String?) {
    guard !tensors.isEmpty else { return ([], nil) }
    func note(_ error: any Error) -> String {
      "The shapes are those that the file declares: \(error)"
    }
    let plan: OnnxInputPlan
    do {
      plan = try OnnxInputPlan(graph: self, options: options)
    } catch {
      // An input that cannot be passed to the model is an error, not only an unknown shape.
      if case OnnxModelError.tooLarge = error { throw error }
      return (tensors, note(error))
    }
    do {
      let trial = try OnnxTrial(
        of: self, plan: plan, exampleShape: exampleShape, options: options, readsTypes: true)
      let found = layouts(plan: plan, trial: trial, exampleShape: exampleShape, note: nil)
      let completed = tensors.compactMap { tensor -> OnnxTensor? in
        guard let type = trial.types[tensor.name] else { return nil }
        var tensor = tensor
        tensor.elementType = type
        tensor.shape = found.shape(of: tensor.name)
        tensor.layout = found.layouts[tensor.name]
        return tensor
      }
      return (completed, nil)
    } catch {
      let trial = OnnxTrial(declaredBy: self, plan: plan, exampleShape: exampleShape)
      let found = layouts(plan: plan, trial: trial, exampleShape: exampleShape, note: nil)
      return (
        tensors.map { tensor in
          var tensor = tensor
          tensor.layout = found.layouts[tensor.name]
          if tensor.shape == nil { tensor.shape = found.shape(of: tensor.name) }
          return tensor
        }, note(error)
      )
    }
  }
}
