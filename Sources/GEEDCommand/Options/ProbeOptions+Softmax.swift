// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

extension ProbeOptions {
  /// Returns the softmax probes, with notes on assumed kinds of scores.
  ///
  /// - Throws: ``UsageError`` for a tensor whose scores or pixel axes cannot be determined.
  func softmaxChoices(in context: ProbeContext) throws -> ProbeChoices {
    let named = try scoreOptions(of: context.graph)
    let layouts = try byTensor(layoutOf, \.pattern, option: "--layout-of", in: context)
    var result = ProbeChoices()
    for tensor in try tensors(matchingAny: softmax, option: "--softmax", of: context.graph) {
      let option = named[tensor.name] ?? scores.last { $0.pattern == nil }
      if option?.kind == nil, let reason = tensor.scores?.reasonAgainst {
        throw UsageError(
          "'--softmax \(tensor.name)': the tensor holds \(reason); where that is wrong, say what it "
            + "holds with '--scores \(tensor.name)=logits', say.")
      }
      let shape = context.layouts?.shape(of: tensor.name) ?? tensor.shape
      let kind = option?.kind ?? tensor.scores?.kind ?? ScoreKind(assumedFor: shape)
      // Class probabilities that do not sum to 1 over axis 1 are rejected later; label
      // probabilities cannot be checked that way.
      let isRead = tensor.scores?.kind.map { !$0.isBernoulli } ?? false
      var choice = PlannedProbe(.softmax, tensor: tensor.name, scores: kind)
      if named[tensor.name]?.kind != nil || isRead,
        let order = try context.pixelOrder(
          tensor.name, shape: shape, layout: layouts[tensor.name]?.layout)
      {
        choice.isPerPixel = true
        choice.layout = order == .nhwc ? .nhwc : nil
      }
      result.probes.append(choice)
      if option?.kind == nil, tensor.scores == nil, let origin = tensor.unusualOrigin {
        result.notes.append(
          "The graph does not tell what '\(tensor.name)' holds, which comes from the operator "
            + "\(origin); it is read as \(kind.rawValue) ('--scores \(tensor.name)=KIND' says it).")
      }
    }
    return result
  }

  /// Returns the `--scores` options that name tensors, by tensor; the last option for a tensor
  /// counts.
  private func scoreOptions(of graph: OnnxGraph) throws -> [String: ScoreOption] {
    var options: [String: ScoreOption] = [:]
    let measured = try Set(
      tensors(matchingAny: softmax, option: "--softmax", of: graph).map(\.name))
    for option in scores {
      guard let pattern = option.pattern else { continue }
      let named = try tensors(matching: pattern, option: "--scores", of: graph).map(\.name)
      guard !measured.isDisjoint(with: named) else {
        throw UsageError("'--scores \(pattern)' names no tensor that '--softmax' measures.")
      }
      for name in named { options[name] = option }
    }
    return options
  }
}

extension ScoreKind {
  /// The kind that is assumed if neither the graph nor the user specifies it: class scores, or the
  /// logit of a sigmoid if there is only one.
  fileprivate init(assumedFor shape: [OnnxAxis]?) {
    let isSingle = shape.map { $0.dropFirst().allSatisfy { $0.length == 1 } } ?? false
    self = isSingle ? .bernoulliLogit : .logits
  }
}

extension OnnxTensor {
  /// The operator that computed the values, unless it is a usual source of class scores.
  fileprivate var unusualOrigin: String? { origin.flatMap { Self.usual.contains($0) ? nil : $0 } }

  /// Operators of linear layers, normalizations and poolings, and those that select or scale
  /// scores.
  private static let usual: Set = [
    "Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "ConvTranspose",
    "DequantizeLinear", "Div", "Einsum", "FusedConv", "FusedGemm", "FusedMatMul", "Gather", "Gemm",
    "GlobalAveragePool", "GlobalMaxPool", "LinearClassifier", "MatMul", "MaxPool", "Mean", "Mul",
    "ReduceMax", "ReduceMean", "Resize", "Slice", "Split", "Sub", "Sum", "Upsample", "Where",
  ]
}

extension ProbeContext {
  /// Returns the order of the axes of scores that are compared pixel by pixel, or `nil` if there is
  /// at most one pixel.
  ///
  /// - Throws: ``UsageError`` if it is unknown which axes are the pixels.
  fileprivate func pixelOrder(
    _ name: String, shape: [OnnxAxis]?, layout override: OutputLayout?
  ) throws -> OutputLayout? {
    let row = shape?.dropFirst().map(\.length) ?? []
    guard row.count == 3 else { return nil }
    let isOneVector = row.count { $0 != 1 } < 2
    let reason: String
    switch override.map(OnnxTensorLayout.known) ?? layouts?.layouts[name] {
    case .known(let order)? where order == .nchw || order == .nhwc:
      let grid = order == .nchw ? [row[1], row[2]] : [row[0], row[1]]
      return grid == [1, 1] ? nil : order
    case .known(let order)?: reason = "its axes are those of '\(order)'"
    case .noFeatureMap(let found)?: reason = "it \(found)"
    case .unknown(let found)?: reason = found
    case nil: reason = "it was not looked for"
    }
    if isOneVector { return nil }
    throw UsageError(
      "Which axes of tensor '\(name)' of shape \(described(name)) are the classes and which the "
        + "pixels cannot be read off the graph (\(reason)); say it with --layout-of '\(name)=nchw' or "
        + "'\(name)=nhwc'.")
  }
}
