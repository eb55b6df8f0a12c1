// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEED
import GEEDOnnx

struct Layers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "List the tensors of a model that can be probed.",
    usage: "geed layers [<options>] <model>",
    discussion: """
      Lists feature maps, vectors and outputs; '--all' lists every tensor. The layout is the order \
      of the axes: nchw, nhwc, vector, or tokens:HxW+k for k class and register tokens and those \
      of an HxW grid. It is derived by following the axes of the input through all operators. A \
      dash means that the tensor is not a feature map. A question mark means that the operators do \
      not determine the layout; give it to 'geed measure' with '--layout-of'.

      Shapes are inferred without a run where the model fixes the size of its input and they follow \
      from it, otherwise they are those of a run on zeros or, if that fails, those declared in the \
      file; N is the number of examples. Any of the names can be given to the probes of 'geed \
      measure', also as a pattern, such as --channelwise '/layer*/Relu*'.

      The depth of a tensor is the number of operators on the longest path from the input to it.

      --linear-check C4 also reports how far every convolution and matrix is from commuting with \
      the group, from the weights alone, and which tensors exact equivariance reaches. Repeat the \
      option for several groups.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: "The shape of one example, such as 3x224x224, for models that do not fix it.")
  var inputShape: ShapeOption?

  @Option(
    help: ArgumentHelp(
      "Check the linear layers for equivariance under a finite group; repeatable.",
      valueName: "group"),
    transform: GroupName.init(parsing:))
  var linearCheck: [GroupName] = []

  @Option(
    help: ArgumentHelp(
      """
      How the group permutes the channels of a tensor, for '--linear-check'; as in 'geed measure'; \
      repeatable.
      """, valueName: "tensor=fields"))
  var fields: [FieldOption] = []

  @Flag(help: "List every tensor, not only feature maps, vectors and outputs.")
  var all = false

  @Flag(help: "Print JSON, with every tensor.")
  var json = false

  func run() throws {
    if model.isScripted || model.command != nil, !linearCheck.isEmpty {
      throw UsageError("'--linear-check' is for ONNX models, whose weights are known.")
    }
    if model.isScripted { return try listOutputs(of: scripted()) }
    if let command = model.command {
      let source = try ProgramSource(command, model, exampleShape: inputShape?.shape)
      defer { source.finish() }
      return try listOutputs(of: source)
    }
    try model.requireONNX()
    let graph = try OnnxGraph(contentsOf: model.model)
    guard !graph.tensors.isEmpty else { throw OnnxModelError.noTensors(path: graph.path) }
    let (tensors, note) = try graph.tensorsWithShapes(
      exampleShape: inputShape?.shape, options: model.onnxOptions)
    let checks = try linearCheck.map { name in
      guard let action = name.action() else {
        throw UsageError("'--linear-check' takes a finite group, such as C4, D4 or flip.")
      }
      return try graph.linearCheck(
        under: action, fields: try fields(of: action.group, in: tensors), tensors: tensors,
        exampleShape: inputShape?.shape, options: model.onnxOptions)
    }
    if json {
      return try printJSON(
        LayerList(graph: graph, tensors: tensors, note: note, checks: checks))
    }
    for input in graph.inputs {
      print(
        "input \(input.name): \(input.shape.text) \(input.elementType.map { "\($0)" } ?? "")".shown)
    }
    print()
    let text = LinearCheckText(checks: checks)
    if !checks.isEmpty {
      text.lines.forEach { print($0) }
      print()
    }
    var table = Table(
      [
        ("depth", .right), ("tensor", .left), ("operator", .left), ("shape", .left),
        ("layout", .left), ("", .left),
      ] + text.propagationColumns, nameCount: 2)
    let listed = all || !checks.isEmpty ? tensors : tensors.filter(\.isListed)
    for tensor in listed {
      table.add(
        [
          "\(tensor.depth)", tensor.name, tensor.operation, tensor.shape.text,
          tensor.layout.text, tensor.isOutput ? "output" : "",
        ] + text.propagation(to: tensor.name))
    }
    table.lines.forEach { print($0) }
    if listed.count < tensors.count {
      print("\n\(listed.count) of \(tensors.count) tensors; --all lists the others too.")
    }
    if let note { print("\nnote: \(note.shown)") }
  }

  /// Runs a TorchScript model on one example of zeros.
  private func scripted() throws -> any ModelSource {
    guard let shape = inputShape?.shape else {
      throw UsageError(
        "'\(model.model)' does not state the shape of an example; give it with '--input-shape'.")
    }
    return try ScriptedSource(model, trial: Tensor(repeating: 0, shape: [1] + shape))
  }

  /// Lists the outputs of a model without a graph, which has no other tensors.
  private func listOutputs(of source: any ModelSource) throws {
    if json {
      return try printJSON(
        LayerList(graph: source.graph, tensors: source.graph.tensors, note: nil, checks: []))
    }
    var table = Table([("output", .left), ("shape", .left), ("layout", .left)], nameCount: 1)
    for tensor in source.graph.tensors {
      table.add([tensor.name, tensor.shape.text, tensor.layout.text])
    }
    table.lines.forEach { print($0) }
  }

  private func fields(
    of group: FiniteGroup, in tensors: [OnnxTensor]
  ) throws -> [String: ChannelFields] {
    var result: [String: ChannelFields] = [:]
    for option in fields {
      let named = tensors.filter {
        $0.name == option.pattern || fnmatch(option.pattern, $0.name, 0) == 0
      }
      guard !named.isEmpty else {
        throw UsageError("'--fields \(option.pattern)' names no tensor of \(model.model).")
      }
      for tensor in named { result[tensor.name] = try option.fields(of: group) }
    }
    return result
  }

  func validate() throws {
    guard fields.isEmpty || !linearCheck.isEmpty else {
      throw ValidationError("'--fields' applies only to '--linear-check'.")
    }
    if let option = fields.first(where: \.isDiscovery), let word = option.discovery?.rawValue {
      throw ValidationError(
        "'--fields \(option.pattern)=\(word)' is only for 'geed measure'; '--linear-check' needs "
          + "the fields themselves.")
    }
  }
}

extension OnnxTensor {
  /// Whether the tensor is listed by default: it can be measured, or is an output.
  fileprivate var isListed: Bool {
    switch layout {
    case nil, .known: true
    case .noFeatureMap, .unknown: isOutput
    }
  }
}

extension OnnxTensorLayout? {
  /// The layout, a question mark if it is unknown, or a dash if the tensor is not a feature map.
  fileprivate var text: String {
    switch self {
    case .known(let layout)?: layout.description
    case .noFeatureMap?: "–"
    case .unknown?, nil: "?"
    }
  }
}

/// A shape such as `3x224x224`.
struct ShapeOption: ExpressibleByArgument {
  let shape: [Int]

  init?(argument: String) {
    let axes = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard axes.allSatisfy({ $0 > 0 }), (try? Tensor.checkedCount(of: axes)) != nil else {
      return nil
    }
    shape = axes
  }
}

private struct LayerList: Encodable {
  struct Layer: Encodable {
    let name: String
    let operation: String
    let depth: Int
    @Nullable var shape: [String]?
    @Nullable var type: String?
    @Nullable var layout: OutputLayout?
    @Nullable var noLayout: String?
    let isOutput: Bool
  }

  let schema = "geed.layers/1"
  let model: String
  let inputs: [String: String]
  let tensors: [Layer]
  let notes: [String]
  let linearChecks: [LinearCheckDocument]?

  init(graph: OnnxGraph, tensors: [OnnxTensor], note: String?, checks: [OnnxLinearCheck]) {
    model = graph.path
    inputs = Dictionary(graph.inputs.map { ($0.name, $0.shape.text) }) { $1 }
    self.tensors = tensors.map {
      Layer(
        name: $0.name, operation: $0.operation, depth: $0.depth,
        shape: $0.shape?.map(\.description), type: $0.elementType.map { "\($0)" },
        layout: $0.layout?.known, noLayout: $0.layout?.reason, isOutput: $0.isOutput)
    }
    notes = note.map { [$0] } ?? []
    linearChecks = checks.isEmpty ? nil : checks.map { LinearCheckDocument($0) }
  }
}

extension Optional where Wrapped == [OnnxAxis] {
  /// The shape as text: `N x 64 x 8 x 8`, with `?` for unknown lengths.
  fileprivate var text: String {
    map { $0.isEmpty ? "one number" : $0.map(\.description).joined(separator: " x ") } ?? "?"
  }
}
