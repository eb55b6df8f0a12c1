// SPDX-License-Identifier: MIT

import GEED

/// What was found out about a graph's tensors.
public struct OnnxLayouts: Sendable {
  /// The order of the axes of every tensor, by name.
  public let layouts: [String: OnnxTensorLayout]

  /// The lengths of the axes, for a batch of ``batchCount`` examples.
  public let shapes: [String: [Int]]

  /// How many examples ``shapes`` are for.
  public let batchCount: Int

  /// Why the shapes are not those of a run, if they are not.
  public let note: String?

  /// The axes that count examples, or examples and what is folded with them, as in `N*64`.
  let batchAxes: [String: [Int: String]]

  /// Why a tensor has not one row for each example, completing "it …"; `nil` where it has, and where
  /// that is not known.
  public func reasonAgainstRows(_ name: String) -> String? {
    if case .noFeatureMap(let reason)? = layouts[name], batchAxes[name]?[0] != "N" { return reason }
    guard let shape = shapes[name], shape.first != batchCount else { return nil }
    return "does not count the examples on its first axis"
  }

  /// The shape of a tensor as people write it, with N for the examples; `nil` where it is not known.
  public func shape(of name: String) -> [OnnxAxis]? {
    guard let shape = shapes[name] else { return nil }
    let symbols = batchAxes[name] ?? [:]
    return shape.enumerated().map { index, length in
      symbols[index].map { .symbol($0) } ?? (length < 0 ? .unknown : .fixed(length))
    }
  }
}

extension OnnxGraph {
  /// Reads off the graph what the axes of its tensors mean.
  ///
  /// The meaning is followed from the input through all operators. The shapes that this takes are
  /// those of one run on zeros; where that is not possible, those that the file declares.
  ///
  /// - Parameters:
  ///   - exampleShape: The shape of one example, channels first. Needed where the model does not
  ///     fix it.
  ///   - options: How the model is run.
  /// - Throws: ``OnnxModelError`` if the model has no input for examples, ``OnnxGraphError`` if the
  ///   file cannot be read any more, ``OnnxLoadError`` if there is no runtime.
  /// - Complexity: Linear in the number of operators; one run of a small batch.
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

  /// The same without a run, from the shapes that the file declares.
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
  /// The axes that count examples, alone or with something else, and how to write them.
  fileprivate func batchAxes(of name: String, isFixed: Bool) -> [Int: String] {
    guard case .axes(let axes)? = readings[name] else {
      // A first axis of the batch's length is taken for the batch; other axes rarely have length 7.
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
    // A batch of one leaves no trace in the lengths.
    if batchCount == 1, symbols.isEmpty, axes.first?.factors.isEmpty == true { symbols[0] = "N" }
    return symbols
  }
}
