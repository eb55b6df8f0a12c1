// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

extension OnnxGraphBuilder {
  /// Creates a graph of the operations that a network applied to an example.
  ///
  /// Constants are stored as `float32`, each once, under their names in `parameters`.
  ///
  /// - Parameters:
  ///   - outputs: The outputs of the graph, by name and in this order.
  ///   - input: The tensor that the recording started with.
  ///   - inputName: The name of the graph's input.
  ///   - parameters: The weights of the network, for their names.
  ///   - name: The name of the graph.
  /// - Throws: `TorchError` if the weights cannot be copied to the host.
  /// - Precondition: There are outputs, all are computed from `input`, and all names are distinct.
  package init(
    recording outputs: [(name: String, tensor: RecordedTensor)], from input: RecordedTensor,
    named inputName: String = "image", parameters: ParameterStore? = nil, name: String = "network"
  ) throws(TorchError) {
    let names = outputs.map(\.name) + [inputName]
    precondition(!outputs.isEmpty, "Expected at least one output.")
    precondition(
      Set(names).count == names.count, "Expected different names for all tensors, but got \(names)."
    )
    let values = outputs.map { (name: $0.name, value: $0.tensor.record) }
    var writer = RecordedGraphWriter(
      builder: OnnxGraphBuilder(name: name), input: input.record, named: inputName,
      outputs: values, parameters: parameters?.all ?? [])
    for (name, value) in values { try writer.addOutput(name, value) }
    self = writer.builder
  }
}
