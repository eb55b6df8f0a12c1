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
      var choice = PlannedProbe(.softmax, tensor: tensor.name)
      try choice.readScores(
        of: tensor, context.layouts, kind: option?.kind,
        isNamed: named[tensor.name]?.kind != nil, layout: layouts[tensor.name]?.layout)
      result.probes.append(choice)
      if option?.kind == nil, tensor.scores == nil, let origin = tensor.unusualOrigin {
        result.notes.append(
          "The graph does not tell what '\(tensor.name)' holds, which comes from the operator "
            + "\(origin); it is read as \((choice.scores ?? .logits).rawValue) ('--scores \(tensor.name)=KIND' says it)."
        )
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
