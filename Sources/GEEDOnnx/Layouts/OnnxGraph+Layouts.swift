// SPDX-License-Identifier: MIT

import GEED

/// The layouts and shapes of a graph's tensors.
package struct OnnxLayouts: Sendable {
  /// The order of the axes of every tensor, by name.
  package let layouts: [String: OnnxTensorLayout]

  /// The lengths of the axes, for a batch of ``batchCount`` examples.
  package let shapes: [String: [Int]]

  let batchCount: Int

  /// The reason that the shapes are those that the file declares, or `nil`.
  package let note: String?

  /// The axes that count examples, possibly folded with other axes as in `N*64`, by tensor.
  let batchAxes: [String: [Int: String]]

  /// Returns the reason that a tensor does not have one row for each example, completing "it …";
  /// `nil` if it has, or if that is unknown.
  package func reasonAgainstRows(_ name: String) -> String? {
    if case .noFeatureMap(let reason)? = layouts[name], batchAxes[name]?[0] != "N" { return reason }
    guard let shape = shapes[name], shape.first != batchCount else { return nil }
    return "does not count the examples on its first axis"
  }

  /// Returns the shape of a tensor with N for the examples, or `nil` if it is unknown.
  package func shape(of name: String) -> [OnnxAxis]? {
    shapes[name]?.enumerated().map { index, length in
      batchAxes[name]?[index].map { .symbol($0) } ?? (length < 0 ? .unknown : .fixed(length))
    }
  }
}

extension OnnxLayouts {
  /// Creates the layouts of the outputs of a model whose operators are not known, for one example.
  package init(ofOutputs outputs: [OnnxTensor]) {
    self.init(
      layouts: Dictionary(outputs.map { ($0.name, $0.layout ?? .unknown("it was not looked for")) })
      {
        $1
      },
      shapes: Dictionary(
        outputs.map { ($0.name, [1] + ($0.shape ?? []).dropFirst().map { $0.length ?? -1 }) }
      ) { $1 }, batchCount: 1, note: nil,
      batchAxes: Dictionary(outputs.map { ($0.name, [0: "N"]) }) { $1 })
  }
}

extension OnnxGraph {
  /// Determines the meaning of the axes of all tensors, by following them from the input through
  /// all operators.
  ///
  /// The shapes that this needs are inferred, or those of one run on zeros; if that is not possible,
  /// those that the file declares.
  ///
  /// - Parameter exampleShape: The shape of one example, channels first. Required if the model does
  ///   not fix it.
  /// - Throws: ``OnnxModelError`` if the model has no input for examples, or for one of another shape,
  ///   ``OnnxGraphError`` if the file can no longer be read, ``OnnxLoadError`` if ONNX Runtime cannot
  ///   be loaded.
  package func layouts(
    exampleShape: [Int]? = nil, options: OnnxOptions = OnnxOptions()
  ) throws -> OnnxLayouts {
    let plan = try OnnxInputPlan(graph: self, options: options)
    // Examples that do not fit have no layouts, and the declared ones would hide the reason.
    if let exampleShape { try plan.requireRows(exampleShape) }
    do {
      let trial = try OnnxTrial(of: self, plan: plan, exampleShape: exampleShape, options: options)
      return layouts(plan, trial, exampleShape)
    } catch let error as OnnxLoadError {
      throw error
    } catch {
      return declaredLayouts(plan: plan, exampleShape, note: declaredNote(error))
    }
  }

  /// Determines the layouts without a run, from the shapes that the file declares.
  func declaredLayouts(
    plan: OnnxInputPlan, _ exampleShape: [Int]? = nil, note: String? = nil
  ) -> OnnxLayouts {
    layouts(
      plan, OnnxTrial(declaredBy: self, plan: plan, exampleShape: exampleShape), exampleShape,
      note: note)
  }

  /// Returns the tensors with the shapes and types that they have when the model runs, and with the
  /// order of their axes. An axis that counts the examples is the symbol `N`, and `N*k` if it counts
  /// *k* parts of each.
  ///
  /// The model is run once on zeros unless the shapes can be inferred without. If that is not possible,
  /// the list is what the file declares, and the note gives the reason.
  ///
  /// - Parameter exampleShape: The shape of one example, channels first. Required if the model does
  ///   not fix it.
  /// - Throws: ``OnnxModelError/tooLarge(path:what:bytes:limit:)`` for an input that is too large.
  package func tensorsWithShapes(
    exampleShape: [Int]? = nil, options: OnnxOptions = OnnxOptions()
  ) throws -> (tensors: [OnnxTensor], note: String?) {
    guard !tensors.isEmpty else { return ([], nil) }
    let plan: OnnxInputPlan
    do {
      plan = try OnnxInputPlan(graph: self, options: options)
    } catch {
      // An input that cannot be passed to the model is an error, not only an unknown shape.
      if case OnnxModelError.tooLarge = error { throw error }
      return (tensors, declaredNote(error))
    }
    do {
      let trial = try OnnxTrial(
        of: self, plan: plan, exampleShape: exampleShape, options: options, readsTypes: true)
      let found = layouts(plan, trial, exampleShape)
      return (
        tensors.compactMap { tensor in
          trial.types[tensor.name].map { tensor.completed(by: found, type: $0) }
        }, nil
      )
    } catch {
      let found = declaredLayouts(plan: plan, exampleShape)
      return (tensors.map { $0.completed(by: found) }, declaredNote(error))
    }
  }

  private func declaredNote(_ error: any Error) -> String {
    "The shapes are those that the file declares: \(error)"
  }

  private func layouts(
    _ plan: OnnxInputPlan, _ trial: OnnxTrial, _ exampleShape: [Int]?, note: String? = nil
  ) -> OnnxLayouts {
    var tracker = LayoutTracker(
      shapes: trial.shapes, batchCount: trial.batchCount, integers: { trial.integers[$0] })
    for constant in plan.constants { tracker.start(constant: constant.info.name) }
    for input in plan.examples {
      tracker.start(
        at: input.info.name, channelsAreLast: input.layout == .nhwc,
        rowShape: exampleShape.map(input.rowShape(in:)))
    }
    for node in nodes { tracker.follow(node) }
    let names = tensors.map(\.name).filter { trial.shapes[$0] != nil || trial.types.isEmpty }
    let layouts = Dictionary(names.map { ($0, tracker.layout(of: $0)) }) { $1 }
    let batchAxes = names.map {
      ($0, tracker.batchAxes(of: $0, isFixed: plan.fixedBatchSize != nil))
    }
    return OnnxLayouts(
      layouts: layouts, shapes: tracker.shapes.filter { layouts[$0.key] != nil },
      batchCount: trial.batchCount, note: note, batchAxes: Dictionary(batchAxes) { $1 })
  }
}

extension OnnxTensor {
  /// Returns the tensor with the type of a run, or with what its file does not declare.
  fileprivate func completed(by found: OnnxLayouts, type: OnnxElementType? = nil) -> OnnxTensor {
    var tensor = self
    tensor.layout = found.layouts[name]
    if type != nil || shape == nil { tensor.shape = found.shape(of: name) }
    tensor.elementType = type ?? elementType
    return tensor
  }
}

extension LayoutTracker {
  /// Returns the axes that count examples, alone or with other axes, with their notation.
  fileprivate func batchAxes(of name: String, isFixed: Bool) -> [Int: String] {
    guard case .axes(let axes)? = readings[name] else {
      // A first axis of the batch's length is assumed to be the batch; other axes rarely have
      // length 7.
      let isBatch = readings[name] != .fixed && !isFixed && shapes[name]?.first == batchCount
      return isBatch ? [0: "N"] : [:]
    }
    var symbols: [Int: String] = [:]
    for (index, axis) in axes.enumerated()
    where axis.factors.contains(where: { $0.source == .batch }) {
      let rest = axis.length / batchCount
      symbols[index] = rest == 1 ? "N" : "N*\(rest)"
    }
    // A batch of one cannot be recognized by the lengths.
    if batchCount == 1, symbols.isEmpty, axes.first?.factors.isEmpty == true { symbols[0] = "N" }
    return symbols
  }
}
