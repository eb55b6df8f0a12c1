// SPDX-License-Identifier: MIT

import GEED
import GEEDOnnx

extension ProbeOptions {
  /// Returns the softmax probes, with notes on assumed kinds of scores.
  func softmaxChoices(in context: ProbeContext) throws -> ProbeChoices {
    let kinds = try kinds(of: context.graph)
    let layouts = try layoutsByTensor(of: context.graph)
    var result = ProbeChoices()
    for tensor in try tensors(matchingAny: softmax, option: "--softmax", of: context.graph) {
      let option = kinds(tensor.name)
      if option?.kind == nil, let reason = tensor.scores?.reasonAgainst {
        throw UsageError(
          "'--softmax \(tensor.name)': the tensor holds \(reason); if that is wrong, specify the kind, "
            + "as in '--scores \(tensor.name)=logits'.")
      }
      var choice = PlannedProbe(.softmax, tensor: tensor.name)
      try choice.readScores(
        of: tensor, context.layouts, kind: option?.kind,
        isNamed: option?.isNamed ?? false, layout: layouts[tensor.name]?.layout)
      result.probes.append(choice)
      if option?.kind == nil, tensor.operation.isEmpty {
        result.notes.append(
          "'\(tensor.name)' is read as \((choice.scores ?? .logits).rawValue), by the values of a few "
            + "examples ('--scores \(tensor.name)=KIND' specifies it).")
      } else if option?.kind == nil, tensor.scores == nil, let origin = tensor.unusualOrigin {
        result.notes.append(
          "The graph does not determine what '\(tensor.name)' holds, which comes from the operator "
            + "\(origin); it is read as \((choice.scores ?? .logits).rawValue) "
            + "('--scores \(tensor.name)=KIND' specifies it)."
        )
      }
    }
    return result
  }
}

extension OnnxTensor {
  /// The operator that computed the values, unless it is a usual source of class scores.
  fileprivate var unusualOrigin: String? { origin.flatMap { Self.usual.contains($0) ? nil : $0 } }

  /// Operators of linear layers, normalizations and poolings, and those that select or scale scores.
  private static let usual: Set = [
    "Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "ConvTranspose",
    "DequantizeLinear", "Div", "Einsum", "FusedConv", "FusedGemm", "FusedMatMul", "Gather", "Gemm",
    "GlobalAveragePool", "GlobalMaxPool", "LinearClassifier", "MatMul", "MaxPool", "Mean", "Mul",
    "ReduceMax", "ReduceMean", "Resize", "Slice", "Split", "Sub", "Sum", "Upsample", "Where",
  ]
}
