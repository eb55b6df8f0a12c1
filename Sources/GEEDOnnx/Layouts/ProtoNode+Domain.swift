// SPDX-License-Identifier: MIT

extension ProtoNode {
  /// The operators of ONNX Runtime's own that layouts, scores and symmetries are followed through.
  private static let runtimeOperators: Set = [
    "Attention", "BiasGelu", "BiasSoftmax", "DequantizeLinear", "FastGelu", "FusedConv",
    "FusedGemm", "FusedMatMul", "GatherND", "Gelu", "GroupQueryAttention", "MultiHeadAttention",
    "NhwcConv", "NhwcFusedConv", "NhwcMaxPool", "Pad", "QGemm", "QLinearAdd",
    "QLinearAveragePool", "QLinearConcat", "QLinearConv", "QLinearGlobalAveragePool",
    "QLinearLeakyRelu", "QLinearMul", "QLinearSigmoid", "QLinearSoftmax", "QuantizeLinear",
    "QuickGelu", "ReduceSumInteger", "RotaryEmbedding", "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization", "Trilu",
  ]

  /// Whether the operator's name says what it computes.
  ///
  /// In all other domains a name can stand for anything: a file may define functions there, and
  /// a library operators. Functions cannot replace operators of ONNX, but ONNX Runtime runs those that
  /// a file adds to its own domains. Its blocks of channels, `com.microsoft.nchwc`, are in an order
  /// of their own.
  var isStandard: Bool {
    switch domain {
    case "", "ai.onnx", "ai.onnx.ml": true
    case "com.microsoft": Self.runtimeOperators.contains(opType)
    default: false
    }
  }

  /// Whether the domain is one of ONNX or of ONNX Runtime.
  var hasKnownDomain: Bool {
    [
      "", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc",
    ].contains(domain)
  }

  /// The operator's name with its domain, unless it is one of ONNX.
  var qualifiedName: String {
    domain.isEmpty || domain == "ai.onnx" ? opType : "\(domain).\(opType)"
  }
}
