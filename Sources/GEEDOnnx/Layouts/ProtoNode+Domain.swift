// SPDX-License-Identifier: MIT

extension ProtoNode {
  /// ONNX Runtime's own operators for which layouts, scores and symmetries are tracked.
  private static let runtimeOperators: Set = [
    "Attention", "BiasGelu", "BiasSoftmax", "DequantizeLinear", "FastGelu", "FusedConv",
    "FusedGemm", "FusedMatMul", "GatherND", "Gelu", "GroupQueryAttention", "MultiHeadAttention",
    "NhwcConv", "NhwcFusedConv", "NhwcMaxPool", "Pad", "QGemm", "QLinearAdd",
    "QLinearAveragePool", "QLinearConcat", "QLinearConv", "QLinearGlobalAveragePool",
    "QLinearLeakyRelu", "QLinearMul", "QLinearSigmoid", "QLinearSoftmax", "QuantizeLinear",
    "QuickGelu", "ReduceSumInteger", "RotaryEmbedding", "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization", "Trilu",
  ]

  /// Whether the operator's name determines what it computes.
  ///
  /// In all other domains a name can stand for anything: a file may define functions there, and a
  /// library may define operators. Functions cannot replace operators of ONNX, but ONNX Runtime
  /// runs functions that a file adds to the runtime's own domains. Its blocks of channels,
  /// `com.microsoft.nchwc`, have an order of their own.
  var isStandard: Bool {
    switch domain {
    case "", "ai.onnx", "ai.onnx.ml": true
    case "com.microsoft": Self.runtimeOperators.contains(opType)
    default: false
    }
  }

  /// Whether the domain belongs to ONNX or to ONNX Runtime.
  var hasKnownDomain: Bool {
    [
      "", "ai.onnx", "ai.onnx.ml", "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc",
    ].contains(domain)
  }

  /// The operator's name, qualified with its domain unless that is ONNX's own.
  var qualifiedName: String {
    domain.isEmpty || domain == "ai.onnx" ? opType : "\(domain).\(opType)"
  }
}
