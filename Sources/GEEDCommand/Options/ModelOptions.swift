// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEEDOnnx

/// Options for the model and for running it.
struct ModelOptions: ParsableArguments {
  @Argument(help: "An ONNX file.", completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(help: "The order of the input's axes; auto derives it from the input's shape.")
  var layout: OnnxLayout = .auto

  @Option(
    help: "The execution provider: cpu, or cuda, coreml or openvino if ONNX Runtime has it.")
  var provider: OnnxProvider = .cpu

  @Option(
    parsing: .unconditional,
    help: "The number of threads for the model; by default one for each core.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "A constant for a further input of the model, or 'same' for the examples; repeatable.",
      valueName: "name=value"))
  var input: [InputConstant] = []

  @OptionGroup var memory: MemoryOptions

  func validate() throws {
    try requireRange("--threads", threads, 1...greatestThreadCount)
  }

  /// The options of the engine.
  var onnxOptions: OnnxOptions {
    var options = OnnxOptions()
    options.layout = layout
    options.keepsAxisOrder = true
    options.provider = provider
    options.threadCount = threads
    options.memoryLimit = memory.limit
    let values = Dictionary(input.map { ($0.name, $0.value) }) { $1 }
    options.constants = values.compactMapValues(\.self)
    options.copies = Set(values.filter { $0.value == nil }.keys)
    return options
  }
}

/// A value for a further input, written `name=value`, or `name=same` for the examples.
struct InputConstant: ExpressibleByArgument {
  let name: String
  /// The number, or `nil` if the input receives the same examples.
  let value: Double?

  init?(argument: String) {
    // Names may contain '='; numbers do not.
    guard let separator = argument.lastIndex(of: "="),
      separator > argument.startIndex
    else { return nil }
    let text = argument[argument.index(after: separator)...]
    let value = Double(text)
    guard value != nil || text == "same" else { return nil }
    self.name = String(argument[..<separator])
    self.value = value
  }
}

extension OnnxLayout: ExpressibleByArgument {}
extension OnnxProvider: ExpressibleByArgument {}
