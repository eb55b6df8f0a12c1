// SPDX-License-Identifier: MIT

import GEED

/// A pass over a graph that follows probabilities from the softmax or sigmoid that computes them,
/// in whatever form it is written, to the tensors that still hold them.
///
/// Operators that pass values on, select some of them or average them keep the known kind; a
/// measurement checks whether the values sum to 1. Mixing them with weights or other tensors
/// discards the kind: a softmax inside an attention layer does not determine the final scores.
struct ScoreTracker {
  /// The known properties of a tensor.
  struct Trace {
    var scores: OnnxScores?
    /// The tensor with the same values, possibly in another shape or type.
    var root: String
    var form: Form?
    /// The scores that quantized integers represent.
    var dequantized: OnnxScores?
  }

  /// A function of the values of another tensor, its root.
  enum Form: Equatable {
    case exponential(of: String)
    case onePlusExponential
    case sum(of: String)
    case reciprocalSum(of: String)
    case logSumExp(of: String)
    case complement(of: String)
    case softplus
  }

  let opset: Int
  private let rank: (String) -> Int?
  let isNegative: (String) -> Bool
  private(set) var traces: [String: Trace] = [:]
  /// The operators that computed the values of tensors, by the names of the tensors.
  private var operations: [String: String] = [:]

  /// - Parameters:
  ///   - isNegative: Returns whether a constant holds negative numbers.
  ///   - rank: Returns the number of axes that the file declares for a tensor, if any.
  init(
    opset: Int?, inputs: [String], isNegative: @escaping (String) -> Bool = { _ in false },
    rank: @escaping (String) -> Int?
  ) {
    self.opset = opset ?? .max
    self.rank = rank
    self.isNegative = isNegative
    for input in inputs { traces[input] = Trace(root: input) }
  }

  /// Returns the scores that a tensor holds, or `nil` if the graph does not determine them.
  func scores(of tensor: String) -> OnnxScores? { traces[tensor]?.scores }

  /// Returns the operator that computed the values of a tensor, ignoring later changes of shape.
  func origin(of tensor: String) -> String? { (traces[tensor]?.root).flatMap { operations[$0] } }

  /// Processes one operator, which has to depend on the inputs.
  mutating func follow(_ node: ProtoNode) {
    let inputs = node.input.filter { !$0.isEmpty }
    for name in node.output { operations[name] = node.opType }
    guard let output = node.output.first, !output.isEmpty else { return }
    // A tensor without a trace is a constant: operators that depend on the inputs leave a trace.
    let known = inputs.compactMap { traces[$0] }
    guard node.hasKnownDomain else {
      let scores = OnnxScores.refused(
        "scores of a kind that is not known, from the operator \(node.qualifiedName)")
      for name in node.output where !name.isEmpty {
        traces[name] = Trace(scores: scores, root: name)
      }
      return
    }
    var trace = node.isStandard ? trace(of: node, known, inputs, output) : Trace(root: output)
    if node.opType.isQuantized {
      trace.dequantized = trace.scores
      trace.scores = .quantized(operation: node.opType)
    }
    traces[output] = trace
    for (number, name) in node.output.enumerated().dropFirst() where !name.isEmpty {
      let scores = node.isStandard ? laterScores(of: node, number, known.first) : nil
      traces[name] = Trace(scores: scores, root: name)
    }
  }

  /// Returns the trace of the first output.
  private func trace(
    of node: ProtoNode, _ known: [Trace], _ inputs: [String], _ output: String
  ) -> Trace {
    let first = inputs.first.flatMap { traces[$0] }
    let second = inputs.count > 1 ? traces[inputs[1]] : nil
    func made(_ scores: OnnxScores?, _ form: Form? = nil) -> Trace {
      Trace(scores: scores, root: output, form: form)
    }
    /// The trace of tensors that are combined with constants alone.
    let kept = made(Self.common(known), known.count == 1 ? known[0].form : nil)
    switch node.opType {
    case let operation where Self.passing.contains(operation): return first ?? made(nil)
    case "QuantizeLinear": return made(first?.scores)
    case "DequantizeLinear": return made(first?.dequantized)
    case "Softmax", "Hardmax", "QLinearSoftmax", "BiasSoftmax", "LogSoftmax":
      return made(softmax(node, rank(inputs.first ?? "")))
    case "Sigmoid", "HardSigmoid", "QLinearSigmoid": return made(.kind(.bernoulli))
    case "OneHot": return made(.kind(.probabilities))
    case "ArgMax", "ArgMin": return made(.classNumbers(operation: node.opType))
    case let operation where Self.deciding.contains(operation):
      return made(.decisions(operation: operation))
    case "TopK":
      return made(.refused("the largest scores in descending order, whatever their classes (TopK)"))
    case "Exp":
      return made(
        first?.scores?.kind == .logProbabilities
          ? .kind(.probabilities) : Self.function("Exp", of: first?.scores),
        first.map { .exponential(of: $0.root) })
    case "Log": return made(logarithm(first?.scores), logarithm(first?.form))
    case "ReduceSum", "ReduceL1": return made(nil, first.map { .sum(of: $0.root) })
    case "ReduceLogSumExp": return made(nil, first.map { .logSumExp(of: $0.root) })
    case "Softplus": return made(nil, .softplus)
    case "Neg" where first?.form == .softplus:
      return made(.refused("logarithms of the probabilities of labels"))
    case "Neg": return made(negative(first?.scores))
    case "Reciprocal":
      switch first?.form {
      case .sum(let root)?: return made(nil, .reciprocalSum(of: root))
      case .onePlusExponential?: return made(.kind(.bernoulli))
      default: return made(Self.function(node.opType, of: first?.scores))
      }
    case "Div":
      guard let second else { return scaled(kept, by: node, inputs) }
      if first == nil, second.form == .onePlusExponential { return made(.kind(.bernoulli)) }
      return made(second.form == first.map { .sum(of: $0.root) } ? .kind(.probabilities) : nil)
    case "Mul":
      guard let first, let second else { return scaled(kept, by: node, inputs) }
      let isQuotient =
        second.form == .reciprocalSum(of: first.root)
        || first.form == .reciprocalSum(of: second.root)
      return isQuotient ? made(.kind(.probabilities)) : made(kept.rescaled(by: "Mul").scores)
    case "Sub":
      guard let second else { return kept.rescaled(by: node.opType) }
      guard let first else {
        // 1 − p; other constants give numbers outside 0...1.
        let complement = made(Self.common([second]), .complement(of: second.root))
        if second.scores?.kind == .logProbabilities { return made(negative(second.scores)) }
        return complement.scores?.kind == .bernoulli
          ? complement : complement.rescaled(by: node.opType)
      }
      return made(second.form == .logSumExp(of: first.root) ? .kind(.logProbabilities) : nil)
    case "Mean": return kept.scores?.kind == .bernoulli ? kept : kept.rescaled(by: node.opType)
    case "Add", "Sum":
      if known.count == 1, inputs.count == 2, case .exponential? = known[0].form {
        return made(nil, .onePlusExponential)
      }
      return kept.rescaled(by: node.opType)
    case "Concat", "QLinearConcat": return made(concatenated(known, by: node.opType))
    case "Gather", "GatherElements", "GatherND":
      // The values are those of the first input, whatever selects them.
      return Trace(
        scores: first.flatMap { Self.common([$0]) }, root: output,
        form: known.count == 1 ? first?.form : nil)
    case "Where" where inputs.count == 3:
      let chosen = inputs.dropFirst().compactMap { traces[$0] }
      if case .classNumbers? = Self.common(chosen) { return made(Self.common(chosen)) }
      return kept
    case "LpNormalization": return made(node.integer("p") == 1 ? .kind(.probabilities) : nil)
    case "Normalizer": return made(node.text("norm") == "L1" ? .kind(.probabilities) : nil)
    case "LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier":
      return made(.classNumbers(operation: node.opType))
    case "AveragePool", "GlobalAveragePool", "ReduceMean":
      // A mean of labels is none.
      guard kept.scores?.kind == nil, kept.scores != nil else { return kept }
      return made(.refused("means of \(kept.scores?.reasonAgainst ?? "") (\(node.opType))"))
    case let operation where Self.keeping.contains(operation): return kept
    case let operation where Self.functions.contains(operation):
      return made(Self.function(operation, of: first?.scores))
    default: return made(nil)
    }
  }
}

extension String {
  /// Whether an operator of this name returns quantized integers.
  fileprivate var isQuantized: Bool {
    self == "QuantizeLinear" || hasPrefix("QLinear") || self == "ConvInteger"
      || self == "MatMulInteger" || self == "DynamicQuantizeLinear"
  }
}
