// SPDX-License-Identifier: MIT

import GEED

// What operators do with scores.
extension ScoreTracker {
  /// Returns the scores of an output after the first.
  func laterScores(of node: ProtoNode, _ number: Int, _ first: Trace?) -> OnnxScores? {
    switch node.opType {
    case "TopK": return .classNumbers(operation: "TopK")
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
  func softmax(_ node: ProtoNode, _ rank: Int?) -> OnnxScores {
    let axis = node.integer("axis") ?? (opset < 13 ? 1 : -1)
    if axis == 0 || rank.map({ axis + $0 == 0 }) == true {
      return .refused("a \(node.opType) over the batch, axis 0")
    }
    return .kind(node.opType == "LogSoftmax" ? .logProbabilities : .probabilities)
  }

  func logarithm(_ scores: OnnxScores?) -> OnnxScores? {
    switch scores?.kind {
    case .probabilities?: .kind(.logProbabilities)
    case .bernoulli?: .refused("logarithms of the probabilities of labels")
    default: nil
    }
  }

  /// Returns the trace of a product with a constant, or of a quotient.
  func scaled(_ kept: Trace, by node: ProtoNode, _ inputs: [String]) -> Trace {
    guard kept.scores?.kind == .logProbabilities,
      inputs.contains(where: { traces[$0] == nil && isNegative($0) })
    else { return kept.rescaled(by: node.opType) }
    var trace = kept
    trace.scores = negative(kept.scores)
    return trace
  }

  /// Returns the scores of the negative of a tensor.
  func negative(_ scores: OnnxScores?) -> OnnxScores? {
    scores?.kind == .logProbabilities
      ? .refused("negative logarithms of probabilities") : Self.function("Neg", of: scores)
  }

  /// Returns what a function of scores holds, which are no longer those of their kind.
  static func function(_ operation: String, of scores: OnnxScores?) -> OnnxScores? {
    guard let scores else { return nil }
    switch scores {
    case .kind(.probabilities), .kind(.bernoulli):
      return .refused("a function of probabilities (\(operation))")
    case .kind(.logProbabilities):
      return .refused("a function of logarithms of probabilities (\(operation))")
    case .classNumbers(let origin) where keepingWholeNumbers.contains(operation):
      return .classNumbers(operation: origin)
    default: return nil
    }
  }

  func logarithm(_ form: Form?) -> Form? {
    guard case .sum(let root)? = form, case .exponential(let exponent)? = traces[root]?.form else {
      return nil
    }
    return .logSumExp(of: exponent)
  }

  /// Returns the scores of concatenated tensors: 1 − p and p form a distribution; other tensors
  /// keep their common scores, and those of several kinds have none.
  func concatenated(_ known: [Trace], by operation: String) -> OnnxScores? {
    if known.count == 2, known.allSatisfy({ $0.scores?.kind == .bernoulli }),
      known[0].form == .complement(of: known[1].root)
        || known[1].form == .complement(of: known[0].root)
    {
      return .kind(.probabilities)
    }
    if let common = Self.common(known) { return common }
    for trace in known {
      switch trace.scores {
      case .classNumbers(let origin)?, .joinedClassNumbers(let origin)?:
        return .joinedClassNumbers(operation: origin)
      default: continue
      }
    }
    return known.contains { $0.scores?.kind != nil }
      ? .refused("probabilities beside other values (\(operation))") : nil
  }

  /// Returns the scores that all tensors have in common, or `nil`.
  static func common(_ traces: [Trace]) -> OnnxScores? {
    guard let first = traces.first?.scores, traces.allSatisfy({ $0.scores == first }) else {
      return nil
    }
    return if case .quantized = first { nil } else { first }
  }

  /// Operators that return the values of their first input, possibly in another shape.
  static let passing: Set = [
    "Cast", "CastLike", "Dropout", "Expand", "Flatten", "Identity", "Reshape", "Squeeze",
    "Transpose", "Unsqueeze",
  ]

  /// Operators that select values, blend them or clamp them.
  static let keeping: Set = [
    "Clip", "Compress", "Max", "MaxPool", "Min", "Pad", "ReduceMax", "Relu", "Resize", "Slice",
    "Split", "Tile", "Upsample", "Where",
  ]

  /// Operators that return whether something holds.
  static let deciding: Set = [
    "And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not",
    "Or",
    "Xor",
  ]

  /// Functions of each value that do not return scores of the kind that they are given.
  static let functions: Set = [
    "Abs", "Atan", "Ceil", "Cos", "Erf", "Floor", "Pow", "Round", "Sign", "Sin", "Sqrt", "Tanh",
  ]

  /// Functions that return whole numbers as they are, or by another name each.
  static let keepingWholeNumbers: Set = ["Abs", "Ceil", "Floor", "Neg", "Round"]
}

extension ScoreTracker.Trace {
  /// Returns the trace after a product or a sum.
  ///
  /// Scaled or shifted log probabilities are class scores: a softmax makes them sum to 1 again.
  /// Scaled class probabilities are recognized by their sums; scaled label probabilities cannot be
  /// recognized by their values.
  ///
  /// Multiples and fractions of class numbers may be positions, such as columns of a grid.
  func rescaled(by operation: String) -> Self {
    var trace = self
    switch scores {
    case .kind(.logProbabilities)?: trace.scores = nil
    case .kind(.bernoulli)?:
      trace.scores = .refused("probabilities of labels that were scaled or added (\(operation))")
    case .classNumbers(let origin)? where operation == "Mul" || operation == "Div":
      trace.scores = .refused(
        "multiples of class numbers or of positions (\(origin), \(operation))")
    default: break
    }
    return trace
  }
}
