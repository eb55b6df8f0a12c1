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
        let predicate =
          tensor.reasonAgainstQuantities(context.layouts?.shape(of: tensor.name))
          ?? "holds \(reason)"
        throw UsageError(
          "'--softmax \(tensor.name)': the tensor \(predicate); if that is wrong, specify the kind, "
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
      } else if option?.kind == nil {
        result.notes += [tensor.noteOnOrigin(readAs: choice.scores)].compactMap(\.self)
      }
    }
    return result
  }
}

extension ProbeContext {
  /// Returns notes on class scores that are joined of several tensors, which may be those of several
  /// heads.
  func notesOnParts(
    of probes: [PlannedProbe], named kinds: (_ tensor: String) -> ScoreOption?
  ) -> [String] {
    probes.filter { $0.readsOneSoftmax && kinds($0.tensor)?.kind == nil }.compactMap { probe in
      let parts = graph.parts(of: probe.tensor)
      guard !parts.isEmpty else { return nil }
      return
        "'\(probe.tensor)' joins \(parts.count) tensors (\(parts.joined(separator: ", "))), and is read "
        + "as scores of one choice among all; if they are those of several heads, name each."
    }
  }
}

extension PlannedProbe {
  /// Whether scores are read as those of one choice among classes.
  fileprivate var readsOneSoftmax: Bool {
    let reads = metric == .softmax || distance?.comparesDistributions ?? false
    return reads && (scores ?? .logits) == .logits
  }
}

extension OnnxTensor {
  /// Returns a note on scores of which the graph tells nothing, and that come from no usual source;
  /// `nil` for others.
  func noteOnOrigin(readAs kind: ScoreKind?) -> String? {
    guard scores == nil, let origin = unusualOrigin else { return nil }
    return
      "The graph does not determine what '\(name)' holds, which comes from the operator \(origin); it is "
      + "read as \((kind ?? .logits).rawValue) ('--scores \(name)=KIND' specifies it)."
  }

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
