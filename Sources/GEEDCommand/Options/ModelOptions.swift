// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEEDOnnx

/// Which model is run, and how.
struct ModelOptions: ParsableArguments {
  @Argument(help: "An ONNX file.", completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(help: "The order of the input's axes; auto reads it off the input's shape.")
  var layout: OnnxLayout = .auto

  @Option(
    help: "What computes: cpu, or what the loaded ONNX Runtime has of cuda, coreml, openvino.")
  var provider: OnnxProvider = .cpu

  @Option(
    parsing: .unconditional,
    help: "The number of threads of the model; one for each core by default.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "A constant for a further input of the model, or 'same' for the same examples; repeatable.",
      valueName: "name=value"))
  var input: [InputConstant] = []

  @Option(
    help: ArgumentHelp(
      """
      The most memory that may be needed by estimate, such as 8GB; three quarters of the machine's by \
      default.
      """, valueName: "size"))
  var memory: ByteCount?

  func validate() throws {
    try requireRange("--threads", threads, 1...greatestThreadCount)
  }

  /// How many bytes may be used.
  var memoryLimit: Int { memory?.count ?? ByteCount.ofMachine / 4 * 3 }

  /// The same for the engine.
  var onnxOptions: OnnxOptions {
    var options = OnnxOptions()
    options.layout = layout
    options.keepsAxisOrder = true
    options.provider = provider
    options.threadCount = threads
    options.memoryLimit = memoryLimit
    let values = Dictionary(input.map { ($0.name, $0.value) }) { $1 }
    options.constants = values.compactMapValues(\.self)
    options.copies = Set(values.filter { $0.value == nil }.keys)
    return options
  }
}

/// A number of bytes, written `8GB`, `500MB` or without a unit; a GB is 2³⁰ of them.
struct ByteCount: ExpressibleByArgument {
  let count: Int

  init?(argument: String) {
    let units = [("KB", 10), ("MB", 20), ("GB", 30), ("TB", 40), ("B", 0)]
    let text = argument.uppercased().replacing("IB", with: "B")
    let (unit, shift) = units.first { text.hasSuffix($0.0) } ?? ("", 0)
    guard let number = Double(text.dropLast(unit.count)), number > 0,
      number * Double(1 << shift) < 0x1p62
    else { return nil }
    count = Int(number * Double(1 << shift))
  }

  /// The memory of the machine, or of the container that limits it.
  static var ofMachine: Int {
    let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    let limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
      .compactMap { try? String(contentsOfFile: $0, encoding: .utf8) }
      .compactMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    return limits.filter { $0 > 0 }.reduce(physical, min)
  }
}

/// A value for a further input, written `name=value`, or `name=same`.
struct InputConstant: ExpressibleByArgument {
  let name: String
  /// The number, or `nil` for the same examples.
  let value: Double?

  init?(argument: String) {
    // Names may hold '=', numbers do not.
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
