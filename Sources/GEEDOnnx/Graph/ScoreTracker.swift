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
  fileprivate struct Trace {
    var scores: OnnxScores?
    /// The tensor with the same values, possibly in another shape or type.
    var root: String
    var form: Form?
    /// The scores that quantized integers represent.
    var dequantized: OnnxScores?
  }

  /// A function of the values of another tensor, its root.
  fileprivate enum Form: Equatable {
    case exponential(of: String)
    case onePlusExponential
    case sum(of: String)
    case reciprocalSum(of: String)
    case logSumExp(of: String)
    case complement(of: String)
    case softplus
  }

  private let opset: Int
  private let rank: (String) -> Int?
  private var traces: [String: Trace] = [:]
  /// The operators that computed the values of tensors, by the names of the tensors.
  private var operations: [String: String] = [:]

  /// - Parameter rank: Returns the number of axes that the file declares for a tensor, if any.
  init(opset: Int?, inputs: [String], rank: @escaping (String) -> Int?) {
    self.opset = opset ?? .max
    self.rank = rank
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
    case "ArgMax", "ArgMin": return made(.refused("class numbers (\(node.opType))"))
    case "TopK":
      return made(.refused("the largest scores in descending order, whatever their classes (TopK)"))
    case "Exp":
      return made(
        first?.scores?.kind == .logProbabilities ? .kind(.probabilities) : nil,
        first.map { .exponential(of: $0.root) })
    case "Log": return made(logarithm(first?.scores), logarithm(first?.form))
    case "ReduceSum", "ReduceL1": return made(nil, first.map { .sum(of: $0.root) })
    case "ReduceLogSumExp": return made(nil, first.map { .logSumExp(of: $0.root) })
    case "Softplus": return made(nil, .softplus)
    case "Neg" where first?.form == .softplus:
      return made(.refused("logarithms of the probabilities of labels"))
    case "Reciprocal":
      switch first?.form {
      case .sum(let root)?: return made(nil, .reciprocalSum(of: root))
      case .onePlusExponential?: return made(.kind(.bernoulli))
      default: return made(nil)
      }
    case "Div":
      guard let second else { return kept.rescaled(by: node.opType) }
      if first == nil, second.form == .onePlusExponential { return made(.kind(.bernoulli)) }
      return made(second.form == first.map { .sum(of: $0.root) } ? .kind(.probabilities) : nil)
    case "Mul":
      guard let first, let second else { return kept.rescaled(by: node.opType) }
      let isQuotient =
        second.form == .reciprocalSum(of: first.root)
        || first.form == .reciprocalSum(of: second.root)
      return isQuotient ? made(.kind(.probabilities)) : made(kept.rescaled(by: "Mul").scores)
    case "Sub":
      guard let second else { return kept.rescaled(by: node.opType) }
      guard let first else {
        // 1 − p; other constants give numbers outside 0...1.
        let complement = made(Self.common([second]), .complement(of: second.root))
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
    case "Concat", "QLinearConcat": return made(concatenated(known))
    case "LpNormalization": return made(node.integer("p") == 1 ? .kind(.probabilities) : nil)
    case "Normalizer": return made(node.text("norm") == "L1" ? .kind(.probabilities) : nil)
    case "LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier":
      return made(.refused("class numbers (\(node.opType))"))
    case let operation where Self.keeping.contains(operation): return kept
    default: return made(nil)
    }
  }

  /// Returns the scores of an output after the first.
  private func laterScores(of node: ProtoNode, _ number: Int, _ first: Trace?) -> OnnxScores? {
    switch node.opType {
    case "TopK": return .refused("class numbers (TopK)")
    case "Split": return first?.scores
    case "LinearClassifier", "SVMClassifier", "TreeEnsembleClassifier":
      switch node.text("post_transform") ?? "NONE" {
      case "SOFTMAX": return .kind(.probabilities)
      case "LOGISTIC": return .kind(.bernoulli)
      case "NONE" where node.opType == "LinearClassifier": return nil
      case let transform:
        return .refused(
          "the scores of a \(node.opType), transformed by \(transform), which may be probabilities or "
            + "not")
      }
    default: return nil
    }
  }

  /// Returns the scores that a softmax computes.
  private func softmax(_ node: ProtoNode, _ rank: Int?) -> OnnxScores {
    let axis = node.integer("axis") ?? (opset < 13 ? 1 : -1)
    if axis == 0 || rank.map({ axis + $0 == 0 }) == true {
      return .refused("a \(node.opType) over the batch, axis 0")
    }
    return .kind(node.opType == "LogSoftmax" ? .logProbabilities : .probabilities)
  }

  private func logarithm(_ scores: OnnxScores?) -> OnnxScores? {
    switch scores?.kind {
    case .probabilities?: .kind(.logProbabilities)
    case .bernoulli?: .refused("logarithms of the probabilities of labels")
    default: nil
    }
  }

  private func logarithm(_ form: Form?) -> Form? {
    guard case .sum(let root)? = form, case .exponential(let exponent)? = traces[root]?.form else {
      return nil
    }
    return .logSumExp(of: exponent)
  }

  /// Returns the scores of concatenated tensors: 1 − p and p form a distribution; other tensors
  /// keep their common scores.
  private func concatenated(_ known: [Trace]) -> OnnxScores? {
    if known.count == 2, known.allSatisfy({ $0.scores?.kind == .bernoulli }),
      known[0].form == .complement(of: known[1].root)
        || known[1].form == .complement(of: known[0].root)
    {
      return .kind(.probabilities)
    }
    return Self.common(known)
  }

  /// Returns the scores that all tensors have in common, or `nil`.
  private static func common(_ traces: [Trace]) -> OnnxScores? {
    guard let first = traces.first?.scores, traces.allSatisfy({ $0.scores == first }) else {
      return nil
    }
    return if case .quantized = first { nil } else { first }
  }

  /// Operators that return the values of their first input, possibly in another shape.
  private static let passing: Set = [
    "Cast", "CastLike", "Dropout", "Expand", "Flatten", "Identity", "Reshape", "Squeeze",
    "Transpose", "Unsqueeze",
  ]

  /// Operators that select values, average them or clamp them.
  private static let keeping: Set = [
    "AveragePool", "Clip", "Compress", "Gather", "GatherElements", "GatherND", "GlobalAveragePool",
    "Max", "Min", "Pad", "ReduceMean", "Relu", "Resize", "Slice", "Split", "Tile", "Upsample",
    "Where",
  ]
}

extension ScoreTracker.Trace {
  /// Returns the trace after a product or a sum.
  ///
  /// Scaled or shifted log probabilities are class scores: a softmax makes them sum to 1 again.
  /// Scaled class probabilities are recognized by their sums; scaled label probabilities cannot be
  /// recognized by their values.
  fileprivate func rescaled(by operation: String) -> Self {
    var trace = self
    switch scores?.kind {
    case .logProbabilities?: trace.scores = nil
    case .bernoulli?:
      trace.scores = .refused("probabilities of labels that were scaled or added (\(operation))")
    default: break
    }
    return trace
  }
}

extension String {
  /// Whether an operator of this name returns quantized integers.
  fileprivate var isQuantized: Bool {
    self == "QuantizeLinear" || hasPrefix("QLinear") || self == "ConvInteger"
      || self == "MatMulInteger" || self == "DynamicQuantizeLinear"
  }
}
