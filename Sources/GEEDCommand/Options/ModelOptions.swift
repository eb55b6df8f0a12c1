// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import GEEDOnnx
import GEEDReport

struct ModelOptions: ParsableArguments {
  @Argument(
    help: """
      An ONNX file; a TorchScript file (.pt), of which only the outputs can be measured; or \
      'exec:COMMAND' for a program that computes the model, such as 'exec:python serve.py'; the \
      article "A model in any language" has the protocol.
      """, completion: .file(extensions: ["onnx", "pt"]))
  var model: String

  @Option(help: "The order of the input's axes; auto derives it from the input's shape.")
  var layout: OnnxLayout = .auto

  @Option(
    help: "The execution provider: cpu, or cuda, coreml or openvino if ONNX Runtime has it.")
  var provider: OnnxProvider = .cpu

  @Option(
    help: ArgumentHelp(
      """
      The numbers with which the provider computes: float32, bfloat16 (openvino) or tf32 (cuda). With \
      others than float32, the differences from float32 on the CPU are measured on \
      \(ArithmeticComparison.pilotCount) examples and stated. (default: float32)
      """, valueName: "numbers"), transform: OnnxArithmetic.init(parsing:))
  var arithmetic: OnnxArithmetic?

  @Option(
    parsing: .unconditional,
    help: "The number of threads for the model; by default one for each core.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "A constant for a further input of the model, or 'same' for the examples; repeatable.",
      valueName: "name=value"))
  var input: [InputConstant] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      How long a program of 'exec:' may be silent while it starts or computes a batch before it \
      counts as hung. (default: 300)
      """, valueName: "seconds"))
  var timeout: Double?

  @OptionGroup var memory: MemoryOptions

  func validate() throws {
    try requireRange("--threads", threads, 1...greatestThreadCount)
    if let timeout, !(timeout > 0 && timeout <= 1e6) {
      throw ValidationError("'--timeout' must be from above 0 to 1000000, but is \(timeout).")
    }
    if timeout != nil, command == nil {
      throw ValidationError("'--timeout' is for programs ('exec:COMMAND'); leave it out.")
    }
    if isScripted, let option = optionsForONNX.first(where: { $0 != "--threads" }) {
      throw ValidationError("'\(option)' is for ONNX models; leave it out for a TorchScript model.")
    }
    if command != nil, let option = optionForONNX {
      throw ValidationError(
        "'\(option)' is for ONNX models; a program ('exec:COMMAND') decides that itself.")
    }
    try requireArithmetic()
  }

  /// Throws if the provider cannot compute with the numbers that were asked for.
  private func requireArithmetic() throws {
    guard let arithmetic, !provider.arithmetics.contains(arithmetic) else { return }
    let others = OnnxProvider.allCases.filter { $0.arithmetics.contains(arithmetic) }
    throw ValidationError(
      "'--arithmetic \(arithmetic.rawValue)' is not for '--provider \(provider.rawValue)', "
        + (provider.arithmetics.isEmpty
          ? "which chooses the arithmetic by itself; leave it out."
          : "which has only \(provider.arithmetics.map(\.rawValue).joined(separator: ", ")); it is for "
            + others.map { "'--provider \($0.rawValue)'" }.joined(separator: ", ") + "."))
  }

  /// The first given option that only ONNX models have.
  var optionForONNX: String? { optionsForONNX.first }

  private var optionsForONNX: [String] {
    [
      ("--layout", layout != .auto), ("--provider", provider != .cpu),
      ("--arithmetic", arithmetic != nil),
      ("--threads", threads != nil), ("--input", !input.isEmpty),
    ].filter(\.1).map(\.0)
  }

  /// The command of a program that computes the model; `nil` for an ONNX file.
  var command: String? {
    let prefix = "exec:"
    return model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : nil
  }

  /// Whether the model is a TorchScript file by its name, which this process can run.
  var isScripted: Bool {
    TorchPart.installed != nil && command == nil && TorchPart.isModel(model)
  }

  var onnxOptions: OnnxOptions {
    var options = OnnxOptions()
    options.layout = layout
    options.keepsAxisOrder = true
    options.provider = provider
    options.arithmetic = arithmetic ?? .float32
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
    guard let (name, text) = argument.tensorAndValue else { return nil }
    value = Double(text)
    guard value != nil || text == "same" else { return nil }
    self.name = name
  }
}

extension OnnxLayout: ExpressibleByArgument {}
extension OnnxProvider: ExpressibleByArgument {}

extension OnnxArithmetic {
  /// Parses a name, or throws an error that states the valid ones.
  init(parsing argument: String) throws {
    if argument == "int8-dynamic" {
      throw ValidationError(
        "no provider computes a model of floating-point numbers in 8 bits without changing it. Make the "
          + "changed model with quantize_dynamic of the Python module onnxruntime.quantization, measure "
          + "both, and compare their JSON with 'geed compare'")
    }
    guard let arithmetic = Self(rawValue: argument) else {
      throw ValidationError(
        "expected one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = arithmetic
  }
}

struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The limit of the estimated memory, such as 512MiB or 8GiB; by default three quarters of the \
      memory of the machine or container. An image may have at most 134217728 pixels, whatever the \
      limit.
      """, valueName: "size"))
  var memory: ByteCount?

  var limit: Int { memory?.count ?? ByteCount.ofMachine / 4 * 3 }
}

/// A number of bytes, such as `512MiB`, `8GB` or `1000000`; a GB is 2³⁰ bytes, as is a GiB.
struct ByteCount: ExpressibleByArgument, CustomStringConvertible {
  let count: Int

  private static let units = [("T", 40), ("G", 30), ("M", 20), ("K", 10), ("", 0)]

  init(_ count: Int) {
    self.count = count
  }

  init?(argument: String) {
    var text = argument.uppercased()[...]
    for ending in ["IB", "B"] where text.hasSuffix(ending) {
      text = text.dropLast(ending.count)
      break
    }
    let (unit, shift) = Self.units.first { text.hasSuffix($0.0) } ?? ("", 0)
    guard let number = Double(text.dropLast(unit.count)), number > 0,
      number * Double(1 << shift) < 0x1p62, number * Double(1 << shift) >= 1
    else { return nil }
    count = Int(number * Double(1 << shift))
  }

  var description: String {
    for (unit, shift) in Self.units.dropLast() where count >= 1 << shift {
      let tenths = Int((Double(count) / Double(1 << shift) * 10).rounded())
      let number = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
      return "\(number)\(unit)iB"
    }
    return "\(count)B"
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
