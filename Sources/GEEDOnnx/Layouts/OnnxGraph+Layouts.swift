// SPDX-License-Identifier: MIT

import GEED

/// The layouts and shapes of a graph's tensors.
public struct OnnxLayouts: Sendable {
  /// The order of the axes of every tensor, by name.
  public let layouts: [String: OnnxTensorLayout]

  /// The lengths of the axes, for a batch of ``batchCount`` examples.
  public let shapes: [String: [Int]]

  /// The number of examples that ``shapes`` assume.
  public let batchCount: Int

  /// The reason that the shapes are not those of a run, or `nil`.
  public let note: String?

  /// The axes that count examples, possibly folded with other axes as in `N*64`, by tensor.
  let batchAxes: [String: [Int: String]]

  /// Returns the reason that a tensor does not have one row for each example, completing "it …";
  /// `nil` if it has, or if that is unknown.
  public func reasonAgainstRows(_ name: String) -> String? {
    if case .noFeatureMap(let reason)? = layouts[name], batchAxes[name]?[0] != "N" { return reason }
    guard let shape = shapes[name], shape.first != batchCount else { return nil }
    return "does not count the examples on its first axis"
  }

  /// Returns the shape of a tensor with N for the examples, or `nil` if it is unknown.
  public func shape(of name: String) -> [OnnxAxis]? {
    guard let shape = shapes[name] else { return nil }
    let symbols = batchAxes[name] ?? [:]
    return shape.enumerated().map { index, length in
      symbols[index].map { .symbol($0) } ?? (length < 0 ? .unknown : .fixed(length))
    }
  }
}

extension OnnxGraph {
  /// Determines from the graph the meaning of its tensors' axes.
  ///
  /// The meaning is tracked from the input through all operators. The shapes that this needs are
  /// those of one run on zeros; if that is not possible, those that the file declares.
  ///
  /// - Parameters:
  ///   - exampleShape: The shape of one example, channels first. Required if the model does not fix
  ///     it.
  ///   - options: The options with which the model is run.
  /// - Throws: ``OnnxModelError`` if the model has no input for examples, ``OnnxGraphError`` if the
  ///   file can no longer be read, ``OnnxLoadError`` if ONNX Runtime cannot be loaded.
  /// - Complexity: Linear in the number of operators, and one run of a small batch.
  public func layouts(
    exampleShape: [Int]? = nil, options: OnnxOptions = OnnxOptions()
  ) throws -> OnnxLayouts {
    let plan = try OnnxInputPlan(graph: self, options: options)
    do {
      let trial = try OnnxTrial(of: self, plan: plan, exampleShape: exampleShape, options: options)
      return layouts(plan: plan, trial: trial, exampleShape: exampleShape, note: nil)
    } catch let error as OnnxLoadError {
      throw error
    } catch {
      let trial = OnnxTrial(declaredBy: self, plan: plan, exampleShape: exampleShape)
      return layouts(
        plan: plan, trial: trial, exampleShape: exampleShape,
        note: "The shapes are those that the file declares: \(error)")
    }
  }

  /// Determines the layouts without a run, from the shapes that the file declares.
  func declaredLayouts(plan: OnnxInputPlan) -> OnnxLayouts {
    layouts(
      plan: plan, trial: OnnxTrial(declaredBy: self, plan: plan, exampleShape: nil),
      exampleShape: nil, note: nil)
  }

  func layouts(
    plan: OnnxInputPlan, trial: OnnxTrial, exampleShape: [Int]?, note: String?
  ) -> OnnxLayouts {
    var tracker = LayoutTracker(
      shapes: trial.shapes, batchCount: trial.batchCount, integers: { trial.integers[$0] })
    let given = Set(plan.constants.map(\.info.name))
    for input in inputs {
      if given.contains(input.name) {
        tracker.start(constant: input.name)
      } else {
        tracker.start(
          at: input.name, channelsAreLast: plan.layout == .nhwc, rowShape: exampleShape)
      }
    }
    for node in nodes { tracker.follow(node) }
    var layouts: [String: OnnxTensorLayout] = [:]
    var batchAxes: [String: [Int: String]] = [:]
    for tensor in tensors {
      guard trial.shapes[tensor.name] != nil || trial.types.isEmpty else { continue }
      layouts[tensor.name] = tracker.layout(of: tensor.name)
      batchAxes[tensor.name] = tracker.batchAxes(
        of: tensor.name, isFixed: plan.fixedBatchSize != nil)
    }
    return OnnxLayouts(
      layouts: layouts, shapes: tracker.shapes.filter { layouts[$0.key] != nil },
      batchCount: trial.batchCount, note: note, batchAxes: batchAxes)
  }
}

extension LayoutTracker {
  /// Returns the axes that count examples, alone or with other axes, with their notation.
  fileprivate func batchAxes(of name: String, isFixed: Bool) -> [Int: String] {
    guard case .axes(let axes)? = readings[name] else {
      // A first axis of the batch's length is assumed to be the batch; other axes rarely have
      // length 7.
      guard readings[name] != .fixed, !isFixed, shapes[name]?.first == batchCount else {
        return [:]
      }
      return [0: "N"]
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
