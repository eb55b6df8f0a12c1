// SPDX-License-Identifier: MIT

/// How a model is to be run. The defaults suit a model with one input on the CPU.
public struct OnnxOptions: Sendable, Hashable {
  /// The order of the axes of the model's input.
  public var layout: OnnxLayout = .auto

  /// The number of threads that one operator may use, or `nil` for the runtime's choice: one for
  /// each core. Sums may come out in another order, and so with other last digits, where it
  /// differs.
  public var threadCount: Int?

  /// What to compute with. Operators that it lacks are computed on the CPU.
  public var provider: OnnxProvider = .cpu

  /// The most examples to run at once, or `nil` for all that are given. A model of fixed batch
  /// size is always run at that size.
  public var batchLimit: Int?

  /// Values for further inputs, by name; each fills its whole tensor.
  public var constants: [String: Double] = [:]

  /// The bytes that weights, or the inputs of one run, may take; `nil` for no limit.
  public var memoryLimit: Int?

  /// The names of further inputs that get the same examples as the first one does.
  public var copies: Set<String> = []

  /// Whether the runtime's threads wait actively for the next operator. That is faster only where
  /// they have the cores to themselves; measuring uses them for other things between runs.
  public var allowsSpinning = false

  /// Whether tensors are returned with their axes in the model's own order. Otherwise those whose
  /// channels are known to be last are returned channels first.
  public var keepsAxisOrder = false

  /// Creates the default options.
  public init() {}
}
