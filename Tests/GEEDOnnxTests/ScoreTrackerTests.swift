// SPDX-License-Identifier: MIT

import GEED
import Testing

@testable import GEEDOnnx

@Suite struct ScoreTrackerTests {
  /// Operators as words: `p = Softmax lg axis:1`.
  static let graphs: [(text: String, tensor: String, expected: ScoreKind?)] = [
    ("p = Softmax x", "p", .probabilities),
    ("p = LogSoftmax x axis:-1", "p", .logProbabilities),
    ("p = Hardmax x", "p", .probabilities),
    ("a = ArgMax x; p = OneHot a depth values", "p", .probabilities),
    // Passed on, picked, held between bounds, averaged.
    ("p = Softmax x; q = Clip p lo hi; r = Reshape q shape; s = Cast r", "s", .probabilities),
    ("p = Softmax x; q = Softmax y; r = Add p q; s = Div r two", "s", .probabilities),
    ("p = Softmax x; q = Softmax y; r = Sum p q; s = Mul r half", "s", .probabilities),
    ("p = Softmax x; q = Softmax y; r = Mean p q", "r", .probabilities),
    ("p = Softmax x; q = Mul p w; r = Softmax y; s = Mul r u; t = Add q s", "t", .probabilities),
    ("p = Softmax x; q = Resize p roi scales", "q", .probabilities),
    ("p = Softmax x; q = Max p eps; r = Log q", "r", .logProbabilities),
    ("p = LogSoftmax x; q = Exp p", "q", .probabilities),
    // Written out.
    ("e = Exp x; s = ReduceSum e axes; p = Div e s", "p", .probabilities),
    ("m = ReduceMax x; d = Sub x m; e = Exp d; s = ReduceSum e; p = Div e s", "p", .probabilities),
    ("e = Exp x; s = ReduceSum e; r = Reciprocal s; p = Mul e r", "p", .probabilities),
    ("e = Exp x; s = ReduceSum e; t = Add s eps; u = Expand t n; p = Div e u", "p", .probabilities),
    ("a = Softplus x; s = ReduceSum a; p = Div a s", "p", .probabilities),
    ("l = ReduceLogSumExp x; p = Sub x l", "p", .logProbabilities),
    (
      "m = ReduceMax x; d = Sub x m; e = Exp d; s = ReduceSum e; l = Log s; p = Sub d l", "p",
      .logProbabilities
    ),
    // Quantized.
    ("p = Softmax x; q = QuantizeLinear p s z; r = DequantizeLinear q s z", "r", .probabilities),
    ("q = QLinearSoftmax x s z s z; r = DequantizeLinear q s z", "r", .probabilities),
    ("q = QLinearSigmoid x s z s z; r = DequantizeLinear q s z", "r", .bernoulli),
    ("q = QLinearMatMul x a; r = DequantizeLinear q s z", "r", nil),
    // Labels.
    ("p = Sigmoid x", "p", .bernoulli),
    ("n = Neg x; e = Exp n; d = Add e one; p = Reciprocal d", "p", .bernoulli),
    ("n = Neg x; e = Exp n; d = Add one e; p = Div one d", "p", .bernoulli),
    ("p = Sigmoid x; q = Sub one p", "q", .bernoulli),
    ("p = Sigmoid x; q = Sub one p; r = Concat q p", "r", .probabilities),
    (
      "p = Sigmoid x; q = Sub one p; u = Unsqueeze p a; v = Unsqueeze q a; r = Concat u v", "r",
      .probabilities
    ),
    ("p = Sigmoid x; q = Sigmoid y; r = Concat p q", "r", .bernoulli),
    // Class scores, whatever lies before them.
    ("p = Softmax x; v = MatMul p w; l = Gemm v w", "l", nil),
    ("s = Sigmoid x; g = Mul x s; l = Gemm g w", "l", nil),
    ("s = Sigmoid y; g = Mul x s; l = Reshape g shape", "l", nil),
    ("p = LogSoftmax x; q = Mul p half", "q", nil),
    ("p = LogSoftmax x; q = LogSoftmax y; r = Add p q", "r", nil),
    ("x1 = Gemm x w; x2 = Gemm y w; l = Mean x1 x2", "l", nil),
    ("e = Exp x; s = ReduceSum y; p = Div e s", "p", nil),
    ("t = Div x temperature", "t", nil),
    ("l = Neg x", "l", nil),
    // What selects values is not what they are.
    ("a = ArgMin x; v = Gather codes a", "v", nil),
    ("p = Softmax x; a = ArgMax y; q = GatherElements p a", "q", .probabilities),
    ("p = Softmax x; e = Exp p; s = ReduceSum e; q = Div e s", "q", .probabilities),
    ("p = Softmax x; q = Softmax y; r = Concat p q", "r", .probabilities),
    ("l = Gemm x w; m = Gemm y w; r = Concat l m", "r", nil),
    // Positions in a grid.
    ("a = ArgMax x; c = Mod a width; d = Cast c", "d", nil),
  ]

  @Test("Scores are followed from the operators that make them", arguments: graphs)
  func followed(text: String, tensor: String, expected: ScoreKind?) {
    #expect(scores(text, of: tensor) == expected.map { .kind($0) })
  }

  @Test(
    "What holds no scores is refused with its reason",
    arguments: [
      ("p = Softmax x axis:0", "p", "over the batch"),
      ("p = Softmax x axis:-2", "p", "over the batch"),
      ("a = ArgMax x; b = Cast a", "b", "class numbers (ArgMax)"),
      ("v,i = TopK x k", "v", "largest scores"),
      ("v,i = TopK x k", "i", "class numbers"),
      ("p = Sigmoid x; h = Mul p c", "h", "scaled or added (Mul)"),
      ("p = Sigmoid x; h = Mul p c; s = Add h c", "s", "scaled or added (Mul)"),
      ("p = Sigmoid x; q = Sigmoid p; s = Add p q", "s", "scaled or added (Add)"),
      ("s = Softplus x; l = Neg s", "l", "logarithms"),
      ("p = Softmax x; q = QuantizeLinear p s z", "q", "quantized integers"),
      ("q = QLinearMatMul x a", "q", "quantized integers"),
      ("p = Sigmoid x; l = Log p", "l", "logarithms"),
      ("l = LogSoftmax x; n = Neg l", "n", "negative logarithms of probabilities"),
      ("l = LogSoftmax x; n = Sub zero l", "n", "negative logarithms of probabilities"),
      ("l = LogSoftmax x; n = Mul l minus", "n", "negative logarithms of probabilities"),
      ("l = LogSoftmax x; n = Div l minus", "n", "negative logarithms of probabilities"),
      ("p = Softmax x; n = Neg p", "n", "a function of probabilities (Neg)"),
      ("p = Softmax x; n = Sqrt p", "n", "a function of probabilities (Sqrt)"),
      ("p = Softmax x; r = Concat p y", "r", "probabilities beside other values (Concat)"),
      ("p = Softmax x; q = Sigmoid y; r = Concat p q", "r", "probabilities beside other values"),
      ("a = ArgMax x; m = Mul a half", "m", "multiples of class numbers or of positions"),
      ("g = Greater x half; c = Cast g", "c", "decisions, yes or no (Greater)"),
    ])
  func refused(text: String, tensor: String, reason: String) {
    let found = scores(text, of: tensor)?.reasonAgainst
    #expect(found?.contains(reason) == true, "\(found ?? "not refused")")
  }

  @Test(
    "Class numbers are followed to where they are returned",
    arguments: [
      "a = ArgMax x; y1 = Cast a; y2 = Squeeze y1; n = Reshape y2 shape", "n = ArgMin x",
      "v,i = TopK x k; n = Slice i a b c", "a = ArgMax x; b = Add a one; n = Round b",
      "a = ArgMax x; g = Greater y half; n = Where g a ignored",
      "a = ArgMax x; b = ArgMax y; n = Concat a b", "n,s = TreeEnsembleClassifier x",
    ])
  func classNumbers(text: String) {
    guard case .classNumbers? = scores(text, of: "n") else {
      Issue.record("\(String(describing: scores(text, of: "n")))")
      return
    }
  }

  @Test("Class numbers beside other values are known as such")
  func joinedClassNumbers() {
    let found = scores("a = ArgMax x; f = Cast a; n = Concat f y", of: "n")
    #expect(found == .joinedClassNumbers(operation: "ArgMax"))
  }

  @Test("Before opset 13 a softmax begins at axis 1 unless it says otherwise")
  func oldOperators() {
    // Of a tensor [N, K] with unknown axes, -1 would do as well; of one axis, it is the batch.
    #expect(scores("p = Softmax v", of: "p", opset: 17) != .kind(.probabilities))
    #expect(scores("p = Softmax v", of: "p", opset: 12) == .kind(.probabilities))
  }

  @Test("Operators of another domain are not those of ONNX, whatever their names")
  func foreign() {
    func scores(_ domain: String, _ text: String, _ last: String) -> OnnxScores? {
      var tracker = ScoreTracker(opset: 17, inputs: ["x"]) { _ in 2 }
      var foreign = node(text)
      foreign.domain = domain
      tracker.follow(foreign)
      tracker.follow(node(last))
      return tracker.scores(of: "y")
    }
    #expect(scores("", "p = Softmax x", "y = Identity p") == .kind(.probabilities))
    #expect(scores("com.microsoft", "p = BiasSoftmax x b", "y = Identity p")?.kind != nil)
    #expect(scores("com.microsoft", "p = Softmax x", "y = Identity p") == nil)
    let refused = OnnxScores.refused(
      "scores of a kind that is not known, from the operator my.Softmax")
    #expect(scores("my", "p = Softmax x", "y = Identity p") == refused)
    #expect(scores("my", "q,p = Softmax x", "y = Identity p") == refused)
    // A last layer of its own makes class scores, as ever.
    #expect(scores("my", "p = Softmax x", "y = MatMul p w") == nil)
  }

  @Test("A long chain takes a step for each operator")
  func longChain() {
    var tracker = ScoreTracker(opset: 17, inputs: ["t0"]) { _ in nil }
    let clock = ContinuousClock()
    let seconds = clock.measure {
      for i in 0..<50_000 { tracker.follow(node("t\(i + 1) = Clip t\(i) lo hi")) }
    }
    // A second of a debug build on a busy machine is far more than linear time needs.
    #expect(seconds < .seconds(20))
  }

  /// Inputs `x` and `y` have two axes, `v` has one.
  private func scores(_ text: String, of tensor: String, opset: Int = 17) -> OnnxScores? {
    var tracker = ScoreTracker(
      opset: opset, inputs: ["x", "y", "v"], isNegative: { $0 == "minus" }
    ) { ["x": 2, "y": 2, "v": 1][$0] }
    for line in text.split(separator: ";") { tracker.follow(node(String(line))) }
    return tracker.scores(of: tensor)
  }

  private func node(_ text: String) -> ProtoNode {
    let words = text.split(separator: " ").map(String.init)
    var node = ProtoNode()
    node.output = words[0].split(separator: ",").map(String.init)
    node.opType = words[2]
    for word in words.dropFirst(3) {
      if let colon = word.firstIndex(of: ":") {
        var attribute = ProtoAttribute()
        attribute.name = String(word[..<colon])
        attribute.i = Int64(word[word.index(after: colon)...]) ?? 0
        node.attribute.append(attribute)
      } else {
        node.input.append(word)
      }
    }
    return node
  }
}
