// SPDX-License-Identifier: MIT

/// The options for running a model. The defaults suit a model with one input on the CPU.
public struct OnnxOptions: Sendable, Hashable {
  /// The order of the axes of the model's input.
  public var layout: OnnxLayout = .auto

  /// The number of threads that one operator may use, or `nil` for the runtime's choice: one for
  /// each core. Another number may change the order of sums, and so their last digits.
  public var threadCount: Int?

  /// The execution provider. Operators that it lacks are computed on the CPU.
  public var provider: OnnxProvider = .cpu

  /// The maximum number of examples in one run, or `nil` for all that are given. A model with a
  /// fixed batch size is always run at that size.
  public var batchLimit: Int?

  /// Values for further inputs, by name; each fills its whole tensor.
  public var constants: [String: Double] = [:]

  /// The maximum number of bytes for the weights, or for the inputs of one run; `nil` for no limit.
  public var memoryLimit: Int?

  /// The names of further inputs that receive the same examples as the first one.
  public var copies: Set<String> = []

  /// Whether the runtime's threads spin while they wait for the next operator. That is faster only
  /// if they have the cores to themselves; a measurement uses the cores for other work between
  /// runs.
  public var allowsSpinning = false

  /// Whether tensors are returned with their axes in the model's own order. Otherwise tensors whose
  /// channels are known to be last are returned channels first.
  public var keepsAxisOrder = false

  /// Creates the default options.
  public init() {}
}
