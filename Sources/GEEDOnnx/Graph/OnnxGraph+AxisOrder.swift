// SPDX-License-Identifier: MIT

extension OnnxGraph {
  /// The names of the tensors that hold pictures with their channels last.
  ///
  /// A model with NHWC input, converted to ONNX, transposes back and forth between its own order
  /// and that of ONNX's operators, which is NCHW. This follows the transpositions from the input;
  /// where the order is lost, as in a reshaping, NCHW is assumed.
  func channelsLastTensors(input: String) -> Set<String> {
    var last: Set = [input]
    for node in nodes {
      let isLast =
        switch node.opType {
        case "Transpose":
          switch node.integers("perm") {
          case [0, 2, 3, 1]: !last.contains(node.input.first ?? "")
          default: false
          }
        case let operation where operation.hasPrefix("Nhwc"): true
        case let operation where Self.keepingOrder.contains(operation):
          node.input.contains(where: last.contains)
        default: false
        }
      if isLast { last.formUnion(node.output.filter { !$0.isEmpty }) }
    }
    return last
  }

  /// Operators that compute each place of their output from the same place of their inputs, or
  /// from its neighbours along an axis that they are told.
  private static let keepingOrder: Set = [
    "Abs", "Add", "Cast", "Celu", "Clip", "Concat", "DequantizeLinear", "Div", "Dropout", "Elu",
    "Erf", "Exp", "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu",
    "Log", "Max", "Mean", "Min", "Mish", "Mul", "Neg", "PRelu", "Pad", "Pow", "QLinearAdd",
    "QLinearConcat", "QLinearLeakyRelu", "QLinearMul", "QLinearSigmoid", "QuantizeLinear",
    "Reciprocal", "Relu", "Resize", "Selu", "Sigmoid", "Slice", "Softmax", "Softplus", "Softsign",
    "Split", "Sqrt", "Sub", "Sum", "Swish", "Tanh", "ThresholdedRelu", "Upsample", "Where",
  ]
}
