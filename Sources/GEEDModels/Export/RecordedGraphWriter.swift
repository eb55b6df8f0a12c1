// SPDX-License-Identifier: MIT

import GEEDOnnx
import GEEDTorch

/// Adds recorded values to a graph, each once, and assigns names to them.
///
/// The result of a layer is named after its parameters, without the last part: `layer1.0.conv1`. A
/// value without parameters is named after its operator, in the module of the value that it was
/// last computed from: `layer1.0/relu`. If no module is near, it is named after the output that it
/// is a part of: `stem/relu`.
struct RecordedGraphWriter {
  private(set) var builder: OnnxGraphBuilder
  /// The number of examples in the recorded pass.
  private let exampleCount: Int
  private let parameterNames: [ObjectIdentifier: String]
  private let outputNames: [ObjectIdentifier: String]
  private var taken: Set<String>
  private var written: [ObjectIdentifier: WrittenValue] = [:]
  private var constantNames: [RecordedConstant.Identity: String] = [:]

  private struct WrittenValue {
    let name: String
    /// The module that computed the value, as parameters name modules; empty if it is not known.
    var module = ""
    /// The number of operators on the longest path to the value.
    var depth = 0
  }

  /// - Parameters:
  ///   - outputs: Names that are reserved for certain values.
  ///   - parameters: Names that are reserved for certain constants.
  init(
    builder: OnnxGraphBuilder, input: RecordedValue, named inputName: String,
    outputs: [(name: String, value: RecordedValue)], parameters: [NamedParameter]
  ) {
    self.builder = builder
    exampleCount = input.shape[0]
    parameterNames = Dictionary(
      parameters.map { (ObjectIdentifier($0.tensor), $0.name) }, uniquingKeysWith: { $1 })
    outputNames = Dictionary(
      outputs.map { (ObjectIdentifier($0.value), $0.name) }, uniquingKeysWith: { first, _ in first }
    )
    // If only a tensor derived from a parameter is stored, the derived tensor may have the
    // parameter's name.
    let stored = RecordedValue.tensors(behind: outputs.map(\.value))
    taken = Set(
      parameters.lazy.filter { stored.contains(ObjectIdentifier($0.tensor)) }.map(\.name)
        + outputs.map(\.name) + [inputName])
    self.builder.addInput(inputName, shape: axes(of: input.shape))
    written[ObjectIdentifier(input)] = WrittenValue(name: inputName)
  }

  /// The shape of a value, for any number of examples.
  private func axes(of shape: [Int]) -> [OnnxAxis] {
    [shape[0] == exampleCount ? .symbol("batch") : .unknown]
      + shape.dropFirst().map { .fixed($0) }
  }

  /// Makes a value an output, under a name that was reserved for it.
  mutating func addOutput(_ name: String, _ value: RecordedValue) throws(TorchError) {
    let source = try write(value, scope: name).name
    if source != name { builder.addNode("Identity", inputs: [source], outputs: [name]) }
    builder.addOutput(name, shape: axes(of: value.shape))
  }

  /// Adds a value and all values that it is computed from, unless they are there already.
  private mutating func write(
    _ value: RecordedValue, scope: String
  ) throws(TorchError) -> WrittenValue {
    if let known = written[ObjectIdentifier(value)] { return known }
    guard let operation = value.operation else {
      preconditionFailure("Expected values made of the one input, but got one made of another.")
    }
    var sources: [WrittenValue] = []
    for case .value(let operand) in operation.operands {
      sources.append(try write(operand, scope: scope))
    }
    let output = outputNames[ObjectIdentifier(value)]
    var result = place(operation, sources, output: output, scope: scope)
    var inputs: [String] = []
    for operand in operation.operands {
      switch operand {
      case .value: inputs.append(sources.removeFirst().name)
      case .constant(let constant, let part):
        inputs.append(try write(constant, name: "\(layer(of: operation) ?? result.name).\(part)"))
      }
    }
    builder.addNode(
      operation.type, inputs: inputs, outputs: [result.name], attributes: operation.attributes)
    if output == nil {
      builder.describe(result.name, shape: axes(of: value.shape))
    } else {
      // The following values belong to another part of the network.
      result.module = ""
    }
    written[ObjectIdentifier(value)] = result
    return result
  }

  /// Assigns a name and a module to a new value.
  private mutating func place(
    _ operation: RecordedValue.Operation, _ sources: [WrittenValue], output: String?, scope: String
  ) -> WrittenValue {
    let layer = layer(of: operation) ?? ""
    let last = sources.max { $0.depth < $1.depth }
    let module = layer.isEmpty ? last?.module ?? "" : parent(of: layer)
    let depth = (last?.depth ?? 0) + 1
    if let output { return WrittenValue(name: output, module: module, depth: depth) }
    let container = layer.isEmpty ? (module.isEmpty ? scope : module) : layer
    let generic = "\(container)/\(operation.type.lowercased())"
    let isLayer = !layer.isEmpty && !operation.isPartial && taken.insert(layer).inserted
    return WrittenValue(
      name: isLayer ? layer : unusedName(generic), module: module, depth: depth)
  }

  /// The name of the layer that an operator belongs to; `nil` if there is none or if it is the
  /// network.
  private func layer(of operation: RecordedValue.Operation) -> String? {
    guard let owner = operation.owner, let name = parameterNames[ObjectIdentifier(owner)] else {
      return nil
    }
    let layer = parent(of: name)
    return layer.isEmpty ? nil : layer
  }

  /// Adds a constant unless it is there already, and returns its name.
  private mutating func write(
    _ constant: RecordedConstant, name: String
  ) throws(TorchError) -> String {
    if let known = constantNames[constant.identity] { return known }
    let result: String
    switch constant {
    case .tensor(let tensor):
      result = parameterNames[ObjectIdentifier(tensor)] ?? unusedName(name)
      builder.addConstant(result, shape: tensor.shape, try tensor.host().scalars)
    case .transposed(let matrix):
      let parameter = parameterNames[ObjectIdentifier(matrix)]
      result = unusedName(parameter.map { "\($0).transposed" } ?? name)
      let transposed = try matrix.permuted([1, 0])
      builder.addConstant(result, shape: transposed.shape, try transposed.host().scalars)
    case .numbers(let numbers, let shape):
      result = unusedName(name)
      builder.addConstant(result, shape: shape, numbers)
    case .integers(let integers):
      result = unusedName(name)
      builder.addConstant(result, shape: [integers.count], integers.map(Int64.init))
    }
    constantNames[constant.identity] = result
    return result
  }

  /// The name, or the first of its numbered variants that is not in use.
  private mutating func unusedName(_ name: String) -> String {
    var candidate = name
    var number = 0
    while !taken.insert(candidate).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }
}

/// The name of the module that a parameter or a module belongs to; empty at the root.
private func parent(of name: String) -> String {
  name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
}
