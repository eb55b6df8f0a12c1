// SPDX-License-Identifier: MIT

import GEED

/// The reason that a model cannot be run as requested.
public enum OnnxModelError: Error, Hashable, CustomStringConvertible {
  /// The graph computes no tensor of this name from its input.
  case unknownTensor(path: String, name: String, near: [String])
  /// The value of this name is a sequence, a map or an optional value.
  case noTensor(path: String, name: String, operation: String, inputs: [String])
  /// The tensor of this name holds text.
  case text(path: String, name: String, operation: String, inputs: [String])
  /// No output of the model depends on its input.
  case noTensors(path: String)
  /// The model has several inputs; one takes the examples, and the others need constants.
  case severalInputs(path: String, inputs: [String])
  /// An input is to receive the same examples as another, but these have parts for several inputs.
  case copiedPart(path: String, input: String)
  /// All inputs of the model are constants, or there are none.
  case noInput(path: String)
  /// A constant was given for a name that is not an input.
  case unknownInput(path: String, name: String, inputs: [String])
  /// Tensors of this type cannot be converted from or to real numbers.
  case unsupportedType(path: String, tensor: String, type: String)
  /// The examples do not have the shape that the model takes.
  case shapeMismatch(path: String, input: String, expected: String, found: String)
  /// The input takes a single example, without an axis that counts examples.
  case noExampleAxis(path: String, input: String, shape: String)
  /// The first axis of an output does not count the examples.
  case notBatched(path: String, tensor: String, shape: [Int], exampleCount: Int)
  /// Something takes more memory than allowed, or than can be counted.
  case tooLarge(path: String, what: String, bytes: Int?, limit: Int?)
  /// The rows of an output are the boxes that are kept, in varying number.
  case rowsAreBoxes(path: String, tensor: String)
  /// Equal inputs give different outputs.
  case notDeterministic(path: String, tensor: String, operators: [String])
  /// A tensor depends on operators that draw random numbers.
  case random(path: String, tensor: String, operators: [String])
  /// An output of one example depends on the other examples of the batch.
  case mixesExamples(path: String, tensor: String, operators: [String])
  /// A tensor does not hold scores that a softmax probe can read.
  case noScores(path: String, tensor: String, reason: String)
  /// A tensor holds no quantities, such as class numbers; the reason completes "it …".
  case noQuantities(path: String, tensor: String, reason: String)
  /// A tensor is not a feature map whose axes the graph determines.
  case noFeatureMap(path: String, tensor: String, reason: String)
  /// A tensor holds quantized integers whose scale is not part of it.
  case quantized(path: String, tensor: String, operation: String)
  /// The graph does not determine which axes of scores are the pixels.
  case unknownPixels(tensor: String, shape: String, reason: String)
  /// The model takes whole numbers, and an example has a number outside of their range.
  case outsideRange(
    path: String, type: OnnxElementType, dataset: String, example: Int, value: Float)
  /// The model takes whole numbers, and rounding distorts the examples.
  case roundedAway(path: String, type: OnnxElementType, dataset: String)
  /// The runtime lacks this execution provider.
  case providerMissing(provider: String, path: String, version: String, available: [String])
  /// The execution provider cannot compute with these numbers, or it chooses them by itself.
  case arithmeticMissing(provider: String, arithmetic: String, available: [String])
  /// The execution provider computes none of the model's operators.
  case providerUnused(path: String, provider: String)

  public var description: String {
    switch self {
    case .unknownTensor(let path, let name, let near):
      "The model \(path) computes no tensor '\(name)' from its input"
        + (near.isEmpty
          ? ", only those that 'geed layers' lists."
          : "; did you mean \(quoted(near, or: true))?")
    case .noTensor(let path, let name, let operation, let inputs):
      "The value '\(name)' of the model \(path), computed by \(operation), is a sequence, a map or an "
        + "optional value, and no tensor"
        + (inputs.isEmpty
          ? "." : "; measure what it is made of: \(inputs.joined(separator: ", ")).")
    case .text(let path, let name, let operation, let inputs):
      "The tensor '\(name)' of the model \(path), computed by \(operation), holds text, and no numbers"
        + (inputs.isEmpty
          ? "." : "; measure what it is made of: \(inputs.joined(separator: ", ")).")
    case .noTensors(let path):
      "Expected outputs that depend on the input, but the model \(path) has none."
    case .severalInputs(let path, let inputs):
      """
      Expected one input for the examples, but the model \(path) has \(inputs.count) without data: \
      \(quoted(inputs)); give each its own data (--data name=path), or all but one of them a constant \
      (--input name=value) or the same examples (--input name=same).
      """
    case .copiedPart(let path, let input):
      """
      The input '\(input)' of the model \(path) cannot receive the same examples as another if \
      several inputs have data; give it data of its own (--data \(input)=path).
      """
    case .noInput(let path):
      "Expected one input for the examples, but the model \(path) has none without a value."
    case .unknownInput(let path, let name, let inputs):
      "The model \(path) has no input '\(name)' to give a constant to, only \(quoted(inputs))."
    case .noScores(let path, let tensor, let reason):
      "The tensor '\(tensor)' of the model \(path) holds \(reason), which are no scores."
    case .noQuantities(let path, let tensor, let reason):
      "The tensor '\(tensor)' of the model \(path) \(reason)."
    case .noFeatureMap(let path, let tensor, let reason):
      "The tensor '\(tensor)' of the model \(path) is no feature map that can be read off the "
        + "graph: it \(reason)."
    case .quantized(let path, let tensor, let operation):
      "The tensor '\(tensor)' of the model \(path) holds quantized integers (\(operation)), of which "
        + "the tensor behind DequantizeLinear has the values."
    case .unknownPixels(let tensor, let shape, let reason):
      "Which axes of tensor '\(tensor)' of shape \(shape) are the classes and which the pixels cannot "
        + "be read off the graph (\(reason)); say it with --layout-of '\(tensor)=nchw' or "
        + "'\(tensor)=nhwc'."
    case .outsideRange(let path, let type, let dataset, let example, let value):
      "The model \(path) takes whole numbers of type \(type), but example \(example) of \(dataset) "
        + "holds \(value); pixels up to 255 come with --pixel-max 255, without --mean and --std."
    case .roundedAway(let path, let type, let dataset):
      "The model \(path) takes whole numbers (\(type)), and little would be left of the examples of "
        + "\(dataset) when they are rounded; pixels up to 255 come with --pixel-max 255, without "
        + "--mean and --std."
    case .unsupportedType(let path, let tensor, let type):
      "Expected a tensor of real numbers, but '\(tensor)' in the model \(path) is \(type)."
    case .shapeMismatch(let path, let input, let expected, let found):
      "The input '\(input)' of the model \(path) takes \(expected), but the examples are \(found)."
    case .noExampleAxis(let path, let input, let shape):
      """
      The input '\(input)' of the model \(path) takes \(shape), one example without an axis of \
      examples in front; export the model with such an axis, for any number of examples or for 1.
      """
    case .notBatched(let path, let tensor, let shape, let exampleCount):
      """
      Expected \(exampleCount) rows, one per example, but the tensor '\(tensor)' of the model \
      \(path) has shape \(shape).
      """
    case .tooLarge(let path, let what, let bytes, let limit):
      "The model \(path) cannot be run: \(what) "
        + (bytes.map { "takes \(byteText($0))" } ?? "is impossible")
        + (limit.map { ", but at most \(byteText($0)) are allowed (--memory)." } ?? ".")
    case .rowsAreBoxes(let path, let tensor):
      """
      Expected one row for each example, but the rows of the tensor '\(tensor)' of the model \(path) \
      are the boxes that NonMaxSuppression keeps, however many; measure a tensor before it.
      """
    case .notDeterministic(let path, let tensor, let operators):
      """
      The model \(path) is not deterministic: the tensor '\(tensor)' changed when the same batch was \
      run again\(suspicion(operators)); export the model in evaluation mode, or without such operators, \
      or measure the mean of several runs (--stochastic 20).
      """
    case .random(let path, let tensor, let operators):
      """
      The model \(path) is not deterministic: the tensor '\(tensor)' depends on \
      \(list(operators)); export the model in evaluation mode, or without such operators, or measure the \
      mean of several runs (--stochastic 20).
      """
    case .mixesExamples(let path, let tensor, let operators):
      """
      The model \(path) mixes the examples of a batch: the tensor '\(tensor)' of one example changed \
      with what else is in the batch\(suspicion(operators)); export the model in evaluation mode, or \
      so that each example is computed by itself.
      """
    case .providerMissing(let provider, let path, let version, let available):
      """
      Expected an ONNX Runtime with the provider '\(provider)', but \(path), version \(version), \
      has only \(quoted(available)).
      """
    case .arithmeticMissing(let provider, let arithmetic, let available):
      "The provider '\(provider)' cannot be told to compute in \(arithmetic): "
        + (available.isEmpty
          ? "it chooses the arithmetic by itself." : "it has only \(quoted(available)).")
    case .providerUnused(let path, let provider):
      "The provider '\(provider)' computes none of the operators of the model \(path); all would be "
        + "computed by the provider 'cpu'."
    }
  }

  private func suspicion(_ operators: [String]) -> String {
    operators.isEmpty ? "" : "; it comes from " + list(operators)
  }

  private func list(_ operators: [String]) -> String {
    let more = operators.count > 3 ? " and \(operators.count - 3) more" : ""
    return operators.prefix(3).joined(separator: ", ") + more
  }

  private func quoted(_ names: [String], or isChoice: Bool = false) -> String {
    let quoted = names.map { "'\($0)'" }
    guard isChoice, quoted.count > 1 else { return quoted.joined(separator: ", ") }
    return quoted.dropLast().joined(separator: ", ") + " or \(quoted[quoted.count - 1])"
  }
}
